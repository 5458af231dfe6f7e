"""Open311: what everybody may read, by the specification and our schemas, in XML and JSON alike; never a person, never a private case."""

import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from tests.channels.open311.conftest import Caller
from tests.channels.open311.schema import faults, same, spark
from tests.road import PICTURE, RAIL, take_to

from xiucheng.cases import pictures
from xiucheng.cases.actions import Submission, act
from xiucheng.cases.actions.publish import publish_picture, publish_words
from xiucheng.cases.models import Case, Clock, Picture, Report
from xiucheng.city import clock
from xiucheng.city import models as city
from xiucheng.people.models import Account
from xiucheng.people.queries import holder

SECRET = Submission(
    channel="web", kind="complaint", words="张大爷家门口，电话13800138000，渝A12345 的车压坏了护栏", lng=106.571234567, lat=29.531234567,
    place="南坪西路18号", contact={"name": "张大爷", "phone": "13800138000", "email": "zhang@example.org"},
)  # fmt: skip
QUESTIONS = """[open311]
[[open311.attributes]]
service = "C"
code = "size"
datatype = "multivaluelist"
required = true
description = "有多长？"
values = [["s", "不到一米"], ["l", "一米以上"]]
[[open311.attributes]]
service = "C01"
code = "note"
datatype = "string"
variable = false
description = "有人受伤请打 120"
"""


def filed(caller: Caller, state: str = "handling", given: Submission = RAIL) -> Case:
    return take_to(state, caller.district, caller.house, given)


def show(case: Case, by: Account, words: str = "护栏坏了") -> None:
    publish_words(report_id=Report.objects.filter(case=case)[0].pk, choice="public", words=words, by=by.pk)


def hide(case: Case, by: Account) -> None:
    publish_words(report_id=Report.objects.filter(case=case)[0].pk, choice="private", words="", by=by.pk)


def numbers(caller: Caller, **query: Any) -> list[str]:
    return [row["service_request_id"] for row in caller.get("v2/requests.json", **query).json()]


def made(case: Case, at: str) -> None:
    Case.objects.filter(id=case.id).update(opened_at=dt.datetime.fromisoformat(at))


@pytest.mark.parametrize(
    "path", ["discovery", "v2/services", "v2/services/C0101", "v2/requests", "v2/requests/1", "v2/nothing"]
)
def test_xml_and_json_say_the_same_and_fit_our_schemas(caller: Caller, path: str) -> None:
    show(filed(caller), caller.house["operator"], "一\x0b二 <b>&amp;</b>\u2029三\n四")
    filed(caller, "closed")
    json, xml = caller.get(f"{path}.json"), caller.get(f"{path}.xml")
    schema = {"v2/services/C0101": "definition", "v2/requests/1": "errors", "v2/nothing": "errors"}
    assert faults(schema.get(path, path.rpartition("/")[2]), json.json()) == []
    assert same(spark(ElementTree.fromstring(xml.content)), json.json())
    assert json.status_code == xml.status_code


def test_discovery_names_both_endpoints_and_its_forms(caller: Caller) -> None:
    found = caller.get("discovery.json").json()
    assert [(end["type"], end["url"].partition("/open311/")[2]) for end in found["endpoints"]] == [
        ("production", "v2"),
        ("test", "test/v2"),
    ]
    assert (found["contact"], found["endpoints"][0]["formats"]) == ("市热线 12319", ["text/xml", "application/json"])


def test_services_are_the_minor_categories_in_use(caller: Caller) -> None:
    city.Category.objects.create(
        code="C0102", kind="component", level=2, name="旧类", pinyin="x", parent_id="C01", active=False
    )
    (service,) = caller.get("v2/services.json").json()
    assert (service["service_code"], service["service_name"], service["group"]) == ("C0101", "护栏", "公用设施")
    assert (service["metadata"], service["type"]) == (True, "realtime")


def test_a_definition_asks_for_the_filing_condition_and_the_component(caller: Caller) -> None:
    found = caller.get("v2/services/C0101.json").json()
    assert [(a["code"], a["datatype"], a["order"], a["required"]) for a in found["attributes"]] == [
        ("situation", "singlevaluelist", 1, False),
        ("component", "string", 2, False),
    ]
    assert found["attributes"][0]["values"][0] == {"key": "C0101-1", "name": "护栏倒伏"}
    assert caller.get("v2/service/C0101.json").json() == found


def test_a_citys_own_questions(caller: Caller, account: Path) -> None:
    account.write_text(QUESTIONS, encoding="utf-8")
    found = caller.get("v2/services/C0101.json").json()["attributes"]
    assert [(a["code"], a["variable"], a["required"]) for a in found[:2]] == [
        ("size", True, True),
        ("note", False, False),
    ]
    here = {"service_code": "C0101", "lat": "29.53", "long": "106.57"}
    assert caller.post("v2/requests.json", **here).status_code == 400
    assert caller.post("v2/requests.json", **here, **{"attribute[size]": "xl"}).status_code == 400
    answer = caller.post(
        "v2/requests.json", **here, **{"attribute[size][]": ["s", "l"], "attribute[fixmystreet_id]": "9"}
    )
    assert "fixmystreet_id" in answer.json()[0]["service_notice"]
    assert "attribute%5Bsize%5D%5B%5D=s" in _raw()


def _raw() -> str:
    from xiucheng.audit import vault

    return vault.unseal(Report.objects.get().raw_sealed)


def test_a_request_as_everybody_sees_it(caller: Caller) -> None:
    case = filed(caller, given=SECRET)
    (found,) = caller.get(f"v2/requests/{case.number}.json").json()
    due = Clock.objects.get(case=case, kind="handling").due_at
    assert due is not None and dt.datetime.fromisoformat(found["expected_datetime"]) == due.replace(microsecond=0)
    assert (found["status"], found["status_notes"], found["agency_responsible"]) == ("open", "处置中", "市政设施科")
    assert (found["lat"], found["long"], found["description"], found["media_url"]) == (29.5312, 106.5712, None, None)
    assert "zipcode" in found and "address_id" in found


def test_words_and_exact_place_come_after_the_look(caller: Caller) -> None:
    case = filed(caller, given=SECRET)
    show(case, caller.house["operator"])
    (found,) = caller.get(f"v2/requests/{case.number}.json").json()
    assert (found["description"], found["address"], found["lat"]) == ("护栏坏了", "南坪西路18号", 29.531235)


def test_nobody_who_reported_is_ever_named(caller: Caller) -> None:
    case = filed(caller, "closed", SECRET)
    show(case, caller.house["operator"])
    told = b"".join(
        caller.get(f"v2/{path}.{form}", extensions="true", start_date="2020-01-01", api_key=caller.key).content
        for path in ("requests", f"requests/{case.number}", "servicerequestupdates")
        for form in ("xml", "json")
    ).decode()
    assert [
        word for word in ("张大爷", "13800138000", "zhang@", "渝A12345", Report.objects.get().token) if word in told
    ] == []


def test_a_place_that_an_operator_wrote_names_nobody(caller: Caller) -> None:
    case = filed(caller, given=SECRET)
    Case.objects.filter(id=case.pk).update(place="南坪西路18号瞿大爷家，13800138000")
    show(case, caller.house["operator"])
    (found,) = caller.get(f"v2/requests/{case.number}.json").json()
    assert found["address"] == "南坪西路18号某大爷家，138****8000"


@pytest.mark.parametrize("state", ["to_register", "to_file"])
def test_a_case_that_is_not_filed_is_not_there(caller: Caller, state: str) -> None:
    case = filed(caller, state)
    assert (numbers(caller), caller.get(f"v2/requests/{case.number}.json").status_code) == ([], 404)


def test_a_private_case_is_not_there(caller: Caller) -> None:
    case = filed(caller, "closed")
    hide(case, caller.house["operator"])
    assert numbers(caller) == numbers(caller, service_request_id=case.number) == []
    assert caller.get(f"v2/requests/{case.number}.json").status_code == 404
    assert caller.get("v2/servicerequestupdates.json").json() == []


def test_who_made_a_request_sees_from_the_start_how_it_goes(caller: Caller) -> None:
    number = caller.report()
    assert caller.get(f"v2/requests/{number}.json").status_code == 404
    (found,) = caller.get(f"v2/requests/{number}.json", api_key=caller.key).json()
    assert (found["status"], found["status_notes"], found["description"]) == ("open", "待受理", None)
    facts = {"reason": "不归我们", "whose": "供电局"}
    act(Case.objects.get().id, "refuse", holder(caller.house["operator"]).actor(), facts)
    assert caller.get(f"v2/requests/{number}.json", api_key=caller.key).json()[0]["status"] == "closed"


def test_a_merged_request_goes_the_way_of_its_main_case(caller: Caller) -> None:
    number = caller.report()
    main = filed(caller)
    act(Case.objects.get(number=number).id, "merge", holder(caller.house["operator"]).actor(), {"main": main.id})
    (found,) = caller.get(f"v2/requests/{number}.json", api_key=caller.key).json()
    assert (found["service_request_id"], found["status"], found["status_notes"]) == (number, "open", "处置中")
    assert numbers(caller) == [main.number]


def test_tries_and_real_requests_do_not_mix(caller: Caller) -> None:
    case = filed(caller)
    number = caller.post("test/v2/requests.json", service_code="C0101", lat="29.5", long="106.5").json()[0][
        "service_request_id"
    ]
    assert numbers(caller, api_key=caller.key) == [case.number]
    answer = caller.get("test/v2/requests.json", api_key=caller.key)
    assert [row["service_request_id"] for row in answer.json()] == [number]


def test_a_picture_of_a_try_stands_at_the_endpoint_for_tries(caller: Caller) -> None:
    Case.objects.filter(id=filed(caller, "closed").id).update(training=True)
    Picture.objects.update(public="public")
    (found,) = caller.get("test/v2/requests.json").json()
    assert "/open311/test/v2/media/" in found["media_url"]
    path = found["media_url"].partition("/open311/")[2]
    assert caller.get(path.removeprefix("test/")).status_code == 404


def test_closed_is_when_it_was_closed(caller: Caller) -> None:
    case = filed(caller, "closed")
    (found,) = caller.get(f"v2/requests/{case.number}.json").json()
    assert case.closed_at is not None
    assert (found["status"], dt.datetime.fromisoformat(found["updated_datetime"])) == (
        "closed",
        case.closed_at.replace(microsecond=0),
    )


def test_by_status_service_and_numbers(caller: Caller) -> None:
    opened, closed = filed(caller), filed(caller, "closed")
    assert (numbers(caller, status="open"), numbers(caller, status="CLOSED")) == ([opened.number], [closed.number])
    assert (
        numbers(caller, status="open,closed")
        == numbers(caller, status=["open", "closed"])
        == [closed.number, opened.number]
    )
    assert (len(numbers(caller, service_code="C0101,X")), numbers(caller, service_code="X")) == (2, [])
    both = f"{opened.number},{closed.number},nothing"
    assert (
        len(numbers(caller, service_request_id=both, status="bad", start_date="1999-01-01", end_date="1999-01-02")) == 2
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [3]),
        ({"start_date": "2026-01-01T00:00:00Z"}, [2, 1]),
        ({"start_date": "2026-01-01T00:00:00 08:00"}, [2, 1]),
        ({"start_date": "2026-01-10", "end_date": "2026-01-10"}, [1]),
        ({"start_date": "2026-01-01T00:00:00+20:14", "end_date": "2026-11-01T00:00:00-23:59"}, [2, 1]),
        ({"end_date": "2026-03-01T00:00:00"}, [1]),
        ({"start_date": "2026-01-01", "end_date": "2026-11-01"}, [2, 1]),
        ({"start_date": "2026-03-20T12:00:00+08:00", "end_date": "2026-03-20T12:00:00+08:00"}, [2]),
        ({"start_date": "2026-03-20T12:00:01+08:00", "end_date": "2026-03-21"}, []),
    ],
)
def test_windows_of_ninety_days(caller: Caller, query: dict[str, str], expected: list[int]) -> None:
    cases = [filed(caller) for _ in range(3)]
    made(cases[0], "2026-01-10T23:30:00+08:00")
    made(cases[1], "2026-03-20T12:00:00.6+08:00")
    known = {case.number: n for n, case in enumerate(cases, 1)}
    assert [known[number] for number in numbers(caller, **query)] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "yesterday"}, {"end_date": "2026-13-01"}, {"start_date": "2026-02-01", "end_date": "2026-01-01"}, {"page": "0"},
        {"page": "-1"}, {"page_size": "x"}, {"page_size": "٣"}, {"status": "in_progress"}, {"updated_after": "12"}, {"start_date": "0001-01-01"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["xml", "json"])
def test_mistakes_in_a_list_are_told(caller: Caller, query: dict[str, str], form: str) -> None:
    answer = caller.get(f"v2/requests.{form}", **query)
    assert answer.status_code == 400
    assert (b"<errors>" in answer.content) == (form == "xml")


def test_pages_from_one_and_nothing_past_the_end(caller: Caller) -> None:
    known = [filed(caller).number for _ in range(5)][::-1]
    pages = [numbers(caller, page=str(page), page_size="2") for page in (1, 2, 3, 4)]
    assert pages == [known[:2], known[2:4], known[4:], []]
    answer = caller.get("v2/requests.json", page="2", page_size="2")
    assert (answer.headers["page-TotalSize"], answer.headers["page-TotalPages"]) == ("5", "3")
    assert caller.get("v2/requests.json", page_size="99999").headers["page-PageSize"] == "1000"
    assert numbers(caller, page="999999999999") == []


def test_pages_of_a_closed_window_do_not_move_when_new_ones_come(caller: Caller) -> None:
    known = [filed(caller).number for _ in range(4)][::-1]
    until = clock.now().isoformat()
    first = numbers(caller, page_size="2", end_date=until)
    made(filed(caller), (clock.now() + dt.timedelta(seconds=2)).isoformat())
    assert first + numbers(caller, page="2", page_size="2", end_date=until) == known


def test_a_mirror_hears_of_old_requests_that_changed(caller: Caller) -> None:
    old, quiet = filed(caller), filed(caller)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE case_history SET at = at - interval '200 days'")
        cursor.execute("SET session_replication_role = origin")
    Case.objects.filter(id__in=[old.id, quiet.id]).update(opened_at=clock.now() - dt.timedelta(days=200))
    assert numbers(caller) == []
    hour = (clock.now() - dt.timedelta(hours=1)).isoformat()
    act(old.id, "sign", holder(caller.house["unit"]).actor(), {})
    assert numbers(caller, updated_after=hour) == [old.number]
    assert numbers(caller, updated_after=hour, updated_before=hour) == []


def test_an_empty_list_keeps_its_root(caller: Caller) -> None:
    answer = caller.get("v2/requests.xml")
    assert answer.content.endswith(b"<service_requests></service_requests>")
    assert caller.get("v2/requests.json").json() == []


def test_a_public_picture_is_handed_out_as_long_as_it_is_public(caller: Caller) -> None:
    case = filed(caller, "closed")
    shot = Picture.objects.filter(case=case)[0]
    file = pictures.path(PICTURE["sha256"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"jpeg")
    path = f"v2/media/{shot.sha256}.jpg"
    assert caller.get(path).status_code == 404
    for shown in Picture.objects.filter(case=case):
        publish_picture(picture_id=shown.pk, choice="public", by=1)
    (found,) = caller.get(f"v2/requests/{case.number}.json").json()
    answer = caller.get(path)
    assert found["media_url"].endswith(path) and b"".join(answer.streaming_content) == b"jpeg"  # type: ignore[attr-defined]
    hide(case, caller.house["operator"])
    assert caller.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["v2//services.xml", "/v2/services.XML", "v2/services.xml/", "v2/services.xml?jurisdiction_id="]
)
def test_addresses_are_read_with_good_will(caller: Caller, path: str) -> None:
    answer = Client().get(f"/open311/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "v2/nothing", 404), ("get", "", 404), ("put", "v2/requests", 405), ("delete", "v2/requests/1", 405), ("post", "v2/services", 405)],
)  # fmt: skip
@pytest.mark.parametrize("form", ["xml", "json"])
def test_every_fault_is_told_in_the_asked_form(caller: Caller, method: str, path: str, status: int, form: str) -> None:
    answer = getattr(Client(), method)(f"/open311/{path}.{form}")
    assert answer.status_code == status
    root = b"<errors><error><code>" if form == "xml" else b'[{"code":"'
    assert root + str(status).encode() in answer.content


def test_a_fault_of_ours_and_a_body_too_big_are_told_in_the_asked_form(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    big = caller.post("v2/requests.xml", description="x" * 3_000_000)
    assert (big.status_code, b"<errors>" in big.content) == (413, True)
    monkeypatch.setattr("xiucheng.channels.open311.services.listed", lambda account: 1 / 0)
    answer = caller.get("v2/services.json", api_key=caller.key)
    assert (answer.status_code, faults("errors", answer.json())) == (500, [])
    assert caller.key not in caplog.text


def test_other_sites_scripts_may_read_but_not_write(caller: Caller) -> None:
    assert caller.get("v2/services.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in caller.post("v2/requests.json").headers
    assert Client().options("/open311/v2/requests.json").status_code == 204
    assert Client().head("/open311/v2/services.json").status_code == 200


def test_strange_characters_in_addresses_are_let_in(caller: Caller) -> None:
    for text in (
        "\x00",
        "𠮷",
        "%",
        "'; DROP TABLE cases_case; --",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ):
        for part in ("requests", "services", "service", "tokens", "media"):
            assert caller.get(f"v2/{part}/{quote(text)}.json").status_code == 404
        assert caller.get("v2/requests.json", service_request_id=text, service_code=text).status_code == 200


def test_a_door_is_in_no_list(caller: Caller) -> None:
    case = filed(caller)
    Case.objects.update(place="南湖花园3栋2单元501")
    show(case, caller.house["operator"], "我家501室漏水")
    (row,) = caller.get("v2/requests.json").json()
    assert (row["address"], row["description"]) == ("南湖花园3栋2单元***", "我家***室漏水")

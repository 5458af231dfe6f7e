"""Open311: a request posted is a report with its number; mistakes are told in the asked form with the specification's status."""

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.channels.open311.conftest import Caller

from xiucheng.audit import vault
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.channels.open311.models import Key
from xiucheng.intake.actions import states

HERE: dict[str, Any] = {"service_code": "C0101", "lat": "29.53", "long": "106.57"}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "PNG")
    return out.getvalue()


def words(report: Report) -> str:
    return vault.unseal(report.words_sealed)


def contact(report: Report) -> dict[str, str]:
    found: dict[str, str] = orjson.loads(vault.unseal(report.contact_sealed))
    return found


def test_a_request_is_a_report_with_its_number_at_once(caller: Caller) -> None:
    answer = caller.post("v2/requests.json", **HERE, description="护栏倒了", address_string="南坪西路", account_id="u1")
    report = Report.objects.select_related("case").get()
    assert answer.json() == [{"service_request_id": report.case.number, "service_notice": None, "account_id": "u1"}]
    assert (answer.headers["Content-Type"], words(report)) == ("application/json; charset=utf-8", "护栏倒了")
    assert (report.channel, report.place, report.case.category_id) == ("open311", "南坪西路", "C0101")
    assert (report.case.lat, report.case.lng, report.case.training) == (29.53, 106.57, False)


def test_the_same_in_xml(caller: Caller) -> None:
    answer = caller.post("v2/requests.xml", **HERE)
    root = ElementTree.fromstring(answer.content)
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert (answer.headers["Content-Type"], root.tag) == ("text/xml; charset=utf-8", "service_requests")
    assert root.findtext("request/service_request_id") == Case.objects.get().number


def test_the_raw_body_is_kept_without_the_key(caller: Caller) -> None:
    caller.report(device_id="d-7")
    raw = vault.unseal(Report.objects.get().raw_sealed)
    assert "device_id=d-7" in raw and caller.key not in raw and "api_key" not in raw
    health = states.health("open311")
    assert (health.last_in is not None, health.waiting, health.failed) == (True, 0, 0)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("张三", "", "张三"), ("三", "张", "张三"), ("John", "Smith", "John Smith"), ("", "王", "王")],
)
def test_names_of_any_script_either_part_empty(caller: Caller, first: str, last: str, name: str) -> None:
    caller.report(first_name=first, last_name=last, phone="13800138000")
    assert contact(Report.objects.get()) == {"name": name, "phone": "13800138000"}


def test_key_and_jurisdiction_may_stand_in_the_query(caller: Caller) -> None:
    answer = caller.post(f"v2/requests.json?api_key={caller.key}&jurisdiction_id=nan.gov", HERE)
    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["", "o311_nobody", "x" * 5000])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_without_a_key_that_is_ours_it_is_forbidden(caller: Caller, key: str, form: str) -> None:
    answer = caller.post(f"v2/requests.{form}", {**HERE, "api_key": key})
    assert (answer.status_code, Report.objects.count()) == (403, 0)
    if form == "json":
        assert [fault["code"] for fault in answer.json()] == ["403"]
    else:
        assert ElementTree.fromstring(answer.content).findtext("error/code") == "403"


def test_a_key_has_so_many_requests_a_day(caller: Caller) -> None:
    Key.objects.update(quota=2)
    answers = [caller.post("v2/requests.json", **HERE, description=str(n)).status_code for n in range(3)]
    assert (answers, Report.objects.count()) == ([200, 200, 429], 2)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"lat": "29.5", "long": "106.5"}, 400),
        ({"service_code": "NOPE", "lat": "29.5", "long": "106.5"}, 404),
        ({"service_code": "C", "lat": "29.5", "long": "106.5"}, 404),
        ({"service_code": "C0101"}, 400),
        ({"service_code": "C0101", "lat": "29.5"}, 400),
        ({"service_code": "C0101", "lat": "north", "long": "106.5"}, 400),
        ({"service_code": "C0101", "lat": "nan", "long": "106.5"}, 400),
        ({"service_code": "C0101", "lat": "0", "long": "0"}, 400),
        ({"service_code": "C0101", "lat": "91", "long": "0"}, 400),
        ({"service_code": "C0101", "address_id": "0000000000000000"}, 400),
        ({"service_code": "C0101", "address_string": "南坪西路", "email": "nobody"}, 400),
        ({"service_code": "C0101", "address_string": "南坪西路", "description": "字" * 4001}, 400),
    ],
)  # fmt: skip
def test_mistakes_have_the_status_of_the_specification(caller: Caller, facts: dict[str, str], status: int) -> None:
    answer = caller.post("v2/requests.json", **facts)
    assert (answer.status_code, answer.json()[0]["code"]) == (status, str(status))
    assert Report.objects.count() == 0


def test_four_thousand_characters_are_taken_whole(caller: Caller) -> None:
    caller.report(description="字" * 4000)
    assert words(Report.objects.get()) == "字" * 4000


def test_an_address_alone_is_enough(caller: Caller) -> None:
    answer = caller.post("v2/requests.json", service_code="C0101", address_string="南坪西路火锅店门口")
    assert (answer.status_code, Report.objects.get().place) == (200, "南坪西路火锅店门口")


def test_pictures_come_along_as_parts(caller: Caller) -> None:
    parts = {**HERE, "api_key": caller.key, "media": SimpleUploadedFile("a.png", png(), "image/png")}
    answer = Client().post("/open311/v2/requests.json", parts)
    assert (answer.status_code, Picture.objects.get().report_id) == (200, Report.objects.get().pk)


def test_what_is_no_picture_is_refused(caller: Caller) -> None:
    parts = {**HERE, "api_key": caller.key, "media": SimpleUploadedFile("a.png", b"<svg/>", "image/png")}
    assert Client().post("/open311/v2/requests.json", parts).status_code == 400


def test_a_link_to_a_picture_is_given_to_the_operator(caller: Caller) -> None:
    caller.report(media_url=["http://example.org/a.jpg", "http://example.org/b.jpg"])
    assert words(Report.objects.get()).splitlines()[1:] == [
        "【附件链接】http://example.org/a.jpg",
        "【附件链接】http://example.org/b.jpg",
    ]


def test_the_same_client_request_id_is_one_report(caller: Caller) -> None:
    made = {caller.report(client_request_id="17") for _ in range(4)}
    assert (len(made), Report.objects.count()) == (1, 1)
    assert caller.report(client_request_id="18") not in made


def test_the_same_id_with_other_content_is_a_mistake(caller: Caller) -> None:
    caller.report(client_request_id="17")
    answer = caller.post("v2/requests.json", **HERE, client_request_id="17", description="灯不亮")
    assert (answer.status_code, Report.objects.count()) == (400, 1)


def test_a_client_that_heard_no_answer_and_sends_again_makes_one_report(caller: Caller) -> None:
    assert len({caller.report() for _ in range(4)}) == 1
    assert Report.objects.count() == 1
    caller.report(description="护栏又倒了")
    assert Report.objects.count() == 2


def test_the_endpoint_for_tries_makes_training_cases(caller: Caller) -> None:
    caller.post("test/v2/requests.json", **HERE)
    assert Case.objects.get().training


def test_a_city_that_gives_tokens(caller: Caller, account: Path) -> None:
    account.write_text("[open311]\nbatch = true\n", encoding="utf-8")
    (made,) = caller.post("v2/requests.json", **HERE).json()
    assert set(made) == {"token", "service_notice", "account_id"}
    number = Case.objects.get().number
    answer = caller.get(f"v2/tokens/{made['token']}.json")
    assert answer.json() == [{"service_request_id": number, "token": made["token"]}]
    root = ElementTree.fromstring(caller.get(f"v2/tokens/{made['token']}.xml").content)
    assert (root.tag, root.findtext("request/service_request_id")) == ("service_requests", number)


@pytest.mark.parametrize("token", ["nothing", "1-" + "0" * 32, "\x00"])
def test_an_unknown_token_is_not_found(caller: Caller, token: str) -> None:
    assert caller.get(f"v2/tokens/{token}.json").status_code == 404


def test_switched_off_it_says_so(caller: Caller, account: Path) -> None:
    account.write_text("", encoding="utf-8")
    answers = [caller.get("discovery.json"), caller.post("v2/requests.json", **HERE)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()[0]["description"].startswith("本市没有开通")

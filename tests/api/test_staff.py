"""Staff and machines at the API: tokens, lists, acts, the inbox."""

from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from tests.district import District
from tests.road import take_to
from tests.staff import staff

from xiucheng.api.actions import give_token, take_back
from xiucheng.api.models import Token
from xiucheng.cases import actions
from xiucheng.cases.models import Case
from xiucheng.people.models import Account
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

RAIL = actions.Submission(channel="web", kind="complaint", words="南坪火锅店门口护栏倒了", lng=106.57, lat=29.53)


@pytest.fixture
def house(district: District) -> dict[str, Account]:
    return staff(district)


def ask(token: str, path: str, content: dict[str, Any] | None = None, key: str = "") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    client = Client()
    if content is None:
        answer = client.get(f"/api/v1{path}", headers=headers)
    else:
        answer = client.post(f"/api/v1{path}", orjson.dumps(content), content_type="application/json", headers=headers)
    return answer.status_code, orjson.loads(answer.content)


def token_of(house: dict[str, Account], post: str) -> str:
    return give_token(by=house["security_admin"], account=house[post], name=post)


def new_case() -> Case:
    return Case.objects.get(id=actions.submit(RAIL, Actor("resident")).case_id)


def test_only_the_security_administrator_gives_tokens(house: dict[str, Account]) -> None:
    with pytest.raises(Refused, match="no_post"):
        give_token(by=house["system_admin"], account=house["operator"], name="x")


def test_token_is_kept_only_as_its_hash(house: dict[str, Account]) -> None:
    token = token_of(house, "operator")
    assert token.encode() not in b"".join(bytes(t.digest) for t in Token.objects.all())


def test_without_token_nothing_is_told(house: dict[str, Account]) -> None:
    assert Client().get("/api/v1/cases").status_code == 401


def test_withdrawn_token_is_refused(house: dict[str, Account]) -> None:
    token = token_of(house, "operator")
    take_back(by=house["security_admin"], token=Token.objects.get())
    assert ask(token, "/cases") == (401, {**ask("nonsense", "/cases")[1]})


def test_operator_registers_a_case(house: dict[str, Account], district: District) -> None:
    case = new_case()
    token = token_of(house, "operator")
    status, content = ask(token, f"/cases/{case.number}/acts/register", {"category": district.category, "version": 1})
    assert (status, content["state"]["code"], content["version"]) == (200, "to_file", 2)


def test_same_key_acts_once(house: dict[str, Account], district: District) -> None:
    case = new_case()
    token = token_of(house, "operator")
    given = {"category": district.category, "version": 1}
    first, second = (ask(token, f"/cases/{case.number}/acts/register", given, key="r1") for _ in range(2))
    assert (first[1]["again"], second[1]["again"], second[1]["version"]) == (False, True, 2)


@pytest.mark.parametrize("key", ["1", "k" * 80])
def test_two_machines_may_use_the_same_key(house: dict[str, Account], district: District, key: str) -> None:
    one, other = (token_of(house, post) for post in ("operator", "shift_leader"))
    case = new_case()
    given = {"words": "看过了", "version": 1}
    assert ask(one, f"/cases/{case.number}/acts/note", given, key=key)[0] == 200
    status, content = ask(other, f"/cases/{case.number}/acts/note", {"words": "我也看过了"}, key=key)
    assert (status, content["again"]) == (200, False)


def test_old_version_is_refused_with_the_new_state(house: dict[str, Account], district: District) -> None:
    case = new_case()
    token = token_of(house, "operator")
    ask(token, f"/cases/{case.number}/acts/register", {"version": 1})
    status, content = ask(token, f"/cases/{case.number}/acts/register", {"version": 1})
    assert (status, content["code"], content["state"], content["version"]) == (409, "someone_faster", "to_file", 2)


@pytest.mark.parametrize(
    ("act", "given", "expected"),
    [
        ("dance", {}, (404, "unknown_act")),
        ("register", {"category": "nothing"}, (422, "bad_choice")),
        ("register", {"lng": "x", "lat": "y"}, (422, "bad_field")),
        ("register", {"version": "one"}, (422, "bad_field")),
        ("refuse", {}, (422, "missing")),
        ("refuse", {"reason": ["x"], "whose": "x"}, (422, "bad_field")),
        ("refuse", {"reason": "x" * 3000, "whose": "x"}, (422, "too_long")),
        ("consider", {"unit": 10**18, "until": "x"}, (422, "bad_choice")),
        ("file", {}, (409, "wrong_state")),
    ],
)
def test_bad_act_gets_a_sentence(
    house: dict[str, Account], act: str, given: dict[str, Any], expected: tuple[int, str]
) -> None:
    case = new_case()
    status, content = ask(token_of(house, "operator"), f"/cases/{case.number}/acts/{act}", given)
    assert (status, content["code"]) == expected
    assert Case.objects.get(id=case.id).version == 1


def test_unit_sees_only_its_cases(house: dict[str, Account]) -> None:
    case = new_case()
    token = token_of(house, "unit")
    assert ask(token, f"/cases/{case.number}")[0] == 404
    assert ask(token, "/cases") == (200, {"cases": [], "after": ""})


def test_token_limited_to_posts_cannot_do_more(house: dict[str, Account]) -> None:
    limited = give_token(by=house["security_admin"], account=house["operator"], name="x", posts=["leader"])
    assert ask(limited, "/cases")[1]["code"] == "no_post"


def test_case_page_says_what_may_be_done(house: dict[str, Account]) -> None:
    case = new_case()
    content = ask(token_of(house, "operator"), f"/cases/{case.number}")[1]
    assert [a["act"]["code"] for a in content["acts"]] == [
        "register", "refuse", "consider", "answer", "merge", "urge", "supplement", "note",
    ]  # fmt: skip


def test_inbox_holds_the_posts_queue(house: dict[str, Account]) -> None:
    case = new_case()
    assert [c["number"] for c in ask(token_of(house, "operator"), "/inbox")[1]["cases"]] == [case.number]
    assert ask(token_of(house, "dispatcher"), "/inbox")[1]["cases"] == []


def test_signed_in_person_needs_the_pages_mark(house: dict[str, Account]) -> None:
    case = new_case()
    client = Client(enforce_csrf_checks=True)
    client.force_login(house["operator"])
    answer: HttpResponse = client.post(  # type: ignore[assignment]  # the test client's own answer
        f"/api/v1/cases/{case.number}/acts/register", b"{}", content_type="application/json"
    )
    assert (answer.status_code, client.get("/api/v1/cases").status_code) == (401, 200)


@pytest.mark.parametrize("path", ["categories", "standards", "units", "areas", "figures", "openapi.json"])
def test_lists_are_open_to_all(district: District, path: str) -> None:
    assert Client().get(f"/api/v1/{path}").status_code == 200


def test_description_names_every_address(district: District) -> None:
    paths = orjson.loads(Client().get("/api/v1/openapi.json").content)["paths"]
    assert sorted(paths) == [
        "/api/v1/areas", "/api/v1/cases", "/api/v1/cases/{number}", "/api/v1/cases/{number}/acts/{act}",
        "/api/v1/categories", "/api/v1/figures", "/api/v1/inbox", "/api/v1/pictures", "/api/v1/reports",
        "/api/v1/reports/{tracking_code}", "/api/v1/reports/{tracking_code}/acts/{act}", "/api/v1/standards",
        "/api/v1/units",
    ]  # fmt: skip


def test_what_a_resident_adds_reaches_machines_with_his_number_hidden(
    house: dict[str, Account], district: District
) -> None:
    case = take_to("handling", district, house)
    actions.act(case.id, "supplement", Actor("resident", "T"), {"words": "又倒了一根，打13812345678找我"})
    actions.act(
        case.id,
        "transfer",
        holder(house["dispatcher"]).actor(),
        {"unit": district.other_unit, "reason": "问13812345678"},
    )
    actions.act(case.id, "transfer", holder(house["dispatcher"]).actor(), {"unit": district.unit, "reason": "改回"})
    history = ask(token_of(house, "unit"), f"/cases/{case.number}")[1]["history"]
    assert [h["words"] for h in history if h["act"]["code"] == "supplement"] == ["又倒了一根，打138****5678找我"]
    assert [h["facts"]["reason"] for h in history if h["act"]["code"] == "transfer"] == ["问138****5678", "改回"]


def test_first_password_is_changed_before_machines_hear_of_its_owner(house: dict[str, Account]) -> None:
    Account.objects.filter(pk=house["operator"].pk).update(must_change=True)
    client = Client()
    client.force_login(house["operator"])
    answer = client.get("/api/v1/cases")
    assert (answer.status_code, orjson.loads(answer.content)["code"]) == (403, "change_password")


def test_filter_with_a_character_no_database_takes_is_refused(house: dict[str, Account]) -> None:
    status, said = ask(token_of(house, "operator"), "/cases?category=%00t")
    assert (status, said["code"]) == (422, "bad_field")

"""Open311: the updates extension both ways, exact in time, heard once, and only from who made the request."""

import datetime as dt
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.channels.open311.conftest import Caller
from tests.channels.open311.schema import faults, same, spark
from tests.road import take_to

from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, History
from xiucheng.channels.open311 import keys
from xiucheng.city import clock
from xiucheng.people.queries import holder


def told(number: str, **facts: Any) -> dict[str, Any]:
    known = {
        "service_request_id": number,
        "update_id": "u1",
        "status": "OPEN",
        "updated_datetime": clock.now().isoformat(),
    }
    return {**known, "description": "还倒着", **facts}


def acts(number: str) -> list[str]:
    return [row.act for row in History.objects.filter(case_id=Case.objects.get(number=number).id).order_by("seq")]


def test_the_steps_of_a_case_in_our_own_words(caller: Caller) -> None:
    case = take_to("closed", caller.district, caller.house)
    answer = caller.get("v2/servicerequestupdates.json")
    assert faults("updates", answer.json()) == []
    assert [(row["status"], row["description"]) for row in answer.json()] == [
        ("open", "已受理，正在核对情况。"),
        ("action_scheduled", "情况属实，马上派人办理。"),
        ("in_progress", "已交给市政设施科办理。"),
        ("in_progress", "市政设施科已处置，等待现场复看。"),
        ("fixed", "已办结。"),
    ]
    assert {row["service_request_id"] for row in answer.json()} == {case.number}
    assert len({row["update_id"] for row in answer.json()}) == 5
    assert same(spark(ElementTree.fromstring(caller.get("v2/servicerequestupdates.xml").content)), answer.json())


def test_only_the_steps_of_the_window_with_their_exact_time(caller: Caller) -> None:
    case = take_to("handling", caller.district, caller.house)
    rows = caller.get("v2/servicerequestupdates.json").json()
    at = History.objects.get(case_id=case.id, act="dispatch").at
    assert dt.datetime.fromisoformat(rows[-1]["updated_datetime"]) == at.replace(microsecond=0)
    said = rows[-1]["updated_datetime"]
    assert rows[-1] in caller.get("v2/servicerequestupdates.json", start_date=said, end_date=said).json()
    later = (at + dt.timedelta(seconds=1)).isoformat()
    assert caller.get("v2/servicerequestupdates.json", start_date=later).json() == []


def test_steps_before_filing_are_told_to_who_made_the_request(caller: Caller) -> None:
    number = caller.report()
    facts = {"reason": "不归我们", "whose": "供电局"}
    act(Case.objects.get().id, "refuse", holder(caller.house["operator"]).actor(), facts)
    assert caller.get("v2/servicerequestupdates.json").json() == []
    (row,) = caller.get("v2/servicerequestupdates.json", api_key=caller.key).json()
    assert (row["service_request_id"], row["status"]) == (number, "not_councils_responsibility")


def test_a_merged_request_hears_of_its_main_case(caller: Caller) -> None:
    number = caller.report()
    main = take_to("handling", caller.district, caller.house)
    act(Case.objects.get(number=number).id, "merge", holder(caller.house["operator"]).actor(), {"main": main.id})
    act(
        main.id,
        "transfer",
        holder(caller.house["dispatcher"]).actor(),
        {"unit": caller.district.other_unit, "reason": "归路灯"},
    )
    rows = caller.get("v2/servicerequestupdates.json", api_key=caller.key).json()
    assert [(r["status"], r["description"]) for r in rows if r["service_request_id"] == number] == [
        ("duplicate", "和同一个问题一起办理。"),
        ("in_progress", "已改由路灯所办理。"),
    ]


def test_what_we_are_told_is_added_once(caller: Caller) -> None:
    number = caller.report()
    answers = [
        caller.post("v2/servicerequestupdates.json", **told(number, updated_datetime="2026-01-01T00:00:00Z"))
        for _ in range(4)
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert faults("update_made", answers[0].json()) == []
    assert len({answer.content for answer in answers}) == 1
    assert acts(number) == ["submit", "supplement"]


def test_the_same_update_id_with_other_words_is_a_mistake(caller: Caller) -> None:
    number = caller.report()
    caller.post("v2/servicerequestupdates.json", **told(number))
    assert caller.post("v2/servicerequestupdates.json", **told(number, description="别的")).status_code == 400


def test_the_status_is_read_in_any_letters(caller: Caller) -> None:
    number = caller.report()
    for n, status in enumerate(("IN_PROGRESS", "in progress", "Fixed", "closed")):
        assert (
            caller.post("v2/servicerequestupdates.json", **told(number, update_id=f"u{n}", status=status)).status_code
            == 200
        )
    row = History.objects.filter(case_id=Case.objects.get().id).order_by("-seq")[0]
    assert row.words == "还倒着\n【对方状态】closed"


def test_cancelled_takes_it_back(caller: Caller) -> None:
    number = caller.report()
    assert caller.post("v2/servicerequestupdates.xml", **told(number, status="CANCELLED")).status_code == 200
    assert Case.objects.get().state == "withdrawn"


def test_reopen_asks_for_another_look(caller: Caller) -> None:
    number = caller.report()
    case = Case.objects.get()
    facts = {"reason": "不归我们", "whose": "供电局"}
    act(case.id, "refuse", holder(caller.house["operator"]).actor(), facts)
    assert caller.post("v2/servicerequestupdates.json", **told(number, status="REOPEN")).status_code == 200
    assert Case.objects.get().state == "to_file"


@pytest.mark.parametrize("without", ["service_request_id", "update_id", "status", "updated_datetime", "description"])
def test_what_is_missing_is_named(caller: Caller, without: str) -> None:
    answer = caller.post("v2/servicerequestupdates.json", **told(caller.report(), **{without: ""}))
    assert (answer.status_code, without in answer.json()[0]["description"]) == (400, True)


@pytest.mark.parametrize(
    ("facts", "status"),
    [({"status": "gone"}, 400), ({"updated_datetime": "now"}, 400), ({"service_request_id": "1"}, 404)],
)
def test_mistakes_are_told(caller: Caller, facts: dict[str, str], status: int) -> None:
    answer = caller.post("v2/servicerequestupdates.xml", **told(caller.report(), **facts))
    assert (answer.status_code, b"<errors>" in answer.content) == (status, True)


def test_nobody_speaks_for_anothers_request(caller: Caller) -> None:
    number = caller.report()
    other = keys.give(by=caller.house["security_admin"], name="第三市", quota=10)
    assert caller.post("v2/servicerequestupdates.json", {"api_key": other, **told(number)}).status_code == 404
    assert caller.post("v2/servicerequestupdates.json", {"api_key": "", **told(number)}).status_code == 403
    assert acts(number) == ["submit"]

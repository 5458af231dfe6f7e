"""Work orders of 12345 from the web service to the result (12345 工单): one order is one report, its number and deadline count."""

import datetime as dt
import time
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from tests.channels.order12345.city_hotline import Hotline
from tests.district import District

from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Report
from xiucheng.cases.queries.case import timeline
from xiucheng.channels.order12345 import client, codec, reader
from xiucheng.city import clock, registers
from xiucheng.city.models import Word
from xiucheng.intake import accounts, jobs, port
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming
from xiucheng.notices import pump
from xiucheng.notices.models import Notice
from xiucheng.rules.workflow import Actor

UNTIL = (clock.now() + dt.timedelta(days=7)).replace(microsecond=0)


def order(number: str = "A1", **more: Any) -> dict[str, Any]:
    return {
        "order_no": number, "title": "护栏", "content": "南坪东路护栏倒了", "address": "南坪东路12号", "name": "王小明",
        "phone": "13812345678", "type": "投诉", "deadline": UNTIL.isoformat(), **more,
    }  # fmt: skip


def send(hotline: Hotline, content: Any, **how: Any) -> HttpResponse:
    body, headers = hotline.signed(content, **how)
    return Client().post("/hook/order12345/", body, content_type="application/json", **headers)  # type: ignore[return-value]


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def settled(hotline: Hotline) -> list[dict[str, Any]]:
    """Send what waits for 12345, as the pump does."""
    for leased in pump.lease("me"):
        pump.settle(leased, pump._hand_over(leased), "me")
    return list(hotline.taken.values())


def through(case: int, people: dict[str, Actor], district: District) -> None:
    act(case, "register", people["operator"], {"category": district.category})
    act(case, "file", people["shift_leader"], {"standard": district.standard})
    act(case, "dispatch", people["dispatcher"], {"unit": district.unit})


def done(case: int, people: dict[str, Actor], district: District) -> None:
    act(case, "feed_back", people["handler"], {"pictures": ["a" * 64], "words": "护栏已扶正，联系人13812345678"})
    act(case, "send_check", people["operator"], {"person": "4"})
    act(case, "check", people["officer"], {"pictures": ["a" * 64], "condition": True})
    act(case, "close", people["shift_leader"], {"standard": district.standard})


def test_an_order_delivered_four_times_is_one_report_with_its_number(hotline: Hotline, district: District) -> None:
    answers = [send(hotline, {"orders": [order()]}).json() for _ in range(4)]
    work()
    assert [(a["received"], a["again"]) for a in answers] == [(1, 0), (0, 1), (0, 1), (0, 1)]
    report = Report.objects.get()
    assert (report.external_key, report.case.channel, report.reply_channel) == ("A1", "order12345", "order12345")
    assert report.case.deadline == UNTIL


def test_its_deadline_is_what_the_unit_sees(hotline: Hotline, district: District, people: dict[str, Actor]) -> None:
    send(hotline, order())
    work()
    through(Case.objects.get().pk, people, district)
    assert Case.objects.get().due_at == UNTIL


def test_the_same_number_with_another_deadline_and_more_words_is_a_change(
    hotline: Hotline, district: District, people: dict[str, Actor]
) -> None:
    later = UNTIL + dt.timedelta(days=2)
    send(hotline, order())
    work()
    through(Case.objects.get().pk, people, district)
    send(hotline, order(deadline=later.isoformat()))
    send(hotline, order(deadline=later.isoformat(), content="南坪东路护栏倒了，已有人摔伤"))
    send(hotline, order(deadline=later.isoformat(), content="南坪东路护栏倒了，已有人摔伤", note="第二次推送"))
    work()
    case = Case.objects.get()
    assert (case.due_at, Report.objects.count()) == (later, 1)
    acts = [entry.act for entry in timeline(case.pk)]
    assert (acts.count("supplement"), acts.count("note")) == (1, 1)
    assert set(Incoming.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("how", "status"),
    [({"secret": "wrong"}, 401), ({"at": time.time() - 4000}, 401), ({"at": time.time() + 4000}, 401)],
)
def test_who_cannot_sign_is_not_heard(hotline: Hotline, db: None, how: dict[str, Any], status: int) -> None:
    assert send(hotline, order(), **how).status_code == status
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [([], 400), ("x", 400), ({"orders": 5}, 400), ({"orders": [order(str(n)) for n in range(501)]}, 400)],
)
def test_what_is_no_message_is_told_so(hotline: Hotline, db: None, content: Any, status: int) -> None:
    assert send(hotline, content).status_code == status


def test_a_message_too_large_is_not_read(hotline: Hotline, db: None) -> None:
    assert send(hotline, order(content="长" * 700_000)).status_code == 413


def test_one_faulty_order_does_not_hold_up_the_others(hotline: Hotline, district: District) -> None:
    answer = send(hotline, {"orders": [order(""), 5, order("B1"), order("B2", deadline="下周")]}).json()
    assert (answer["received"], [r["at"] for r in answer["refused"]]) == (2, [1, 2])
    work()
    states = dict(Incoming.objects.values_list("state", "error"))
    assert Report.objects.get().external_key == "B1" and "办理时限" in states["failed"]


def test_without_an_account_nothing_comes_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_CHANNELS", "/nowhere/channels.toml")
    assert Client().post("/hook/order12345/", b"{}", content_type="application/json").status_code == 404


def test_each_stage_and_the_result_go_back_under_its_number(
    hotline: Hotline, district: District, people: dict[str, Actor]
) -> None:
    hotline.orders = {"A1"}
    send(hotline, order())
    work()
    case = Case.objects.get()
    through(case.pk, people, district)
    done(case.pk, people, district)
    said = settled(hotline)
    assert {m["order_no"] for m in said} == {"A1"} and {m["case_no"] for m in said} == {case.number}
    results = [m for m in said if m["type"] == "result"]
    assert results and results[-1]["state"] == "已结案"
    assert "护栏已扶正" in results[-1]["result"] and "13812345678" not in results[-1]["result"]


def test_a_refused_order_goes_back_with_whose_it_is(
    hotline: Hotline, district: District, people: dict[str, Actor]
) -> None:
    hotline.orders = {"A1"}
    send(hotline, order())
    work()
    act(Case.objects.get().pk, "refuse", people["operator"], {"reason": "不归我们", "whose": "供电局"})
    (result,) = settled(hotline)
    assert (result["type"], result["ended"]) == ("result", True) and "供电局" in result["result"]


@pytest.mark.parametrize(("mood", "state"), [("busy", "queued"), ("drop", "unknown"), ("nonsense", "unknown")])
def test_what_does_not_arrive_is_tried_again_and_counted_once(
    hotline: Hotline, district: District, people: dict[str, Actor], mood: str, state: str
) -> None:
    hotline.orders, hotline.moods = {"A1"}, [mood]
    send(hotline, order())
    work()
    act(Case.objects.get().pk, "refuse", people["operator"], {"reason": "不归我们", "whose": "供电局"})
    settled(hotline)
    assert Notice.objects.get(recipient_kind="reporter").state == state
    Notice.objects.update(due_at=clock.now())
    settled(hotline)
    assert (Notice.objects.get(recipient_kind="reporter").state, len(hotline.taken)) == ("delivered", 1)


def test_a_number_with_what_no_database_takes_spoils_no_other_order(hotline: Hotline, district: District) -> None:
    more = {"deadline": "0001-01-01T00:00:00"}
    answered = send(hotline, {"orders": [order("A\x001", **more), order("A2"), order("\x00")]}).json()
    work()
    assert (answered["received"], [one["at"] for one in answered["refused"]]) == (2, [3])
    assert sorted(Report.objects.values_list("external_key", flat=True)) == ["A1", "A2"]
    assert Case.objects.order_by("id")[0].deadline is None


@pytest.mark.parametrize("mood", ["elsewhere", "refuse"])
def test_nobody_is_followed_elsewhere_and_a_refusal_is_not_asked_again(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    hotline.moods = [mood]
    account = accounts.account("order12345") or {}
    said = client.post(account, {"type": "ping"})
    assert (said.result, said.again) == ("failed", False)
    assert client.post(account, {"type": "ping"}).result == "delivered"


def test_the_secret_is_in_no_log(
    hotline: Hotline, district: District, caplog: pytest.LogCaptureFixture, people: dict[str, Actor]
) -> None:
    send(hotline, order(), secret="wrong")
    send(hotline, order())
    work()
    assert hotline.secret not in caplog.text and "13812345678" not in caplog.text


def test_a_real_account_is_proven_by_hand(hotline: Hotline, db: None) -> None:
    way = port.find("order12345")
    assert way is not None and [proof.ok for proof in way.check()] == [True, True]
    hotline.secret = "changed"
    assert [proof.ok for proof in way.check()] == [True, False]


def test_nobody_there_is_tried_again(hotline: Hotline, db: None) -> None:
    account = dict(accounts.account("order12345") or {})
    hotline.close()
    receipt = client.post(account, {"type": "ping"})
    assert (receipt.result, receipt.again) == ("failed", True)
    assert client.post({"secret": "x"}, {}).result == "failed"


@pytest.mark.parametrize("said", ["1900-01-01", "", "TODAY", "AHEAD"])
def test_an_order_of_today_or_of_a_clock_that_is_ahead_comes_in(
    hotline: Hotline, district: District, said: str
) -> None:
    given = {"TODAY": clock.today().isoformat(), "AHEAD": (clock.now() + dt.timedelta(hours=1)).isoformat()}
    send(hotline, order(accepted_at=given.get(said, said)))
    work()
    at = Report.objects.get().said_at
    assert at is None or at <= clock.now()


def test_an_order_with_an_attachment_comes_in(hotline: Hotline, district: District) -> None:
    send(hotline, order(attachments=[{"name": "a.jpg", "content": "QUJD" * 60_000}]))
    work()
    assert (Report.objects.count(), Incoming.objects.get().error) == (1, "")


def test_an_order_that_tells_of_danger_goes_before_all_that_waits(hotline: Hotline, district: District) -> None:
    Word.objects.create(word="煤气泄漏", purpose="danger", weight=3.0)
    registers.touch()
    orders = [order(f"A{n}") for n in range(3)]
    send(hotline, {"orders": [*orders, order("A9", title="煤气泄漏", content="楼道里有味道")]})
    assert [one.key.partition(":")[0] for one in incoming.lease(batch=1)] == ["A9"]


def test_changes_of_one_order_are_in_work_at_one_place_and_other_orders_do_not_wait(
    hotline: Hotline, district: District
) -> None:
    send(hotline, {"orders": [order("A1"), order("A1", content="南坪东路护栏又倒了"), order("A2")]})
    assert [[one.key.partition(":")[0] for one in incoming.lease(batch=1)] for _ in range(3)] == [["A1"], ["A2"], []]


def test_a_deadline_that_goes_and_comes_back_is_as_it_was_said_last(hotline: Hotline, district: District) -> None:
    now, later = time.time(), UNTIL + dt.timedelta(days=2)
    for second, due in enumerate((UNTIL, later, UNTIL)):
        assert send(hotline, order(deadline=due.isoformat()), at=now + second).json()["received"] == 1
    work()
    case = Case.objects.get()
    assert (case.deadline, [entry.act for entry in timeline(case.pk)].count("note")) == (UNTIL, 2)


def test_the_very_same_message_again_after_another_changes_nothing(hotline: Hotline, district: District) -> None:
    now, later = time.time(), UNTIL + dt.timedelta(days=2)
    send(hotline, order(), at=now)
    send(hotline, order(deadline=later.isoformat()), at=now + 1)
    work()
    assert send(hotline, order(), at=now).json()["again"] == 1
    assert send(hotline, order(deadline=later.isoformat()), at=now + 2).json()["again"] == 1
    work()
    assert (Case.objects.get().deadline, Incoming.objects.count()) == (later, 2)


def test_words_that_go_and_come_back_are_all_told(hotline: Hotline, district: District) -> None:
    now = time.time()
    for second, words in enumerate(("护栏倒了", "护栏已扶正", "护栏倒了")):
        send(hotline, order(title="", content=words), at=now + second)
        work()
    entries = [entry for entry in timeline(Case.objects.get().pk) if entry.act == "supplement"]
    assert [entry.words for entry in entries] == ["护栏已扶正", "护栏倒了"]


def test_an_order_told_ahead_of_its_time_is_the_same_report_when_it_is_worked_off_again_later(
    hotline: Hotline, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(hotline, order(accepted_at=(clock.now() + dt.timedelta(hours=1)).isoformat()))
    (arrived,) = incoming.lease()
    read = codec.read(orjson.loads(arrived.raw), reader.known())
    first, later = reader._take(read, arrived), clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert reader._take(read, arrived) == first
    assert Report.objects.get().said_at == arrived.received_at

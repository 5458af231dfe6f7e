"""Short messages come in (短信来件): signed, once, in parts and out of order, as a report or to one; receipts."""

import datetime as dt
import time
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from tests.channels.sms.conftest import Account
from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases.models import History, Report
from xiucheng.channels.sms.inbound import Messages
from xiucheng.city import clock
from xiucheng.intake import jobs, signed
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.notices.models import Attempt, Notice

SECRET = "the gateway's secret"
PHONE = "13812345678"


@pytest.fixture(autouse=True)
def _on(district: District, account: Account) -> None:
    account()


def post(
    given: Any, path: str = "messages", *, secret: str = SECRET, late: float = 0.0, key: str = "district"
) -> HttpResponse:
    body = given if isinstance(given, bytes) else orjson.dumps(given)
    headers = signed.headers(key, secret, body, time.time() - late)
    client = Client(raise_request_exception=False)
    return client.post(f"/hook/sms/{path}", body, content_type="application/json", headers=headers)  # type: ignore[return-value]  # Django's own answer


def one(text: str, number: str = "1", sender: str = PHONE, **more: Any) -> dict[str, Any]:
    return {"id": number, "from": sender, "to": "10690000", "text": text, **more}


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def again() -> None:
    """Time passes until what was put off is due."""
    Incoming.objects.filter(state="waiting").update(due_at=clock.now())
    work()


def words(report: Report) -> str:
    return vault.unseal(report.words_sealed)


def test_a_message_becomes_a_report_that_is_answered_by_message() -> None:
    answer = post(one("南坪西路护栏倒了", sender="+8613812345678", at="2026-11-27T10:00:00+08:00"))
    assert (answer.status_code, orjson.loads(answer.content)) == (200, {"code": "ok"})
    work()
    report = Report.objects.get()
    assert (words(report), report.channel, report.reply_channel) == ("南坪西路护栏倒了", "sms", "sms")
    assert orjson.loads(vault.unseal(report.contact_sealed)) == {"phone": PHONE, "reply": PHONE}


def test_a_message_delivered_four_times_is_one_report() -> None:
    assert [post(one("护栏倒了")).status_code for _ in range(4)] == [200] * 4
    work()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (b"{", 400, "not_json"), (b"[]", 422, "bad_field"), ({"id": "1"}, 422, "missing"), ({"id": "", "from": PHONE, "text": "x"}, 422, "bad_field"),
        (one("x", sender="nobody"), 422, "bad_contact"), (one("x", long=5), 422, "bad_field"),
        (one("x", long={"ref": 1, "part": 3, "parts": 2}), 422, "bad_field"), (one("x", long={"ref": True, "part": 1, "parts": 2}), 422, "bad_field"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_clearly(given: Any, status: int, code: str) -> None:
    answer = post(given)
    assert (answer.status_code, orjson.loads(answer.content)["code"], Incoming.objects.count()) == (status, code, 0)


def test_a_wrong_signature_is_refused() -> None:
    answers = [post(one("x"), secret="somebody else's one"), post(one("x"), key="other")]
    assert [(a.status_code, orjson.loads(a.content)["code"]) for a in answers] == [(401, "bad_signature")] * 2


def test_what_is_too_old_is_refused() -> None:
    answer = post(one("x"), late=301)
    assert (answer.status_code, orjson.loads(answer.content)["code"]) == (401, "stale_request")


def test_what_is_too_big_is_refused() -> None:
    answer = post(one("x" * 300_000))
    assert (answer.status_code, orjson.loads(answer.content)["code"]) == (413, "too_big")


def test_switched_off_the_door_is_closed(account: Account) -> None:
    account(more="off = true")
    answer = post(one("x"))
    assert (answer.status_code, orjson.loads(answer.content)["code"]) == (404, "channel_off")


def long(n: int, text: str, number: str = "", ref: int = 7, of: int = 3) -> dict[str, Any]:
    return one(text, number or f"p{ref}{n}", long={"ref": ref, "part": n, "parts": of})


def test_a_long_message_is_put_together_in_whatever_order_it_comes() -> None:
    for n, text in ((3, "很危险"), (1, "南坪西路"), (2, "护栏倒了，")):
        post(long(n, text))
    post(long(1, "南坪西路"))
    work()
    assert [words(r) for r in Report.objects.all()] == ["南坪西路护栏倒了，很危险"]
    assert {row.report for row in Incoming.objects.all()} == {Report.objects.get().token}


def test_a_long_message_waits_for_its_parts() -> None:
    post(long(1, "南坪西路", of=2))
    work()
    assert Report.objects.count() == 0
    post(long(2, "护栏倒了", of=2))
    again()
    assert [words(r) for r in Report.objects.all()] == ["南坪西路护栏倒了"]


def test_a_part_that_never_comes_is_said_and_one_that_comes_late_is_added() -> None:
    post(long(1, "南坪西路"))
    post(long(3, "很危险"))
    for _ in range(8):
        again()
    report = Report.objects.get()
    assert words(report) == "南坪西路〔缺一条〕很危险"
    Incoming.objects.update(done_at=clock.now() - dt.timedelta(seconds=1))
    post(long(2, "护栏倒了，"))
    work()
    assert Report.objects.count() == 1
    assert History.objects.get(case_id=report.case_id, act="supplement").words == "〔长短信第 2 条〕护栏倒了，"


def test_the_same_reference_of_another_phone_or_day_is_another_message() -> None:
    post(long(1, "南坪西路", of=2))
    post({**long(2, "路灯坏了", "x", of=2), "from": "13900000000"})
    Incoming.objects.filter(key__contains=":1:").update(received_at=clock.now() - dt.timedelta(days=1))
    post(long(2, "护栏倒了", of=2))
    work()
    assert Report.objects.count() == 0


def test_an_advertisement_is_left_and_no_report() -> None:
    post(one(" td "))
    work()
    assert (Report.objects.count(), Incoming.objects.get().state) == (0, "done")


def reported(*texts: str) -> list[Report]:
    for n, text in enumerate(texts):
        post(one(text, f"r{n}"))
    work()
    return list(Report.objects.order_by("id"))


def test_a_supplement_goes_to_the_one_open_report() -> None:
    (report,) = reported("护栏倒了")
    post(one("补充：又倒了一段", "s1"))
    work()
    assert History.objects.get(case_id=report.case_id, act="supplement").words == "又倒了一段"


def test_urging_goes_to_the_one_open_report() -> None:
    (report,) = reported("护栏倒了")
    post(one("催办", "s1"))
    work()
    assert History.objects.filter(case_id=report.case_id, act="urge").count() == 1


def test_a_supplement_that_names_its_number_goes_there() -> None:
    first, _ = reported("护栏倒了", "路灯坏了")
    post(one(f"补充 {first.case.number} 又倒了一段", "s1"))
    post(one(f"{first.token.lower()} 有人受伤", "s2", sender="13900000000"))
    work()
    assert History.objects.filter(case_id=first.case_id, act="supplement").count() == 2


def test_somebody_elses_number_is_no_way_to_his_case() -> None:
    (report,) = reported("护栏倒了")
    post(one(f"补充 {report.case.number} 假的", "s1", sender="13900000000"))
    work()
    assert (History.objects.filter(act="supplement").count(), Report.objects.count()) == (0, 2)


def test_where_two_are_open_the_sender_is_asked_and_his_answer_counts_once() -> None:
    first, second = reported("护栏倒了", "路灯坏了")
    post(one("补充：又坏了一盏", "s1"))
    work()
    asked = Notice.objects.get(recipient_kind="talk")
    assert f"1 编号 {second.case.number}\n2 编号 {first.case.number}" in asked.facts["text"]
    post(one("1", "s2"))
    (arrived,) = incoming.lease()
    for _ in range(2):
        assert Messages().work(arrived).report == second.token
    assert History.objects.get(act="supplement").case_id == second.case_id


def test_a_number_that_nobody_asked_for_is_a_report() -> None:
    reported("1")
    assert Report.objects.count() == 1


def test_a_supplement_without_a_report_is_a_report() -> None:
    reported("补充：护栏倒了")
    assert words(Report.objects.get()) == "补充：护栏倒了"


@pytest.fixture
def notice() -> Notice:
    row = Outgoing("reporter", "9", "register", {"number": "A1"}, ladder=("sms", "email"), address=PHONE)
    enqueue([row], subject_kind="case", subject_key="7", moment="7:2", now=clock.now())
    return Notice.objects.get()


def receipts(*given: tuple[str, str]) -> HttpResponse:
    return post({"receipts": [{"id": key, "status": status, "code": "DELIVRD"} for key, status in given]}, "receipts")


def test_a_receipt_is_written_down_once(notice: Notice) -> None:
    for _ in range(3):
        assert receipts((notice.key, "delivered")).status_code == 200
    work()
    notice.refresh_from_db()
    assert (notice.state, Attempt.objects.count()) == ("delivered", 1)


def test_a_receipt_that_comes_before_the_answer_counts(notice: Notice) -> None:
    Notice.objects.update(state="sending", leased_by="me")
    receipts((notice.key, "delivered"))
    work()
    notice.refresh_from_db()
    assert (notice.state, notice.leased_by) == ("delivered", "")


def test_a_message_that_did_not_arrive_goes_by_mail(notice: Notice) -> None:
    receipts((notice.key, "failed"), ("nobody's", "delivered"))
    work()
    notice.refresh_from_db()
    assert (notice.state, notice.rung) == ("queued", 1)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"receipts": []},
        {"receipts": 5},
        {"receipts": [{"id": 1, "status": "delivered"}]},
        {"receipts": [{"id": "k", "status": "?"}]},
    ],
)
def test_malformed_receipts_are_refused(given: Any) -> None:
    assert (post(given, "receipts").status_code, Incoming.objects.count()) == (422, 0)


def test_too_many_receipts_at_once_are_refused(notice: Notice) -> None:
    assert receipts(*[(notice.key, "delivered")] * 501).status_code == 422


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=1), dt.timedelta(days=-20_000)])
def test_a_message_with_a_time_that_cannot_be_is_the_same_report_when_it_is_worked_off_again_later(
    monkeypatch: pytest.MonkeyPatch, ahead: dt.timedelta
) -> None:
    post(one("学府大道路灯不亮", at=(clock.now() + ahead).isoformat()))
    (arrived,) = incoming.lease()
    first, later = Messages().work(arrived), clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert Messages().work(arrived) == first
    assert Report.objects.get().said_at == arrived.received_at

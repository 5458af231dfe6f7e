"""Receipts of template messages (微信回执): late, twice, never, faster than our own note; a failed one leads to the next rung."""

from typing import Any

import pytest
from tests.channels.wechat.simulator import Platform

from xiucheng.channels.wechat import codec
from xiucheng.channels.wechat.sender import Sender
from xiucheng.city import clock
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming
from xiucheng.notices import pump
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.notices.models import Attempt, Notice

ME = "oSomebody"


@pytest.fixture
def notice(db: None, account: Any, platform: Platform) -> Notice:
    """One notice that went out as a template message, with mail behind it."""
    account('[wechat.template]\nid = "T1"\nfields = { thing1 = "subject" }')
    platform.templates.add("T1")
    platform.followers.add(ME)
    facts = {"number": "1", "token": "ABC", "reply_until": "2026-01-01T00:00:00+00:00"}
    row = Outgoing(
        "reporter", "9", "register", facts, ladder=("wechat", "email"), addresses={"wechat": ME, "email": "a@b.cn"}
    )
    enqueue([row], subject_kind="case", subject_key="7", moment="7:2", now=clock.now())
    Notice.objects.update(due_at=clock.now())  # nothing more follows
    return Notice.objects.get()


def send() -> int:
    (leased,) = pump.lease("me")
    receipt = Sender().send(leased.message)
    pump.settle(leased, receipt, "me")
    return int(receipt.detail.split()[1])


def tell(platform: Platform, message: int, status: str = "success") -> str:
    return hear(platform.finished(message, ME, status), message)


def hear(event: dict[str, Any], message: int) -> str:
    raw = codec.write(event)
    incoming.keep("wechat", f"{message}:{Incoming.objects.count()}", raw)
    for arrived in incoming.lease():
        jobs._work(arrived)
    return Incoming.objects.latest("id").state


def test_a_receipt_says_that_it_arrived_also_twice(notice: Notice, platform: Platform) -> None:
    number = send()
    for _ in range(2):
        assert tell(platform, number) == "done"
    notice.refresh_from_db()
    assert (notice.state, notice.rung) == ("delivered", 0)


def test_a_failed_one_leads_to_the_next_rung_once(notice: Notice, platform: Platform) -> None:
    number = send()
    for _ in range(2):
        tell(platform, number, "failed:user block")
    notice.refresh_from_db()
    assert (notice.state, notice.rung, notice.attempts) == ("queued", 1, 0)
    assert Attempt.objects.filter(result="failed", detail="failed:user block").count() == 1


def test_a_failed_one_on_the_last_rung_has_failed(notice: Notice, platform: Platform) -> None:
    Notice.objects.update(ladder=["wechat"])
    tell(platform, send(), "failed: system failed")
    notice.refresh_from_db()
    assert (notice.state, notice.rung) == ("failed", 0)


def test_a_receipt_that_is_faster_than_our_note_is_looked_for_again(notice: Notice, platform: Platform) -> None:
    assert tell(platform, platform.numbers + 1) == "waiting"
    send()
    Incoming.objects.update(due_at=clock.now())
    for arrived in incoming.lease():
        jobs._work(arrived)
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_a_receipt_of_somebody_elses_message_is_put_aside(notice: Notice, platform: Platform) -> None:
    tell(platform, 1)
    for _ in range(2):
        Incoming.objects.update(due_at=clock.now())
        for arrived in incoming.lease():
            jobs._work(arrived)
    assert Incoming.objects.get().state == "done"


def test_without_receipt_the_next_rung_comes_by_itself(notice: Notice, platform: Platform) -> None:
    from xiucheng.notices import housekeeping

    send()
    Notice.objects.update(due_at=clock.now())
    assert housekeeping.climb() == 1


@pytest.mark.parametrize(("code", "state", "rung"), [("0", "delivered", 0), ("43101", "queued", 1)])
def test_a_subscribe_message_has_a_receipt_of_its_own(
    notice: Notice, platform: Platform, account: Any, code: str, state: str, rung: int
) -> None:
    account('[wechat.subscribe]\nid = "S1"\nfields = { thing1 = "subject" }')
    platform.templates.add("S1")
    hear(platform.told(send(), ME, code), 1)
    notice.refresh_from_db()
    assert (notice.state, notice.rung) == (state, rung)


def test_a_subscribe_message_without_a_number_is_told_once(
    notice: Notice, platform: Platform, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account('[wechat.subscribe]\nid = "S1"\nfields = { thing1 = "subject" }')
    platform.templates.add("S1")
    monkeypatch.setattr("xiucheng.channels.wechat.tokens.call", lambda *_, **__: {"errcode": 0})
    (leased,) = pump.lease("me")
    assert Sender().send(leased.message).result == "delivered"

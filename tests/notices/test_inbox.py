"""Inboxes: one's own, one's unit's, one's posts'; read once, read by nobody else."""

import datetime as dt
from collections.abc import Callable

import pytest
from tests.notices.conftest import NOW

from xiucheng.notices import actions, housekeeping, queries
from xiucheng.notices.models import Notice

pytestmark = pytest.mark.django_db
Write = Callable[..., Notice]
ME = queries.recipients(5, 9, ["dispatcher"])
OTHER = queries.recipients(6, 8)


def test_recipients_of_a_person() -> None:
    assert ME == [("account", "5"), ("unit", "9"), ("post", "dispatcher")]


def test_inbox_holds_the_units_notices(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    assert ([line.key for line in queries.inbox(ME)], queries.inbox(OTHER)) == ([notice.key], [])


def test_inbox_goes_on_into_the_archive(queued: Write) -> None:
    first, second = queued("7:2", ladder=("inapp",)), queued("7:3", ladder=("inapp",))
    Notice.objects.filter(id=first.id).update(created_at=NOW - dt.timedelta(hours=1), due_at=NOW)
    housekeeping.put_away()
    assert [line.key for line in queries.inbox(ME)] == [second.key, first.key]


def test_inbox_pages_on(queued: Write) -> None:
    queued("7:2", ladder=("inapp",))
    assert queries.inbox(ME, before=NOW) == []


def test_unread_count_falls_when_opened(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    before = queries.unread_count(ME)
    actions.mark_read([notice.key], ME, NOW)
    assert (before, queries.unread_count(ME)) == (1, 0)


def test_mark_read_of_others_notices_changes_nothing(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    assert (actions.mark_read([notice.key], OTHER, NOW), queries.unread_count(ME)) == (0, 1)


def test_opening_the_case_reads_its_notices(queued: Write) -> None:
    queued(ladder=("inapp",))
    assert (actions.mark_case_read(7, ME, NOW), actions.mark_case_read(7, ME, NOW)) == (1, 0)


def test_inbox_with_texts(queued: Write) -> None:
    queued(ladder=("inapp",))
    assert [line.written().subject for line in queries.inbox(ME)] == ["案件 A1：派遣"]


def test_late_receipt_is_kept(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    assert actions.receive(notice.key, "read", NOW, channel="wechat") is True
    notice.refresh_from_db()
    assert (notice.state, notice.read_at) == ("read", NOW)


def test_late_failure_goes_on_to_the_next_rung(queued: Write) -> None:
    notice = queued(ladder=("sms", "email"))
    assert actions.receive(notice.key, "failed", NOW, channel="sms") is True
    notice.refresh_from_db()
    assert (notice.state, notice.rung, notice.due_at) == ("queued", 1, NOW)
    assert actions.receive(notice.key, "failed", NOW, channel="sms") is False  # the mail is on its way already
    assert actions.receive(notice.key, "failed", NOW, channel="email") is True
    notice.refresh_from_db()
    assert (notice.state, notice.rung) == ("failed", 1)


def test_failure_that_comes_after_the_delivery_is_not_believed(queued: Write) -> None:
    notice = queued(ladder=("sms", "email"))
    told = [actions.receive(notice.key, result, NOW, channel="sms") for result in ("delivered", "delivered", "failed")]
    notice.refresh_from_db()
    assert (told, notice.state, notice.rung) == ([True, False, False], "delivered", 0)


def test_health_counts_what_waits(queued: Write) -> None:
    queued()
    found = queries.health(NOW)
    assert (found.waiting, found.oldest_due, found.failed) == (1, NOW, 0)

"""The pump: nothing is lost, nothing is counted twice, ladders are climbed."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.notices.conftest import NOW, Told

from xiucheng.city import clock
from xiucheng.notices import housekeeping, pump
from xiucheng.notices.models import Attempt, Notice, NoticeDone
from xiucheng.notices.port import Receipt

pytestmark = pytest.mark.django_db

Make = Callable[..., Told]
Write = Callable[..., Notice]


def state(notice: Notice) -> tuple[str, int, int]:
    notice.refresh_from_db()
    return notice.state, notice.rung, notice.attempts


def expire(notice: Notice) -> None:
    """The worker that held it is dead and its lease has run out."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_notice SET leased_until = clock_timestamp() - interval '1 s'")


def test_pump_with_accepting_channel(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    told("told", Receipt("accepted", "250"))
    notice = queued()
    assert pump.send_batch(pool) == 1
    assert state(notice) == ("accepted", 0, 1)
    assert list(Attempt.objects.values_list("notice_key", "channel", "result", "detail")) == [
        (notice.key, "told", "accepted", "250")
    ]


def test_pump_sends_what_the_unit_needs(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    channel = told("told", Receipt("accepted"))
    queued()
    pump.send_batch(pool)
    assert (channel.sent[0].subject, channel.sent[0].text) == ("案件 A1：派遣", "请签收并处置。现在：处置中。")


def test_pump_with_nothing_due(pool: ThreadPoolExecutor) -> None:
    assert pump.send_batch(pool) == 0


def test_enqueue_twice_writes_once(queued: Write) -> None:
    queued()
    queued()
    assert Notice.objects.count() == 1


def test_enqueue_inapp_is_delivered_at_once(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    assert (notice.state, notice.sent_at) == ("delivered", NOW)


def test_lease_is_not_given_twice(queued: Write) -> None:
    queued()
    assert [len(pump.lease("first")), len(pump.lease("second"))] == [1, 0]


def test_lease_of_a_killed_worker_runs_out(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    told("told", Receipt("accepted"))
    notice = queued()
    pump.lease("killed")
    expire(notice)
    assert pump.send_batch(pool) == 1
    assert state(notice) == ("accepted", 0, 2)


def test_settle_after_the_lease_went_to_another(told: Make, queued: Write) -> None:
    notice = queued()
    slow = pump.lease("slow")[0]
    expire(notice)
    quick = pump.lease("quick")[0]
    pump.settle(quick, Receipt("accepted"), "quick")
    pump.settle(slow, Receipt("failed"), "slow")
    assert state(notice) == ("accepted", 0, 2)
    assert Attempt.objects.count() == 2


def test_killed_between_send_and_settle_is_sent_again_and_counted_once(
    told: Make, queued: Write, pool: ThreadPoolExecutor
) -> None:
    channel = told("told", Receipt("accepted"))
    notice = queued()
    pump._hand_over(pump.lease("killed")[0])
    expire(notice)
    pump.send_batch(pool)
    assert [m.key for m in channel.sent] == [notice.key, notice.key]
    assert Notice.objects.filter(state="accepted").count() == 1


def test_failing_for_now_is_tried_later(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    told("told", Receipt("failed", "451", again=True))
    notice = queued()
    pump.send_batch(pool)
    assert state(notice) == ("queued", 0, 1)
    assert notice.due_at > clock.now()
    assert pump.send_batch(pool) == 0


def test_failing_for_good_climbs_the_ladder(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    told("told", Receipt("failed", "550"))
    other = told("other", Receipt("delivered"))
    notice = queued(ladder=("told", "other"))
    pump.send_batch(pool)
    pump.send_batch(pool)
    assert state(notice) == ("delivered", 1, 1)
    assert len(other.sent) == 1


def test_unread_climbs_after_its_wait(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    channel = told("told", Receipt("accepted"))
    notice = queued(ladder=("inapp:60", "told"))
    assert (housekeeping.climb(), pump.send_batch(pool)) == (1, 1)
    assert state(notice) == ("accepted", 1, 1)
    assert len(channel.sent) == 1


def test_read_does_not_climb(queued: Write) -> None:
    queued(ladder=("inapp:60", "told"))
    Notice.objects.update(read_at=NOW)
    assert housekeeping.climb() == 0


def test_unknown_channel_fails(queued: Write, pool: ThreadPoolExecutor) -> None:
    notice = queued(ladder=("pigeon",))
    pump.send_batch(pool)
    assert state(notice) == ("failed", 1, 1)


def test_channel_that_raises_is_unknown(told: Make, queued: Write, pool: ThreadPoolExecutor) -> None:
    told("told")
    notice = queued()
    pump.send_batch(pool)
    assert state(notice) == ("unknown", 0, 1)


def test_urgent_goes_first(queued: Write) -> None:
    queued("1:1")
    later = queued("1:2")
    Notice.objects.filter(id=later.id).update(urgent=True)
    assert [taken.message.key for taken in pump.lease("me", batch=1)] == [later.key]


def test_put_away_moves_finished_ones(queued: Write) -> None:
    notice = queued(ladder=("inapp",))
    Notice.objects.update(due_at=NOW + dt.timedelta(hours=1))
    assert housekeeping.put_away() == 1
    assert (Notice.objects.count(), list(NoticeDone.objects.values_list("key", "state"))) == (
        0,
        [(notice.key, "delivered")],
    )


def test_put_away_leaves_what_still_has_a_rung(queued: Write) -> None:
    queued(ladder=("inapp:60", "told"))
    assert housekeeping.put_away() == 0


def test_archive_has_a_partition_for_the_month(queued: Write) -> None:
    queued(ladder=("inapp",))
    Notice.objects.update(due_at=NOW)
    housekeeping.put_away()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM notice_done")
        assert cursor.fetchall() == [("notice_done_202603",)]


def test_a_resident_who_was_told_is_not_told_again_on_the_next_rung(
    told: Make, queued: Write, pool: ThreadPoolExecutor
) -> None:
    """His reading is never seen; only a failure, or waiting in vain for a receipt, sends the notice on."""
    told("told", Receipt("delivered"))
    notice = queued(ladder=("told", "email"))
    Notice.objects.update(recipient_kind="reporter", template="close")
    pump.send_batch(pool)
    Notice.objects.update(due_at=NOW - dt.timedelta(days=2))
    assert housekeeping.climb() == 0
    assert (state(notice), housekeeping.put_away()) == (("delivered", 0, 1), 1)

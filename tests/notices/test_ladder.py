"""Ladders: which channel next, and when."""

import datetime as dt

import pytest

from xiucheng.notices import ladder
from xiucheng.notices.port import Receipt

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def test_rungs_with_wait_in_seconds() -> None:
    assert ladder.rungs(["inapp:600", "email"]) == (
        ladder.Rung("inapp", dt.timedelta(minutes=10)),
        ladder.Rung("email", ladder.WAIT),
    )


def test_delivered_waits_for_the_reader_when_a_rung_is_left() -> None:
    step = ladder.after(["inapp:600", "email"], 0, 1, Receipt("delivered"), NOW)
    assert step == ladder.Step("delivered", 0, 1, NOW + dt.timedelta(minutes=10), sent=True)


def test_accepted_on_the_last_rung_is_kept_a_day() -> None:
    step = ladder.after(["email"], 0, 1, Receipt("accepted"), NOW)
    assert step == ladder.Step("accepted", 0, 1, NOW + dt.timedelta(days=1), sent=True)


def test_failed_for_good_climbs_at_once() -> None:
    step = ladder.after(["email", "inapp"], 0, 1, Receipt("failed"), NOW)
    assert step == ladder.Step("queued", 1, 0, NOW)


def test_failed_for_good_on_the_last_rung_ends() -> None:
    step = ladder.after(["email"], 0, 1, Receipt("failed"), NOW)
    assert step == ladder.Step("failed", 1, 1, NOW + dt.timedelta(days=1))


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (7, 64)])
def test_failed_for_now_waits_longer_each_time(tries: int, minutes: int) -> None:
    step = ladder.after(["email"], 0, tries, Receipt("failed", again=True), NOW)
    assert step == ladder.Step("queued", 0, tries, NOW + dt.timedelta(minutes=minutes))


def test_failed_for_now_gives_up_after_eight_tries() -> None:
    step = ladder.after(["email"], 0, 8, Receipt("failed", again=True), NOW)
    assert step.state == "failed"


def test_unknown_is_tried_twice_more_then_stays_unknown() -> None:
    states = [ladder.after(["email"], 0, n, Receipt("unknown", again=True), NOW) for n in (1, 2, 3)]
    assert [(s.state, s.rung) for s in states] == [("unknown", 0), ("unknown", 0), ("unknown", 1)]


@pytest.mark.parametrize(
    ("rungs", "tries", "expected"),
    [
        (["sms"], 1, ladder.Step("queued", 0, 1, NOW + dt.timedelta(minutes=20))),
        (["sms:1200", "email"], 1, ladder.Step("queued", 0, 1, NOW + dt.timedelta(minutes=20))),
        (["sms", "email"], 1, ladder.Step("queued", 1, 0, NOW)),
        (["sms"], 8, ladder.Step("failed", 1, 8, NOW + dt.timedelta(days=1))),
    ],
)
def test_a_used_up_allowance_is_waited_for_unless_the_next_rung_comes_sooner(
    rungs: list[str], tries: int, expected: ladder.Step
) -> None:
    assert ladder.after(rungs, 0, tries, Receipt("failed", wait=1200.0), NOW) == expected

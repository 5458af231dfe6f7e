"""Limits that run, pause and stop (计时)."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from xiucheng.rules import clocks
from xiucheng.rules.calendar import ZONE, Calendar

HOUR = 3600
CITY = Calendar(years=frozenset({2026}))


def at(text: str) -> dt.datetime:
    """`03-02 09:00` of 2026 in the district; 2 March is a Monday."""
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def handling(hours: int = 8, clock: str = "working") -> clocks.Clock:
    """A handling clock begun on Monday at 9."""
    return clocks.start(CITY, "handling", hours * HOUR, clock, at("03-02 09:00"), unit=7)


def test_start_says_when_it_runs_out() -> None:
    assert handling() == clocks.Clock(
        "handling", "working", 8 * HOUR, at("03-02 09:00"), at("03-02 09:00"), 0, at("03-03 09:00"), False, unit=7
    )


def test_start_in_an_unknown_year_is_provisional() -> None:
    begin = dt.datetime(2027, 1, 4, 9, tzinfo=ZONE)
    assert clocks.start(CITY, "handling", HOUR, "working", begin).provisional is True


def test_left_counts_down_in_working_time() -> None:
    assert clocks.left(CITY, handling(), at("03-02 15:00")) == 4 * HOUR


def test_left_is_negative_after_the_deadline() -> None:
    assert clocks.left(CITY, handling(), at("03-03 11:00")) == -2 * HOUR


def test_pause_stands_still_over_days() -> None:
    paused = clocks.pause(CITY, handling(), at("03-02 11:00"))
    assert (paused.used, paused.due_at, clocks.left(CITY, paused, at("03-20 11:00"))) == (2 * HOUR, None, 6 * HOUR)


def test_resume_goes_on_with_what_was_left() -> None:
    again = clocks.resume(CITY, clocks.pause(CITY, handling(), at("03-02 11:00")), at("03-04 08:00"))
    assert again.due_at == at("03-04 16:00")


def test_resume_after_rework_gives_at_least_two_working_hours() -> None:
    spent = clocks.pause(CITY, handling(), at("03-03 08:45"))
    again = clocks.resume(CITY, spent, at("03-04 17:00"), at_least=2 * HOUR)
    assert (again.due_at, clocks.left(CITY, again, at("03-04 17:00"))) == (at("03-05 09:00"), 2 * HOUR)


def test_resume_after_rework_keeps_more_than_two_hours() -> None:
    spent = clocks.pause(CITY, handling(), at("03-02 11:00"))
    assert clocks.resume(CITY, spent, at("03-04 08:00"), at_least=2 * HOUR).due_at == at("03-04 16:00")


def test_resume_of_natural_clock_after_rework_counts_working_hours() -> None:
    urgent = clocks.pause(CITY, handling(2, "natural"), at("03-02 10:59"))
    again = clocks.resume(CITY, urgent, at("03-06 17:00"), at_least=2 * HOUR)
    assert again.due_at == at("03-09 09:00")


def test_stop_at_the_deadline_is_on_time() -> None:
    assert clocks.stop(CITY, handling(), at("03-03 09:00")).outcome == "on_time"


def test_stop_a_second_later_is_overdue() -> None:
    assert clocks.stop(CITY, handling(), at("03-03 09:00:01")).outcome == "overdue"


def test_stop_between_shifts_after_the_deadline_is_overdue() -> None:
    clock = clocks.start(CITY, "handling", 8 * HOUR, "working", at("03-02 08:00"))
    assert clocks.stop(CITY, clock, at("03-02 20:00")).outcome == "overdue"


def test_pause_between_shifts_after_the_deadline_stays_late() -> None:
    clock = clocks.start(CITY, "handling", 8 * HOUR, "working", at("03-02 08:00"))
    paused = clocks.pause(CITY, clock, at("03-02 20:00"))
    assert (clocks.is_late(paused, at("03-03 09:00")), clocks.stop(CITY, paused, at("03-03 09:00")).outcome) == (
        True, "overdue",
    )  # fmt: skip


def test_stop_of_a_paused_clock_in_time_is_on_time() -> None:
    paused = clocks.pause(CITY, handling(), at("03-02 11:00"))
    assert clocks.stop(CITY, paused, at("04-02 11:00")).outcome == "on_time"


def test_drop_blames_nobody_even_when_late() -> None:
    assert clocks.drop(handling(), at("03-10 09:00")).outcome == "dropped"


def test_extend_moves_the_deadline_by_the_limit() -> None:
    assert clocks.extend(CITY, handling(), at("03-02 10:00"), 8 * HOUR).due_at == at("03-04 09:00")


def test_extend_of_a_paused_clock_shows_when_it_goes_on() -> None:
    longer = clocks.extend(CITY, clocks.pause(CITY, handling(), at("03-02 11:00")), at("03-02 12:00"), 8 * HOUR)
    assert clocks.resume(CITY, longer, at("03-04 08:00")).due_at == at("03-05 16:00")


seconds = st.integers(0, 40 * 24 * HOUR)
kinds = st.sampled_from(["natural", "working", "season"])


@given(kinds, st.integers(1, 200 * HOUR), st.lists(st.tuples(seconds, seconds), max_size=4))
@settings(max_examples=150, deadline=None)
def test_pauses_cost_nothing(kind: str, limit: int, spells: list[tuple[int, int]]) -> None:
    now = at("01-05 08:00")
    clock = clocks.start(CITY, "handling", limit, kind, now)
    ran = 0
    for run, rest in spells:
        until = now + dt.timedelta(seconds=run)
        if clocks.is_late(clock, until):
            break
        ran += CITY.between(now, until, kind)
        now = until + dt.timedelta(seconds=rest)
        clock = clocks.resume(CITY, clocks.pause(CITY, clock, until), now)
        assert clocks.left(CITY, clock, now) == limit - ran
        assert clock.due_at == CITY.add(now, limit - ran, kind).at


@given(kinds, st.integers(1, 200 * HOUR), seconds, seconds)
@settings(max_examples=150, deadline=None)
def test_late_once_is_late_for_good(kind: str, limit: int, first: int, second: int) -> None:
    begin = at("01-05 08:00")
    clock = clocks.start(CITY, "handling", limit, kind, begin)
    early, later = sorted([begin + dt.timedelta(seconds=first), begin + dt.timedelta(seconds=second)])
    assert not (clocks.is_late(clock, early) and not clocks.is_late(clock, later))
    assert (clocks.stop(CITY, clock, later).outcome == "overdue") == clocks.is_late(clock, later)

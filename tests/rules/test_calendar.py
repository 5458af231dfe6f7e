"""The working calendar (工作日历), by hand around the Spring Festival of 2026, by properties, and against a slow stepper."""

import datetime as dt
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiucheng.rules.calendar import ZONE, Calendar, Moment
from xiucheng.rules.refusals import Refused

HOUR = 3600
DAY = 8 * HOUR
# 2026: New Year 1-3 January (4 January works), Spring Festival 15-23 February (14 and 28 February work)
OFF = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 3)]
OFF += [dt.date(2026, 2, 15) + dt.timedelta(days=n) for n in range(9)]
ON = [dt.date(2026, 1, 4), dt.date(2026, 2, 14), dt.date(2026, 2, 28)]
DAYS = {**dict.fromkeys(OFF, False), **dict.fromkeys(ON, True)}
CITY = Calendar(days=DAYS, years=frozenset({2025, 2026}))


def at(text: str) -> dt.datetime:
    """`2026-02-13 17:30` in the district."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


ADDED = [
    # within a day, over lunch, over night
    ("2026-03-02 09:00", 1 * HOUR, "working", "2026-03-02 10:00"),
    ("2026-03-02 11:30", 1 * HOUR, "working", "2026-03-02 14:30"),
    ("2026-03-02 17:30", 1 * HOUR, "working", "2026-03-03 08:30"),
    ("2026-03-02 08:00", DAY, "working", "2026-03-02 18:00"),
    ("2026-03-02 18:00", DAY, "working", "2026-03-03 18:00"),
    ("2026-03-02 11:00", HOUR, "working", "2026-03-02 12:00"),
    ("2026-03-02 08:00", 4 * HOUR + 1, "working", "2026-03-02 14:00:01"),
    # begun outside hours: the clock stands until the doors open
    ("2026-03-02 05:00", HOUR, "working", "2026-03-02 09:00"),
    ("2026-03-02 12:30", HOUR, "working", "2026-03-02 15:00"),
    ("2026-03-02 23:59", 900, "working", "2026-03-03 08:15"),
    ("2026-03-07 10:00", 900, "working", "2026-03-09 08:15"),
    # the make-up Saturday before the festival works, the festival does not, nor does the Monday in it
    ("2026-02-13 17:00", 2 * HOUR, "working", "2026-02-14 09:00"),
    ("2026-02-14 17:00", 2 * HOUR, "working", "2026-02-24 09:00"),
    ("2026-02-14 08:00", 2 * DAY, "working", "2026-02-24 18:00"),
    ("2026-02-27 18:00", DAY, "working", "2026-02-28 18:00"),
    ("2026-02-28 17:00", 2 * HOUR, "working", "2026-03-02 09:00"),
    ("2025-12-31 17:00", 2 * HOUR, "working", "2026-01-04 09:00"),
    # natural time knows no nights
    ("2026-02-14 23:30", 2 * HOUR, "natural", "2026-02-15 01:30"),
    # the planting season: February to April, October to December
    ("2026-04-30 17:00", 2 * HOUR, "season", "2026-10-01 09:00"),
    ("2026-06-01 10:00", DAY, "season", "2026-10-01 18:00"),
    ("2026-03-02 08:00", 15 * DAY, "season", "2026-03-20 18:00"),
    # backwards
    ("2026-03-03 08:30", -HOUR, "working", "2026-03-02 17:30"),
    ("2026-03-07 10:00", -DAY, "working", "2026-03-06 08:00"),
    ("2026-01-04 09:00", -2 * HOUR, "working", "2025-12-31 17:00"),
    ("2026-03-02 10:00", 0, "working", "2026-03-02 10:00"),
]


@pytest.mark.parametrize(("begin", "seconds", "clock", "end"), ADDED)
def test_add_by_hand(begin: str, seconds: int, clock: str, end: str) -> None:
    assert CITY.add(at(begin), seconds, clock) == Moment(at(end), provisional=False)


BETWEEN = [
    ("2026-03-02 08:00", "2026-03-02 18:00", "working", DAY),
    ("2026-03-02 12:00", "2026-03-02 14:00", "working", 0),
    ("2026-03-02 18:00", "2026-03-03 08:00", "working", 0),
    ("2026-02-14 00:00", "2026-02-25 00:00", "working", 2 * DAY),
    ("2026-03-06 17:00", "2026-03-09 09:00", "working", 2 * HOUR),
    ("2025-12-31 17:00", "2026-01-04 09:00", "working", 2 * HOUR),
    ("2026-03-09 09:00", "2026-03-06 17:00", "working", -2 * HOUR),
    ("2026-03-02 08:00", "2026-03-03 08:00", "natural", 24 * HOUR),
    ("2026-04-30 17:00", "2026-10-01 09:00", "season", 2 * HOUR),
]


@pytest.mark.parametrize(("begin", "end", "clock", "seconds"), BETWEEN)
def test_between_by_hand(begin: str, end: str, clock: str, seconds: int) -> None:
    assert CITY.between(at(begin), at(end), clock) == seconds


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-03-02 07:59:59", False),
        ("2026-03-02 08:00", True),
        ("2026-03-02 11:59:59", True),
        ("2026-03-02 12:00", False),
        ("2026-03-02 14:00", True),
        ("2026-03-02 18:00", False),
        ("2026-02-14 09:00", True),
        ("2026-02-16 09:00", False),
        ("2026-03-01 09:00", False),
    ],
)
def test_is_working_at_the_borders(moment: str, working: bool) -> None:
    assert CITY.is_working(at(moment)) is working


def test_add_into_an_unknown_year_is_provisional() -> None:
    assert CITY.add(at("2026-12-31 17:00"), 2 * HOUR, "working") == Moment(at("2027-01-01 09:00"), provisional=True)


def test_add_that_ends_in_the_known_year_is_certain() -> None:
    assert CITY.add(at("2026-12-31 16:00"), 2 * HOUR, "working") == Moment(at("2026-12-31 18:00"), provisional=False)


def test_add_of_natural_time_needs_no_holidays() -> None:
    assert CITY.add(at("2031-05-01 00:00"), HOUR, "natural") == Moment(at("2031-05-01 01:00"), provisional=False)


def test_require_of_an_unknown_year_is_loud() -> None:
    with pytest.raises(Refused) as refusal:
        CITY.require(2027)
    assert (refusal.value.code, refusal.value.facts) == ("calendar_year_unknown", {"year": 2027})


def test_require_of_a_known_year_lets_it_pass() -> None:
    assert [year for year in (2025, 2026, 2027) if not _unknown(year)] == sorted(CITY.years & {2025, 2026, 2027})


def _unknown(year: int) -> bool:
    try:
        CITY.require(year)
    except Refused:
        return True
    return False


@pytest.mark.parametrize("spans", [(), ((0, 0),), ((100, 50),), ((0, 200), (100, 300)), ((-1, 5),), ((0, 90000),)])
def test_calendar_refuses_hours_in_which_nothing_ends(spans: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(Refused) as refusal:
        Calendar(spans=spans)
    assert refusal.value.code == "hours_unusable"


moments = st.integers(0, 2 * 365 * 24 * HOUR).map(lambda n: at("2025-01-01 00:00") + dt.timedelta(seconds=n))
clocks = st.sampled_from(["natural", "working", "season"])
spent = st.integers(0, 60 * DAY)


@given(moments, spent, clocks)
@settings(max_examples=150, deadline=None)
def test_between_undoes_add(begin: dt.datetime, seconds: int, clock: str) -> None:
    assert CITY.between(begin, CITY.add(begin, seconds, clock).at, clock) == seconds


@given(moments, spent, clocks)
@settings(max_examples=150, deadline=None)
def test_between_undoes_add_backwards(end: dt.datetime, seconds: int, clock: str) -> None:
    assert CITY.between(CITY.add(end, -seconds, clock).at, end, clock) == seconds


@given(moments, spent, spent, clocks)
@settings(max_examples=150, deadline=None)
def test_add_in_two_parts_is_add_at_once(begin: dt.datetime, first: int, second: int, clock: str) -> None:
    parts = CITY.add(CITY.add(begin, first, clock).at, second, clock).at
    whole = CITY.add(begin, first + second, clock).at
    assert CITY.between(parts, whole, clock) == 0


@given(moments, moments, moments, clocks)
@settings(max_examples=150, deadline=None)
def test_between_adds_up(a: dt.datetime, b: dt.datetime, c: dt.datetime, clock: str) -> None:
    assert CITY.between(a, b, clock) + CITY.between(b, c, clock) == CITY.between(a, c, clock)


@given(moments, moments, spent, clocks)
@settings(max_examples=150, deadline=None)
def test_later_start_never_ends_earlier(a: dt.datetime, b: dt.datetime, seconds: int, clock: str) -> None:
    first, last = sorted([a, b])
    assert CITY.add(first, seconds, clock).at <= CITY.add(last, seconds, clock).at


def _minutes(first: dt.date, last: dt.date) -> Iterator[tuple[dt.datetime, bool]]:
    """Every minute of these days, and whether it is worked: by looking at it, with no arithmetic."""
    minute = dt.datetime.combine(first, dt.time(0), ZONE)
    while minute.date() <= last:
        exception = DAYS.get(minute.date())
        workday = exception if exception is not None else minute.isoweekday() in {1, 2, 3, 4, 5}
        yield minute, workday and (minute.hour in {8, 9, 10, 11} or minute.hour in {14, 15, 16, 17})
        minute += dt.timedelta(minutes=1)


def test_add_and_between_agree_with_a_minute_by_minute_stepper_over_two_years() -> None:
    worked = [0]
    starts = []
    for minute, works in _minutes(dt.date(2025, 1, 1), dt.date(2026, 12, 31)):
        starts.append(minute)
        worked.append(worked[-1] + works)
    ends = {count: n for n, count in reversed(list(enumerate(worked)))}  # the first minute after which `count` are done
    random = Random(12319)
    for _ in range(1500):
        begin, end = sorted(random.sample(range(len(starts)), 2))
        passed = worked[end] - worked[begin]
        assert CITY.between(starts[begin], starts[end], "working") == passed * 60
        if passed:
            last = starts[0] + dt.timedelta(minutes=ends[worked[begin] + passed])
            assert CITY.add(starts[begin], passed * 60, "working").at == last

"""The working calendar (工作日历): what counts as working time, and when a limit runs out.

Clocks: `natural` (every second), `working` (the spans of workdays), `season` (working time in the planting months).
A year whose holidays are unknown is counted by its weekdays and the answer is marked provisional.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import floor
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from xiucheng.rules.refusals import Refused

ZONE: Final = ZoneInfo("Asia/Shanghai")
NATURAL: Final = "natural"
SPANS: Final = ((8 * 3600, 12 * 3600), (14 * 3600, 18 * 3600))
PLANTING: Final = frozenset({2, 3, 4, 10, 11, 12})
MIDNIGHT: Final = dt.time(0)
DAY: Final = 24 * 3600


class Moment(NamedTuple):
    """A moment and whether it rests on a year that the calendar does not know."""

    at: dt.datetime
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """Workdays and their hours.

    `days` are the exceptions (True works, False is off), `years` the years they are complete for, `spans` the working
    day in seconds after midnight, local time.
    """

    days: Mapping[dt.date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] = SPANS
    zone: ZoneInfo = ZONE
    planting: frozenset[int] = PLANTING
    _counts: dict[tuple[str, int], list[int]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse hours in which no limit could ever run out, or which overlap. Raises `Refused("hours_unusable")`."""
        edges = [edge for span in self.spans for edge in span]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > DAY or not self.planting:
            raise Refused("hours_unusable")

    @property
    def day_seconds(self) -> int:
        """Working seconds of one workday."""
        return sum(end - begin for begin, end in self.spans)

    def require(self, year: int) -> None:
        """Refuse loudly when the holidays of a year are unknown."""
        if year not in self.years:
            raise Refused("calendar_year_unknown", year=year)

    def is_workday(self, day: dt.date) -> bool:
        """Does this date work? Exceptions first, then Monday to Friday."""
        known = self.days.get(day)
        return day.weekday() < 5 if known is None else known

    def is_working(self, moment: dt.datetime) -> bool:
        """Is this moment within working hours?"""
        local = moment.astimezone(self.zone)
        second = _second(local)
        return self.is_workday(local.date()) and any(begin <= second < end for begin, end in self.spans)

    def add(self, start: dt.datetime, seconds: int, clock: str) -> Moment:
        """When `seconds` of this clock, begun at `start`, have run out; the earliest such moment.

        Negative seconds give the latest moment from which that much has passed. Parts of a second do not count on the
        working clock.
        """
        if clock == NATURAL or seconds == 0:
            return Moment(start + dt.timedelta(seconds=seconds), provisional=False)
        local = start.astimezone(self.zone)
        if seconds < 0:
            return self._back(local, -seconds, clock)
        year, target, unknown = local.year, self._passed(local, clock) + seconds, False
        while True:
            unknown = unknown or year not in self.years
            counts = self._count(clock, year)
            if target <= counts[-1] * self.day_seconds:
                return Moment(self._moment(year, counts, target).astimezone(dt.UTC), unknown)
            target -= counts[-1] * self.day_seconds
            year += 1

    def between(self, begin: dt.datetime, end: dt.datetime, clock: str) -> int:
        """Whole seconds of this clock from one moment to a later one; negative when `end` is earlier."""
        if clock == NATURAL:
            return floor(end.timestamp()) - floor(begin.timestamp())
        if end < begin:
            return -self.between(end, begin, clock)
        first, last = begin.astimezone(self.zone), end.astimezone(self.zone)
        whole = sum(self._count(clock, year)[-1] for year in range(first.year, last.year))
        return whole * self.day_seconds + self._passed(last, clock) - self._passed(first, clock)

    def _back(self, local: dt.datetime, seconds: int, clock: str) -> Moment:
        """The latest moment from which `seconds` have passed until this one."""
        year, target, unknown = local.year, self._passed(local, clock) - seconds, False
        while True:
            unknown = unknown or year not in self.years
            counts = self._count(clock, year)
            if 0 <= target < counts[-1] * self.day_seconds:
                return Moment(self._latest(year, counts, target).astimezone(dt.UTC), unknown)
            year -= 1
            target += self._count(clock, year)[-1] * self.day_seconds

    def _counts_day(self, day: dt.date, clock: str) -> bool:
        return self.is_workday(day) and (clock != "season" or day.month in self.planting)

    def _count(self, clock: str, year: int) -> list[int]:
        """How many counting days of the year lie before its n-th day; one entry more than the year has days."""
        known = self._counts.get((clock, year))
        if known is None:
            first = dt.date(year, 1, 1)
            length = (dt.date(year + 1, 1, 1) - first).days
            flags = (self._counts_day(first + dt.timedelta(days=n), clock) for n in range(length))
            known = self._counts[clock, year] = list(accumulate(map(int, flags), initial=0))
        return known

    def _passed(self, local: dt.datetime, clock: str) -> int:
        """Seconds of the clock from the year's first midnight to this local moment."""
        day = local.date()
        counts = self._count(clock, local.year)
        index = day.toordinal() - dt.date(day.year, 1, 1).toordinal()
        passed = counts[index] * self.day_seconds
        if counts[index + 1] > counts[index]:
            second = _second(local)
            passed += sum(min(max(second - begin, 0), end - begin) for begin, end in self.spans)
        return passed

    def _moment(self, year: int, counts: list[int], target: int) -> dt.datetime:
        """The local moment at which the year's clock shows `target` (more than 0)."""
        whole = -(-target // self.day_seconds)
        index = bisect_left(counts, whole) - 1
        rest = target - counts[index] * self.day_seconds
        midnight = dt.datetime.combine(dt.date(year, 1, 1) + dt.timedelta(days=index), MIDNIGHT, self.zone)
        for begin, end in self.spans:
            if rest <= end - begin:
                return midnight + dt.timedelta(seconds=begin + rest)
            rest -= end - begin
        raise AssertionError("a target lies within its day")

    def _latest(self, year: int, counts: list[int], target: int) -> dt.datetime:
        """The last local moment at which the year's clock still shows `target` (less than the year's end)."""
        whole, rest = divmod(target, self.day_seconds)
        midnight = dt.datetime.combine(
            dt.date(year, 1, 1) + dt.timedelta(days=bisect_right(counts, whole) - 1), MIDNIGHT, self.zone
        )
        for begin, end in self.spans:
            if rest < end - begin:
                return midnight + dt.timedelta(seconds=begin + rest)
            rest -= end - begin
        raise AssertionError("a target lies within its day")


def _second(local: dt.datetime) -> int:
    return local.hour * 3600 + local.minute * 60 + local.second

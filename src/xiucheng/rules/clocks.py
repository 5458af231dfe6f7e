"""A limit that runs, pauses and stops (计时). Values, not objects: every change gives a new clock. Pure; `now` is given."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from xiucheng.rules.calendar import Calendar

ON_TIME: Final = "on_time"
OVERDUE: Final = "overdue"
DROPPED: Final = "dropped"


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit of a case: `limit` and `used` are seconds on `clock` (natural, working, season).

    `running_since` is empty while it stands still; `due_at` is empty then, too. `outcome` is frozen when it stops.
    """

    kind: str
    clock: str
    limit: int
    started_at: dt.datetime
    running_since: dt.datetime | None
    used: int
    due_at: dt.datetime | None
    provisional: bool
    stopped_at: dt.datetime | None = None
    outcome: str = ""
    unit: int | None = None


def start(
    calendar: Calendar, kind: str, limit: int, clock: str, now: dt.datetime, unit: int | None = None, used: int = 0
) -> Clock:
    """A clock that runs from now."""
    due = calendar.add(now, limit - used, clock)
    return Clock(kind, clock, limit, now, now, used, due.at, due.provisional, unit=unit)


def _used(calendar: Calendar, c: Clock, now: dt.datetime) -> int:
    return c.used + (calendar.between(c.running_since, now, c.clock) if c.running_since else 0)


def left(calendar: Calendar, c: Clock, now: dt.datetime) -> int:
    """Seconds left on the clock; negative when it has run out."""
    return c.limit - _used(calendar, c, now)


def is_late(c: Clock, now: dt.datetime) -> bool:
    """Has it run out by now? A paused clock is late only if it was late when it paused."""
    if c.due_at is not None:
        return now > c.due_at
    return c.used > c.limit


def pause(calendar: Calendar, c: Clock, now: dt.datetime) -> Clock:
    """It stands still from now; what was used is kept, and late stays late, even if it ran out between two shifts."""
    used = _used(calendar, c, now)
    return replace(c, used=max(used, c.limit + 1) if is_late(c, now) else used, running_since=None, due_at=None)


def resume(calendar: Calendar, c: Clock, now: dt.datetime, at_least: int = 0) -> Clock:
    """It goes on with what was left, but with no less than `at_least` seconds of working time."""
    due = calendar.add(now, c.limit - c.used, c.clock)
    used = c.used
    if at_least:
        least = calendar.add(now, at_least, "working")
        if least.at > due.at:
            due = least
            used = c.limit - calendar.between(now, least.at, c.clock)
    return replace(c, running_since=now, due_at=due.at, provisional=due.provisional, used=used)


def stop(calendar: Calendar, c: Clock, now: dt.datetime) -> Clock:
    """It ends; on time or overdue is decided here and never again."""
    outcome = OVERDUE if is_late(c, now) else ON_TIME
    return replace(c, used=_used(calendar, c, now), running_since=None, stopped_at=now, outcome=outcome)


def drop(c: Clock, now: dt.datetime) -> Clock:
    """It ends without blame, as if it had never been anybody's."""
    return replace(c, running_since=None, stopped_at=now, outcome=DROPPED)


def extend(calendar: Calendar, c: Clock, now: dt.datetime, by: int) -> Clock:
    """More time: `by` seconds on its own clock."""
    longer = replace(c, limit=c.limit + by)
    if longer.running_since is None:
        return longer
    due = calendar.add(longer.running_since, longer.limit - longer.used, longer.clock)
    return replace(longer, due_at=due.at, provisional=due.provisional)


def recount(calendar: Calendar, c: Clock) -> Clock:
    """A running clock's deadline by today's calendar; a clock that stands still or has stopped stays as it is."""
    if c.running_since is None or c.stopped_at is not None:
        return c
    due = calendar.add(c.running_since, c.limit - c.used, c.clock)
    return replace(c, due_at=due.at, provisional=due.provisional)

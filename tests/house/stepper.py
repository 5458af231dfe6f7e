"""A second opinion on clocks (慢钟): minutes are walked one by one, nothing is computed, and no code of `rules.clocks` is used.

All times are whole minutes. Working time: Monday to Friday, 8–12 and 14–18 in Shanghai, without the holidays given.
"""

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = dt.timedelta(minutes=1)
HOURS = frozenset({8, 9, 10, 11, 14, 15, 16, 17})


@dataclass
class Slow:
    """One clock: minutes allowed and used; `merged` clocks go on unseen."""

    kind: str
    clock: str
    limit: int
    unit: int | None = None
    used: int = 0
    running: bool = True
    stopped: bool = False
    outcome: str = ""
    due: dt.datetime | None = None

    @property
    def open(self) -> bool:
        return not self.stopped


@dataclass
class Stepper:
    """All clocks of one case, and the time."""

    now: dt.datetime
    settings: dict[str, int]
    holidays: frozenset[dt.date] = frozenset()
    clocks: list[Slow] = field(default_factory=list)

    def works(self, minute: dt.datetime) -> bool:
        local = minute.astimezone(ZONE)
        return local.weekday() < 5 and local.date() not in self.holidays and local.hour in HOURS

    def counts(self, minute: dt.datetime, clock: str) -> bool:
        return clock == "natural" or self.works(minute)

    def advance(self, minutes: int) -> None:
        """Walk on, minute by minute."""
        for _ in range(minutes):
            for one in self.clocks:
                if one.running and (one.open or one.outcome == "merged") and self.counts(self.now, one.clock):
                    one.used += 1
            self.now += MINUTE

    def run_out(self, minutes: int, clock: str) -> dt.datetime:
        """When so many minutes of a clock will have passed from now."""
        moment = self.now
        while minutes > 0:
            minutes -= self.counts(moment, clock)
            moment += MINUTE
        return moment

    def passing(self, until: dt.datetime, clock: str) -> int:
        """Minutes of a clock from now until a moment."""
        moment, passed = self.now, 0
        while moment < until:
            passed += self.counts(moment, clock)
            moment += MINUTE
        return passed

    def each(self, kind: str) -> list[Slow]:
        return [one for one in self.clocks if one.open and kind in (one.kind, "all")]

    def start(self, kind: str, minutes: int, clock: str, unit: int | None = None) -> None:
        self.clocks.append(Slow(kind, clock, minutes, unit, due=self.run_out(minutes, clock)))

    def pause(self, one: Slow) -> None:
        one.running, one.due = False, None

    def resume(self, one: Slow, least: int = 0) -> None:
        one.due = self.run_out(one.limit - one.used, one.clock) if one.used <= one.limit else None
        if least:
            at_least = self.run_out(least, "working")
            if one.due is None or at_least > one.due:
                one.due = at_least
                one.used = one.limit - self.passing(at_least, one.clock)
        one.running = True

    def stop(self, one: Slow) -> None:
        past = one.running and one.due is not None and self.now > one.due
        one.outcome = "overdue" if past or one.used > one.limit else "on_time"
        one.stopped, one.running = True, False

    def drop(self, one: Slow) -> None:
        one.outcome, one.stopped, one.running = "dropped", True, False

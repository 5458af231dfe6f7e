"""What every process remembers of the registers (台账缓存): settings, standards, units, categories, calendar.

A generation number in the database says when to read again; it is asked for at most once a second.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection

from xiucheng.city import hours
from xiucheng.rules.calendar import Calendar
from xiucheng.rules.workflow import SETTINGS, Law, StandardFacts

ASK_AFTER = 1.0
DEFAULTS: Mapping[str, Any] = {"district_code": "500108", "straight_through": 0.9, "merge_above": 0.98}


@dataclass(frozen=True)
class UnitFacts:
    """What is needed of a unit without asking the database."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    internal: bool
    email: str
    ladder: tuple[str, ...]


@dataclass(frozen=True)
class CategoryFacts:
    """A category; `parent` is empty at the top."""

    code: str
    kind: str
    level: int
    name: str
    plain: str
    parent: str


T = TypeVar("T")


@dataclass(frozen=True)
class Registers:
    """One reading of the registers."""

    generation: int
    settings: Mapping[str, Any]
    law: Law
    standards: Mapping[int, StandardFacts]
    units: Mapping[int, UnitFacts]
    categories: Mapping[str, CategoryFacts]
    areas: Mapping[str, str]
    made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What is made from the registers once and goes with this reading of them."""
        if name not in self.made:
            self.made[name] = make()
        found: T = self.made[name]
        return found


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: Registers | None = None
        self.asked = 0.0


_memory = _Memory()


def registers() -> Registers:
    """The registers as of at most a second ago."""
    memory = _memory
    if memory.found is not None and time.monotonic() < memory.asked + ASK_AFTER:
        return memory.found
    with memory.lock:
        number = _generation()
        if memory.found is None or memory.found.generation != number:
            memory.found = _read(number)
        memory.asked = time.monotonic()
        return memory.found


def forget() -> None:
    """Read again at the next question."""
    _memory.found = None


def touch() -> None:
    """A register changed: every process reads again within a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO city_generation (name, number) VALUES ('registers', 1) "
            "ON CONFLICT (name) DO UPDATE SET number = city_generation.number + 1"
        )
    forget()


def _generation() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM city_generation WHERE name = 'registers'")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _read(number: int) -> Registers:
    from xiucheng.city import models as m

    settings = {**DEFAULTS, **dict(m.Setting.objects.values_list("key", "value"))}
    standards = {
        s.id: StandardFacts(s.id, s.category_id, "season" if s.season else s.clock, s.limit_seconds, s.first_step)
        for s in m.Standard.objects.all()
    }
    units = {
        u.id: UnitFacts(u.id, u.code, u.name, u.short or u.name, u.kind, u.internal, u.email, tuple(u.ladder))
        for u in m.Unit.objects.all()
    }
    categories = {
        c.code: CategoryFacts(c.code, c.kind, c.level, c.name, c.plain or c.name, c.parent_id or "")
        for c in m.Category.objects.all()
    }
    days: dict[dt.date, bool] = dict(m.CalendarDay.objects.values_list("date", "workday"))
    years = frozenset(m.CalendarYear.objects.values_list("year", flat=True))
    limits = {**SETTINGS, **{k: int(v) for k, v in settings.items() if k in SETTINGS}}
    calendar = Calendar(
        days=days, years=years, spans=hours.spans(settings.get(hours.HOURS)),
        planting=hours.months(settings.get(hours.SEASON)),
    )  # fmt: skip
    law = Law(calendar, standards.get, limits)
    areas = dict(m.Area.objects.values_list("code", "name"))
    return Registers(number, settings, law, standards, units, categories, areas)

"""A small district for tests of the gateway: two units, one category with two standards, a known calendar."""

import datetime as dt
from dataclasses import dataclass

from xiucheng.city import models as city
from xiucheng.city import registers
from xiucheng.rules.workflow import Actor


@dataclass(frozen=True)
class District:
    """Keys of the rows that tests name."""

    unit: int
    other_unit: int
    category: str
    standard: int
    urgent_standard: int


def build() -> District:
    """Rails and lamps, a road unit and a lamp unit."""
    city.Category.objects.create(code="C", kind="component", level=0, name="部件", pinyin="bujian")
    city.Category.objects.create(code="C01", kind="component", level=1, name="公用设施", pinyin="g", parent_id="C")
    city.Category.objects.create(code="C0101", kind="component", level=2, name="护栏", pinyin="h", parent_id="C01")
    ordinary = city.Standard.objects.create(
        category_id="C0101", code="C0101-1", filing_condition="护栏倒伏", limit_text="2工作日", clock="working",
        limit_seconds=16 * 3600, closing_condition="护栏扶正",
    )  # fmt: skip
    urgent = city.Standard.objects.create(
        category_id="C0101", code="C0101-2", filing_condition="护栏悬空", limit_text="2紧急工作时", clock="natural",
        limit_seconds=2 * 3600, closing_condition="护栏复位",
    )  # fmt: skip
    road = city.Unit.objects.create(code="U1", name="市政设施科", short="市政", pinyin="s", kind="department")
    lamp = city.Unit.objects.create(code="U2", name="路灯所", short="路灯", pinyin="l", kind="department")
    city.CalendarYear.objects.create(year=2026, source="test")
    city.CalendarDay.objects.create(date=dt.date(2026, 10, 1), workday=False, name="国庆节")
    registers.touch()
    return District(road.id, lamp.id, "C0101", ordinary.id, urgent.id)


def actors(district: District) -> dict[str, Actor]:
    """One actor per post; the unit's people belong to the road unit."""
    posts = ("operator", "shift_leader", "dispatcher", "officer", "leader", "chief")
    found = {p: Actor("account", str(i), frozenset({p})) for i, p in enumerate(posts, 1)}
    found |= {
        p: Actor("account", str(i), frozenset({p}), unit=district.unit) for i, p in ((11, "unit"), (12, "handler"))
    }
    found["other_unit"] = Actor("account", "13", frozenset({"unit"}), unit=district.other_unit)
    found["resident"] = Actor("resident", "")
    found["system"] = Actor("system", "triage", certainty=0.97)
    return found

"""Questions to the registers (台账查询): which areas a point lies in, whose business a category is there, what stands nearby."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from xiucheng.city.ground import Place, ground, locate
from xiucheng.city.registers import UnitFacts, registers

__all__ = ["NearComponent", "Place", "UnitChoice", "component_near", "ground", "locate", "unit_for"]

METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit proposed for a category at a place, with its certainty (0–1 among equally exact duties) and why."""

    unit: UnitFacts
    certainty: float
    reasons: tuple[str, ...]
    reasons_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearComponent:
    """A component and how many metres away it stands."""

    code: str
    category: str
    owner: int
    place: str
    metres: float


def unit_for(category: str, place: Place | None = None, *, component: str = "") -> list[UnitChoice]:
    """Whose business a category is at a place (责任单位), the best first; empty only when nobody has the duty.

    The owner of a named component comes first. Then the most exact category wins, then the most exact area (community, zone,
    street, whole district: a zone overrides its streets), then the weight.
    """
    known = ground()
    names = registers().areas
    wanted = [category[:n] for n in (5, 3, 1) if len(category) >= n]
    areas = _areas(place)
    rows = sorted(
        (depth, areas[duty.area], -duty.weight, duty.unit, duty.category, duty.area, duty.weight)
        for depth, code in enumerate(wanted)
        for duty in known.duties.get(code, ())
        if duty.area in areas
    )
    choices = list(_owned(component))
    best = rows[0][:2] if rows else (0, 0)
    total = sum(row[6] for row in rows if row[:2] == best) or 1
    for depth, area, _, unit_id, code, where, weight in rows:
        unit = registers().units.get(unit_id)
        if unit is None or any(c.unit.id == unit_id for c in choices):
            continue
        sure = weight / total if (depth, area) == best and not component else 0.1 / (1 + depth)
        zh = f"{_category(code)}由{unit.short}负责（{names.get(where, '全区')}）"
        en = f"{unit.code} is in charge of {code} in {where or 'the whole district'}"
        choices.append(UnitChoice(unit, round(min(sure, 1.0), 3), (zh,), (en,)))
    return choices


def _areas(place: Place | None) -> dict[str, int]:
    """Area codes that count, each with its rank; the empty code is the whole district."""
    found = [place.community, place.zone, place.street, place.district] if place else []
    return {**{code: rank for rank, code in reversed(list(enumerate(found))) if code}, "": len(found) + 1}


def _owned(component: str) -> Iterable[UnitChoice]:
    if not component:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner_id, place FROM city_component WHERE code = %s AND active", [component])
        row = cursor.fetchone()
    unit = registers().units.get(row[0]) if row else None
    if unit is not None:
        zh, en = f"部件 {component} 归{unit.short}所有", f"component {component} belongs to {unit.code}"
        yield UnitChoice(unit, 1.0, (zh,), (en,))


def _category(code: str) -> str:
    found = registers().categories.get(code)
    return found.name if found else code


def component_near(lng: float, lat: float, category: str = "", within: float = 30.0) -> list[NearComponent]:
    """Components within so many metres of a WGS-84 point, the nearest first, at most ten."""
    high, wide = within / METRES_PER_DEGREE, within / METRES_PER_DEGREE / math.cos(math.radians(lat))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, category_id, owner_id, place, lng, lat FROM city_component"
            " WHERE active AND lng BETWEEN %s AND %s AND lat BETWEEN %s AND %s"
            " AND (%s = '' OR category_id LIKE %s || '%%')",
            [lng - wide, lng + wide, lat - high, lat + high, category, category],
        )
        rows = cursor.fetchall()
    squeeze = math.cos(math.radians(lat)) * METRES_PER_DEGREE
    found = [
        NearComponent(code, kind, owner, where, math.hypot((x - lng) * squeeze, (y - lat) * METRES_PER_DEGREE))
        for code, kind, owner, where, x, y in rows
    ]
    return sorted((c for c in found if c.metres <= within), key=lambda c: c.metres)[:10]

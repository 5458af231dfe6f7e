"""Whose it is (责任单位): the duties table first, then what people decided in like cases, each with its reason.

What was learned never sends a case by itself: it names a unit where the table is silent, decides between units that the table
names alike, and casts doubt where people keep deciding otherwise.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db import connection, transaction

from xiucheng.city import queries
from xiucheng.city.queries import UnitChoice
from xiucheng.city.registers import Registers, registers, touch
from xiucheng.triage.models import LearnedUnit

LEAST: Final = 3
MANY: Final = 5
SHARE: Final = 0.7
NEARLY_ALL: Final = 0.8
ONLY_LEARNED: Final = 0.5
"""Below the bar of what goes straight through (`straight_through_unit`)."""
NEWEST: Final = 20_000

_DECIDED: Final = """
INSERT INTO triage_learnedunit (category_id, street, unit_id, cases)
SELECT category_id, coalesce(street, ''), unit_id, count(*) FROM (
  SELECT category_id, street, unit_id FROM cases_case
  WHERE dispatched_at IS NOT NULL AND NOT by_system AND NOT training AND NOT imported AND unit_id IS NOT NULL
    AND length(category_id) = 5 AND NOT returned AND state NOT IN ('void', 'withdrawn', 'merged', 'to_dispatch')
  ORDER BY id DESC LIMIT %s) newest
GROUP BY GROUPING SETS ((category_id, street, unit_id), (category_id, unit_id))
ON CONFLICT (category_id, street, unit_id) DO UPDATE SET cases = greatest(triage_learnedunit.cases, excluded.cases)
"""

Counts = Mapping[int, int]


@dataclass(slots=True)
class _Memory:
    reading: Registers | None = None
    counts: Mapping[tuple[str, str], Counts] | None = None


_memory = _Memory()


def gather() -> int:
    """Count anew which unit people gave which matters to, by street and everywhere; gives how many lines."""
    before = set(LearnedUnit.objects.values_list("category_id", "street", "unit_id", "cases"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM triage_learnedunit")
        cursor.execute(_DECIDED, [NEWEST])
        after = set(LearnedUnit.objects.values_list("category_id", "street", "unit_id", "cases"))
        if after != before:
            touch()
    return len(after)


def choose(category: str, areas: queries.Place | None, component: str = "") -> list[UnitChoice]:
    """The units, the likeliest first, with certainty and reasons."""
    by_duty = queries.unit_for(category, areas, component=component)
    told = _told(category, areas.street if areas else "")
    owned = bool(component and by_duty and by_duty[0].certainty == 1.0)
    unit = registers().units.get(told[0]) if told and not owned else None
    if told is None or unit is None:
        return by_duty
    unit_id, count, total, where = told
    known = registers().categories.get(category)
    name = known.name if known else category
    zh = f"{where}“{name}”近来人工派遣 {total} 件，{count} 件给了{unit.short}"
    en = f"of {total} such cases that people sent lately, {count} went to {unit.code}"
    if not by_duty:
        share = round(ONLY_LEARNED * count / total, 3)
        return [UnitChoice(unit, share, (f"职责表没有写；{zh}",), (f"no duty is written; {en}",))]
    first, rest = by_duty[0], by_duty[1:]
    if first.unit.id == unit_id:
        return [_because(first, zh, en), *rest]
    alike = next((c for c in rest if c.unit.id == unit_id and c.certainty == first.certainty), None)
    if alike is not None:
        return [_because(alike, zh, en), *(c for c in by_duty if c is not alike)]
    if total >= MANY and count >= NEARLY_ALL * total:
        doubt = replace(first, certainty=min(first.certainty, ONLY_LEARNED))
        return [_because(doubt, f"但{zh}", f"but {en}"), *rest]
    return by_duty


def _because(choice: UnitChoice, zh: str, en: str) -> UnitChoice:
    return replace(choice, reasons=(*choice.reasons, zh), reasons_en=(*choice.reasons_en, en))


def _told(category: str, street: str) -> tuple[int, int, int, str] | None:
    """The unit that most cases went to, how many of how many, and where: in this street if that says enough, else everywhere."""
    counts = _counts()
    places = {street: registers().areas.get(street, ""), "": "全区"}
    for code, where in places.items():
        found = counts.get((category, code), {})
        total = sum(found.values())
        if total < LEAST:
            continue
        unit, most = max(found.items(), key=lambda pair: (pair[1], -pair[0]))
        if most >= SHARE * total:
            return unit, most, total, where
    return None


def _counts() -> Mapping[tuple[str, str], Counts]:
    reading = registers()
    if _memory.counts is None or _memory.reading is not reading:
        found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for code, street, unit, cases in LearnedUnit.objects.values_list("category_id", "street", "unit_id", "cases"):
            found[code, street][unit] = cases
        _memory.reading, _memory.counts = reading, dict(found)
    return _memory.counts

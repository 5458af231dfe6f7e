"""Figures for the leader's page (统计), read from the daily roll-ups and from nothing else."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from xiucheng.desk import words


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the district. Shares are 0–1 or None where nothing was counted; seconds are averages of natural time."""

    day: dt.date
    received: int
    filed: int
    closed: int
    returned: int
    disputed: int
    on_time: float | None
    satisfied: float | None
    sign_seconds: float | None
    restore_seconds: float | None


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit over a span."""

    name: str
    dispatched: int
    closed: int
    on_time: float | None
    returned: int
    reworked: int
    restore_seconds: float | None


Sums = dict[str, tuple[int, int]]


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _share(part: int, other: int) -> float | None:
    return part / (part + other) if part + other else None


def _on_time(count: Callable[[str], int]) -> float | None:
    """The share that was handled in time; lateness that an appeal has excused is none (超期申诉通过的不计超时)."""
    excused = min(count("excused"), count("overdue"))
    return _share(count("on_time") + excused, count("overdue") - excused)


def _average(found: tuple[int, int]) -> float | None:
    return found[1] / found[0] if found[0] else None


def days(first: dt.date, last: dt.date) -> list[Day]:
    """Each day from first to last, days without anything included; one statement."""
    rows = _rows(
        "SELECT day, measure, sum(count), sum(seconds) FROM cases_dayfigure WHERE day BETWEEN %s AND %s"
        " GROUP BY day, measure",
        [first, last],
    )
    sums: dict[dt.date, Sums] = defaultdict(dict)
    for day, measure, count, seconds in rows:
        sums[day][str(measure)] = (int(count), int(seconds))
    span = (last - first).days + 1
    return [_day(day, sums[day]) for day in (first + dt.timedelta(days=n) for n in range(span))]


def _day(day: dt.date, found: Sums) -> Day:
    def count(measure: str) -> int:
        return found.get(measure, (0, 0))[0]

    rated, satisfied = count("rated"), count("satisfied")
    return Day(
        day=day,
        received=count("reported"),
        filed=count("filed"),
        closed=count("closed") + count("answered"),
        returned=count("returned"),
        disputed=count("disputed"),
        on_time=_on_time(count),
        satisfied=satisfied / rated if rated else None,
        sign_seconds=_average(found.get("signed", (0, 0))),
        restore_seconds=_average(found.get("fed_back", (0, 0))),
    )


def units(first: dt.date, last: dt.date, most: int = 15) -> list[UnitFigures]:
    """The units with the most work in a span; one statement."""
    rows = _rows(
        "SELECT unit_id, measure, sum(count), sum(seconds) FROM cases_dayfigure WHERE day BETWEEN %s AND %s"
        " AND unit_id <> 0 GROUP BY unit_id, measure",
        [first, last],
    )
    sums: dict[int, Sums] = defaultdict(dict)
    for unit, measure, count, seconds in rows:
        sums[int(unit)][str(measure)] = (int(count), int(seconds))
    found = [_unit(unit, measures) for unit, measures in sums.items()]
    return sorted((one for one in found if one.name), key=lambda one: -one.dispatched)[:most]


def _unit(unit: int, found: Sums) -> UnitFigures:
    def count(measure: str) -> int:
        return found.get(measure, (0, 0))[0]

    return UnitFigures(
        name=words.unit(unit),
        dispatched=count("dispatched"),
        closed=count("closed"),
        on_time=_on_time(count),
        returned=count("returned"),
        reworked=count("reworked"),
        restore_seconds=_average(found.get("fed_back", (0, 0))),
    )


def categories(first: dt.date, last: dt.date, most: int = 10) -> list[tuple[str, int]]:
    """What was filed most in a span: name and number; one statement."""
    rows = _rows(
        "SELECT category_id, sum(count) FROM cases_dayfigure WHERE day BETWEEN %s AND %s AND measure = 'filed'"
        " AND category_id <> '' GROUP BY category_id ORDER BY 2 DESC, 1 LIMIT %s",
        [first, last, most],
    )
    return [(words.category(code) or str(code), int(count)) for code, count in rows]

"""Cases on the map (地图): clusters from afar, single cases from near, as GeoJSON that is small enough for a phone."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.scope import Scope
from xiucheng.city import clock
from xiucheng.rules.mercator import degrees, mercator

SINGLE_FROM: Final = 15
MOST: Final = 350
FEW: Final = 300
"""How many single cases one answer holds, from near and from afar: 100 kB are not exceeded."""
_WORLD: Final = 40075016.7
_CELLS_ON_TILE: Final = 6
CLUSTERS: Final = 560
FINEST: Final = 4000
"""Clusters in one answer, and cells that the database may count for it; where there are more, cells are joined, none is left out."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box | None":
        """`west,south,east,north`, or nothing when it is not four numbers of the right order."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            return None
        fits = -180 <= west < east <= 180 and -85 < south < north < 85
        return cls(west, south, east, north) if fits else None


_BOX: Final = "c.x BETWEEN %(x0)s AND %(x1)s AND c.y BETWEEN %(y0)s AND %(y1)s AND c.x IS NOT NULL"
_SINGLE: Final = """
SELECT c.id, c.number, c.state, c.category_id, c.lng, c.lat, c.due_at, c.urgency, c.summary
FROM cases_case c WHERE {where} LIMIT %(most)s
"""
_CLUSTERS: Final = """
SELECT count(*), avg(c.x), avg(c.y), count(*) FILTER (WHERE c.due_at < %(now)s), min(c.id)
FROM cases_case c WHERE {where} GROUP BY floor(c.x / %(cell)s), floor(c.y / %(cell)s)
"""
_NUMBERS: Final = "SELECT id, number FROM cases_case WHERE id = ANY(%(ids)s)"


def geojson(
    box: Box, zoom: int, scope: Scope, filters: Filters | None = None, *, public: bool = False, ended: bool = False
) -> bytes:
    """The open cases of a part of the map, single ones as long as they are few; at most three statements.

    Features are points: a cluster has `count` and `late`, a single case `id` (staff) or nothing (public), `state`,
    `category`, `tone` (`ok`, `soon`, `late`, `none`).
    """
    now = clock.now()
    where, params = _where(box, scope, filters or Filters(), now, public, ended)
    params |= {"now": now, "cell": _cell(params, zoom)}
    few = MOST if zoom >= SINGLE_FROM else FEW
    found = [] if zoom >= SINGLE_FROM else _run(_CLUSTERS, where, params)  # from near, single cases are likely
    if sum(row[0] for row in found) <= few:
        rows = _run(_SINGLE, where, {**params, "most": few + 1})
        if len(rows) <= few:
            return _collection(_one(row, now, public) for row in rows)
    rows = found or _run(_CLUSTERS, where, params)
    return _collection(_clusters(joined(rows, float(params["cell"])), public))


def _cell(params: dict[str, Any], zoom: int) -> float:
    """The side of a cell in Mercator metres: a sixth of a tile, doubled until the box holds no more cells than may be counted."""
    side: float = _WORLD / 2 ** max(zoom, 0) / _CELLS_ON_TILE
    wide, high = params["x1"] - params["x0"], params["y1"] - params["y0"]
    while (wide // side + 2) * (high // side + 2) > FINEST:
        side *= 2
    return side


def joined(rows: list[tuple[Any, ...]], cell: float, most: int = CLUSTERS) -> list[tuple[Any, ...]]:
    """Clusters, the largest first; as long as there are more than `most`, those of four neighbouring cells become one."""
    while len(rows) > most:
        cell *= 2
        found: dict[tuple[int, int], tuple[Any, ...]] = {}
        for row in rows:
            place = math.floor(row[1] / cell), math.floor(row[2] / cell)
            found[place] = _both(found[place], row) if place in found else row
        rows = list(found.values())
    return sorted(rows, key=lambda row: (-row[0], row[4]))


def _both(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    many = one[0] + other[0]
    x, y = ((one[0] * one[i] + other[0] * other[i]) / many for i in (1, 2))
    return many, x, y, one[3] + other[3], min(one[4], other[4])


def _collection(features: Iterable[dict[str, Any]]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": list(features)})


def _run(sql: str, where: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{where}", where), params)
        return list(cursor.fetchall())


def _where(
    box: Box, scope: Scope, filters: Filters, now: dt.datetime, public: bool, ended: bool
) -> tuple[str, dict[str, Any]]:
    seen, params = scope.where()
    narrowed, more = filters.where(now)
    (x0, y0), (x1, y1) = mercator(box.west, box.south), mercator(box.east, box.north)
    parts = [_BOX, seen, narrowed]
    if not ended:
        parts.append("c.ended_at IS NULL")
    if filters.chosen():
        parts.append("c.state = ANY(%(states)s)")
    if public:
        parts.append("c.public = 'public'")
    params |= {**more, "x0": x0, "y0": y0, "x1": x1, "y1": y1, "states": list(filters.chosen())}
    return " AND ".join(parts), params


def _tone(due: dt.datetime | None, now: dt.datetime) -> str:
    if due is None:
        return "none"
    left = (due - now).total_seconds()
    return "late" if left < 0 else "soon" if left < 3600 else "ok"


def _point(lng: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [round(lng, 5), round(lat, 5)]}
    return {"type": "Feature", "geometry": place, "properties": properties}


def _one(row: tuple[Any, ...], now: dt.datetime, public: bool) -> dict[str, Any]:
    case_id, number, state, category, lng, lat, due, urgency, summary = row
    shown = {"state": state, "category": category or "", "tone": _tone(due, now)}
    if not public:
        shown |= {"id": case_id, "number": number, "urgency": urgency, "title": summary[:24]}
    return _point(lng, lat, shown)


def _clusters(rows: list[tuple[Any, ...]], public: bool) -> list[dict[str, Any]]:
    """Clusters need nothing but the index of places; a case that stands alone has its number looked up."""
    alone = [] if public else [row[4] for row in rows if row[0] == 1]
    numbers = dict(_run(_NUMBERS, "", {"ids": alone})) if alone else {}
    return [
        _point(*degrees(x, y), {"count": count, "late": late}
               | ({"id": first, "number": numbers[first]} if count == 1 and first in numbers else {}))
        for count, x, y, late, first in rows
    ]  # fmt: skip

"""The district in memory (辖区): its polygons in search trees and its duties, read again when the registers change."""

import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import connection
from shapely.geometry import shape

from xiucheng.city.registers import Registers, registers


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lies; empty codes where it lies in none. `inside` says whether it is in the district."""

    district: str = ""
    street: str = ""
    community: str = ""
    cell: str = ""
    zone: str = ""
    inside: bool = False


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """Who handles what where; an empty area is the whole district."""

    unit: int
    category: str
    area: str
    weight: int


class Layer:
    """Polygons of one kind, searched by point."""

    def __init__(self, shapes: Sequence[tuple[str, Any]]) -> None:
        self.codes = [code for code, _ in shapes]
        self.shapes = [shape(polygon) for _, polygon in shapes]
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)

    def at(self, point: shapely.Point) -> str:
        """The code of the polygon that holds the point; of two that share a border, the lower code."""
        found = self.tree.query(point, predicate="intersects")
        return min(self.codes[i] for i in found) if len(found) else ""


@dataclass(frozen=True)
class Ground:
    """One reading of the district."""

    registers: Registers
    communities: Layer
    cells: Layer
    zones: Layer
    streets: Layer
    districts: Layer
    parents: Mapping[str, str]
    duties: Mapping[str, Sequence[DutyFacts]]


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: Ground | None = None


_memory = _Memory()


def ground() -> Ground:
    """The district as of at most a second ago."""
    reading = registers()
    found = _memory.found
    if found is not None and found.registers is reading:
        return found
    with _memory.lock:
        if _memory.found is None or _memory.found.registers is not reading:
            _memory.found = _read(reading)
        return _memory.found


def locate(lng: float, lat: float) -> Place:
    """The areas of a WGS-84 point (定位); an empty `Place` outside the district."""
    known = ground()
    point = shapely.Point(lng, lat)
    community = known.communities.at(point)
    street = known.parents.get(community, "") or known.streets.at(point)
    district = known.parents.get(street, "") or known.districts.at(point)
    if not district:
        return Place()
    return Place(district, street, community, known.cells.at(point), known.zones.at(point), True)


def _read(reading: Registers) -> Ground:
    levels: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    parents: dict[str, str] = {}
    duties: dict[str, list[DutyFacts]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, level, parent_id, polygon::text FROM city_area ORDER BY code")
        for code, level, parent, polygon in cursor.fetchall():
            parents[code] = parent or ""
            if polygon:
                levels[level].append((code, json.loads(polygon)))
        cursor.execute("SELECT code, polygon::text FROM city_cell ORDER BY code")
        levels["cell"] = [(code, json.loads(polygon)) for code, polygon in cursor.fetchall()]
        cursor.execute(
            "SELECT d.unit_id, d.category_id, coalesce(d.area_id, ''), d.weight FROM city_duty d"
            " JOIN city_unit u ON u.id = d.unit_id WHERE u.active"
        )
        for row in cursor.fetchall():
            duties[row[1]].append(DutyFacts(*row))
    layers = {kind: Layer(levels[kind]) for kind in ("community", "cell", "zone", "street", "district")}
    return Ground(reading, layers["community"], layers["cell"], layers["zone"], layers["street"], layers["district"],
                  parents, duties)  # fmt: skip

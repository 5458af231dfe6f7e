"""Areas, cells and names of places (区域、网格、地名): codes of the right length, polygons valid, each inside what it belongs to."""

from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from xiucheng.city.pack.book import Book, Fault
from xiucheng.city.pack.rows import Row
from xiucheng.city.pinyin import sort_key
from xiucheng.rules import datum as datums

LEVELS: Final = {"district": 6, "street": 9, "community": 12, "zone": 0}
PARENT: Final = {"district": "", "street": "district", "community": "street", "zone": "district"}
KINDS: Final = ("road", "compound", "market", "park", "school", "hospital", "station", "square", "bridge", "office",
                "village")  # fmt: skip
LIST: Final = "places.csv"
HOUSE: Final = "house"
CELL_LENGTH: Final = 15


def read(book: Book) -> None:
    """Everything with a place."""
    levels = _divisions(book)
    _polygons(book, levels)
    _areas(book, levels)
    _cells(book, levels)
    _landmarks(book)
    _table(book)


def to_wgs84(found: BaseGeometry, datum: str) -> BaseGeometry:
    """A shape in the pack's datum as WGS-84."""
    if datum == "wgs84":
        return found
    return shapely.transform(found, lambda points: np.array([datums.to_wgs84(x, y, datum) for x, y in points]))


def geometry(book: Book, row: Row, *kinds: str) -> BaseGeometry | None:
    """A valid shape of one of the kinds in WGS-84, or a fault."""
    try:
        found = to_wgs84(shape(row.shape), book.datum)
    except Exception:
        found = None
    if found is None or found.is_empty:
        book.fault(row, "没有图形")
        return None
    if found.geom_type not in kinds:
        book.fault(row, f"图形应是 {'、'.join(kinds)}，现在是 {found.geom_type}")
        return None
    if not found.is_valid:
        book.fault(row, f"多边形无效：{shapely.is_valid_reason(found)}")
        return None
    west, south, east, north = found.bounds
    if not (72 <= west <= east <= 138 and 0 <= south <= north <= 56):
        book.fault(row, "坐标不在中国范围内，应是经度在前、纬度在后的 WGS-84")
        return None
    return found


def as_json(book: Book, row: Row, found: BaseGeometry | None) -> Any:
    """The shape for the database, in WGS-84; as it was written when the pack is in WGS-84 already."""
    return row.shape if book.datum == "wgs84" or found is None else mapping(found)


def _divisions(book: Book) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in book.csv("divisions.csv", "code level name parent"):
        code, level = book.text(row, "code", 12), str(row.values["level"])
        book.text(row, "name", 60)
        if level not in LEVELS:
            book.fault(row, f"“level”应是 {'、'.join(LEVELS)} 之一")
        elif LEVELS[level] and (len(code) != LEVELS[level] or not code.isdigit()):
            book.fault(row, f"“code”{code} 应是 {LEVELS[level]} 位数字")
        if book.new("area", row, "code", code, level):
            found[code] = row
    for row in found.values():
        _check_parent(book, row, found)
    if sum(r.values["level"] == "district" for r in found.values()) != 1:
        book.faults.append(Fault("divisions.csv", 0, "要有且只有一个区（district）"))
    return found


def _check_parent(book: Book, row: Row, found: dict[str, Row]) -> None:
    parent = str(row.values["parent"])
    wanted = PARENT.get(str(row.values["level"]))
    if not wanted:
        return
    if parent not in found:
        book.fault(row, f"“parent”指向不存在的 {parent}")
    elif found[parent].values["level"] != wanted:
        book.fault(row, f"上级 {parent} 应是{wanted}")
    elif row.values["level"] in ("street", "community") and not str(row.values["code"]).startswith(parent):
        book.fault(row, f"“code”{row.values['code']} 应以上级代码 {parent} 开头")


def _polygons(book: Book, levels: dict[str, Row]) -> None:
    seen: set[str] = set()
    for row in book.geojson("areas.geojson", "code"):
        code = book.refer("area", row, "code")
        if code in seen:
            book.fault(row, f"“code”{code} 重复")
        found = geometry(book, row, "Polygon", "MultiPolygon")
        if code and found is not None:
            seen.add(code)
            book.shapes[code] = found
            shapely.prepare(found)
            book.known.setdefault("polygon", {})[code] = as_json(book, row, found)
    for code in seen:
        parent = str(levels[code].values["parent"])
        if parent in book.shapes and not book.shapes[parent].covers(book.shapes[code].representative_point()):
            book.fault(levels[code], f"范围不在上级 {parent} 之内")


def _areas(book: Book, levels: dict[str, Row]) -> None:
    polygons = book.known.get("polygon", {})
    for code, row in levels.items():
        name = str(row.values["name"])
        if code not in polygons:
            book.fault(row, f"{name}在 areas.geojson 里没有范围")
        parent = str(row.values["parent"]) or None
        book.add("city_area", code, row.values["level"], name, sort_key(name), parent, polygons.get(code))


def _cells(book: Book, levels: dict[str, Row]) -> None:
    for row in book.geojson("cells.geojson", "code", "duty_grid"):
        code = book.text(row, "code", CELL_LENGTH)
        community = code[:12]
        if len(code) != CELL_LENGTH or not code.isdigit():
            book.fault(row, f"“code”{code} 应是 {CELL_LENGTH} 位数字")
        elif community not in levels:
            book.fault(row, f"网格 {code} 的社区 {community} 不存在")
        found = geometry(book, row, "Polygon", "MultiPolygon")
        within = book.shapes.get(community)
        if found is not None and within is not None and not within.covers(found.representative_point()):
            book.fault(row, f"网格 {code} 不在社区 {community} 之内")
        grid = str(row.values.get("duty_grid") or "")
        if book.new("cell", row, "code", code, grid):
            book.add("city_cell", code, community, as_json(book, row, found))


def _landmarks(book: Book) -> None:
    for row in book.geojson("places.geojson", "name kind", "aliases area from to class"):
        name, area = book.text(row, "name", 60), book.refer("area", row, "area", empty=True)
        kind = str(row.values["kind"])
        if kind not in KINDS:
            book.fault(row, f"“kind”应是 {'、'.join(KINDS)} 之一")
        found = geometry(book, row, "Point", "LineString", "Polygon")
        if found is None or not book.new("landmark", row, "name", f"{name}@{area or ''}"):
            continue
        line = as_json(book, row, found) if found.geom_type == "LineString" else None
        point = found.interpolate(0.5, normalized=True) if line else found.representative_point()
        first, last = (_house(book, row, k) for k in ("from", "to"))
        book.add("city_landmark", name, kind, list(row.values.get("aliases") or []), sort_key(name),
                 round(point.x, 6), round(point.y, 6), line, area, first, last)  # fmt: skip


def _table(book: Book) -> None:
    """A city's list of addresses and places as a sheet; with a number the name is a road and the place a house on it."""
    if not (book.folder / LIST).exists():
        return
    for row in book.csv(LIST, "name kind lng lat", "number aliases area"):
        name, kind = book.text(row, "name", 60), str(row.values["kind"])
        area = book.refer("area", row, "area", empty=True)
        if kind not in KINDS:
            book.fault(row, f"“kind”应是 {'、'.join(KINDS)} 之一")
        if row.values.get("number"):
            name, kind = f"{name}{book.whole(row, 'number', 1, 99999)}号"[:60], HOUSE
        lng, lat = book.number(row, "lng", 72, 138), book.number(row, "lat", 0, 56)
        if not book.new("landmark", row, "name", f"{name}@{area or ''}"):
            continue
        lng, lat = datums.to_wgs84(lng, lat, book.datum)
        aliases = str(row.values.get("aliases") or "").split()
        book.add(
            "city_landmark", name, kind, aliases, sort_key(name), round(lng, 6), round(lat, 6), None, area, None, None
        )


def _house(book: Book, row: Row, key: str) -> int | None:
    return None if row.values.get(key) is None else book.whole(row, key, 1, 99999)

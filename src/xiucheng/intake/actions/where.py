"""Where it is (地点): any datum to WGS-84, swapped latitude and longitude put right, the original kept beside it."""

import math
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.city import queries
from xiucheng.rules.datum import DATUMS, in_china, to_wgs84
from xiucheng.rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Point:
    """A point as it came: degrees in `datum` (wgs84, gcj02 or bd09); `accuracy` in metres where the phone told it."""

    lng: float
    lat: float
    datum: str = "wgs84"
    accuracy: float | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point put right: WGS-84 degrees, its areas, and what it was."""

    lng: float
    lat: float
    areas: queries.Place
    original: dict[str, Any]


NOWHERE: Final = 1e-6


def settle(point: Point) -> Spot | None:
    """The point in WGS-84 with its areas; none for 0/0, which devices send when they know nothing. Raises `bad_point`."""
    if point.datum not in DATUMS:
        raise Refused("bad_choice", field="坐标系")
    lng, lat = float(point.lng), float(point.lat)
    if not (math.isfinite(lng) and math.isfinite(lat)):
        raise Refused("bad_point", why="不是数字")
    if abs(lng) < NOWHERE and abs(lat) < NOWHERE:
        return None
    fits, turned = _possible(lng, lat), _possible(lat, lng)
    if not fits and not turned:
        raise Refused("bad_point", why="超出范围")
    straight = _spot(point, lng, lat, swapped=False) if fits else None
    if straight is not None and (straight.areas.inside or not turned):
        return straight
    swapped = _spot(point, lat, lng, swapped=True)
    if straight is None or swapped.areas.inside or (in_china(lat, lng) and not in_china(lng, lat)):
        return swapped
    return straight


def _possible(lng: float, lat: float) -> bool:
    return abs(lng) <= 180.0 and abs(lat) <= 85.0


def _spot(point: Point, lng: float, lat: float, *, swapped: bool) -> Spot:
    original: dict[str, Any] = {"lng": point.lng, "lat": point.lat, "datum": point.datum}
    if point.accuracy is not None and math.isfinite(point.accuracy):
        original["accuracy"] = round(point.accuracy, 1)
    if point.by:
        original["by"] = point.by[:20]
    if swapped:
        original["swapped"] = True
    east, north = to_wgs84(lng, lat, point.datum)
    return Spot(east, north, queries.locate(east, north), original)

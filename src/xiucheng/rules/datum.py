"""Coordinates of Chinese maps (坐标系): WGS-84 to GCJ-02 and back, BD-09 to WGS-84. Pure; degrees in, degrees out.

GCJ-02 shifts a point inside China by some hundred metres in a fixed pattern (Krasovsky 1940 ellipsoid), BD-09 turns GCJ-02 a
little further. The way back is found by iteration: exact to less than a millimetre.
"""

import math
from typing import Final

DATUMS: Final = ("wgs84", "gcj02", "bd09")
_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_TURN: Final = math.pi * 3000.0 / 180.0
_ENOUGH: Final = 1e-10
_ROUNDS: Final = 12

Point = tuple[float, float]


def in_china(lng: float, lat: float) -> bool:
    """The box outside which GCJ-02 is the same as WGS-84."""
    return 72.004 <= lng <= 137.8347 and 0.8293 <= lat <= 55.8271


def _waves(value: float, first: float, second: float) -> float:
    short = 20.0 * math.sin(value * math.pi) + 40.0 * math.sin(value / 3.0 * math.pi)
    long = first * math.sin(value / 12.0 * math.pi) + second * math.sin(value / 30.0 * math.pi)
    return 2.0 / 3.0 * (short + long)


def _shift(lng: float, lat: float) -> Point:
    x, y = lng - 105.0, lat - 35.0
    ripple = 2.0 / 3.0 * (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + ripple
    north += _waves(y, 160.0, 320.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + ripple
    east += _waves(x, 150.0, 300.0)
    radians = math.radians(lat)
    magic = 1.0 - _ECCENTRICITY * math.sin(radians) ** 2
    root = math.sqrt(magic)
    d_lat = north * 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (magic * root) * math.pi)
    d_lng = east * 180.0 / (_AXIS / root * math.cos(radians) * math.pi)
    return d_lng, d_lat


def to_gcj02(lng: float, lat: float) -> Point:
    """WGS-84 to GCJ-02 (高德、腾讯)."""
    if not in_china(lng, lat):
        return lng, lat
    d_lng, d_lat = _shift(lng, lat)
    return lng + d_lng, lat + d_lat


def from_gcj02(lng: float, lat: float) -> Point:
    """GCJ-02 to WGS-84."""
    if not in_china(lng, lat):
        return lng, lat
    found_lng, found_lat = lng, lat
    for _ in range(_ROUNDS):
        back_lng, back_lat = to_gcj02(found_lng, found_lat)
        off_lng, off_lat = back_lng - lng, back_lat - lat
        found_lng, found_lat = found_lng - off_lng, found_lat - off_lat
        if max(abs(off_lng), abs(off_lat)) < _ENOUGH:
            break
    return found_lng, found_lat


def from_bd09(lng: float, lat: float) -> Point:
    """BD-09 (百度) to WGS-84."""
    found_lng, found_lat = lng - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        x, y = found_lng, found_lat
        far = math.hypot(x, y) + 0.00002 * math.sin(y * _TURN)
        angle = math.atan2(y, x) + 0.000003 * math.cos(x * _TURN)
        off_lng, off_lat = far * math.cos(angle) + 0.0065 - lng, far * math.sin(angle) + 0.006 - lat
        found_lng, found_lat = found_lng - off_lng, found_lat - off_lat
        if max(abs(off_lng), abs(off_lat)) < _ENOUGH:
            break
    return from_gcj02(found_lng, found_lat)


def to_wgs84(lng: float, lat: float, datum: str) -> Point:
    """Any of the three datums to WGS-84; rounded to 9 decimals (a tenth of a millimetre)."""
    if datum == "gcj02":
        lng, lat = from_gcj02(lng, lat)
    elif datum == "bd09":
        lng, lat = from_bd09(lng, lat)
    return round(lng, 9), round(lat, 9)

"""Coordinates of Chinese maps go there and back (坐标转换)."""

import math

from hypothesis import given
from hypothesis import strategies as st

from xiucheng.rules.datum import from_bd09, from_gcj02, to_gcj02, to_wgs84

LNG = st.floats(74.0, 135.0)
LAT = st.floats(4.0, 53.0)
MILLIMETRE = 0.001


def to_bd09(lng: float, lat: float) -> tuple[float, float]:
    """As it is published: the distance and the angle of a point of GCJ-02 waver, then it is moved."""
    x, y = to_gcj02(lng, lat)
    turn = math.pi * 3000.0 / 180.0
    far = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    return far * math.cos(angle) + 0.0065, far * math.sin(angle) + 0.006


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * math.cos(math.radians(a[1])), a[1] - b[1]) * 111_320


@given(LNG, LAT)
def test_gcj02_and_back_is_the_same_point(lng: float, lat: float) -> None:
    assert _metres(from_gcj02(*to_gcj02(lng, lat)), (lng, lat)) < MILLIMETRE


@given(LNG, LAT)
def test_bd09_and_back_is_the_same_point(lng: float, lat: float) -> None:
    assert _metres(from_bd09(*to_bd09(lng, lat)), (lng, lat)) < MILLIMETRE


@given(LNG, LAT, st.sampled_from(["gcj02", "bd09", "wgs84"]))
def test_what_is_kept_is_the_same_point(lng: float, lat: float, datum: str) -> None:
    there = {"gcj02": to_gcj02, "bd09": to_bd09, "wgs84": lambda x, y: (x, y)}[datum](lng, lat)
    assert _metres(to_wgs84(*there, datum), (lng, lat)) < MILLIMETRE


def test_gcj02_in_chongqing_is_some_hundred_metres_off() -> None:
    assert 200 < _metres(to_gcj02(106.57, 29.53), (106.57, 29.53)) < 800


def test_gcj02_outside_china_is_unchanged() -> None:
    assert to_gcj02(-76.6, 39.3) == (-76.6, 39.3)


def test_wgs84_is_kept() -> None:
    assert to_wgs84(106.57, 29.53, "wgs84") == (106.57, 29.53)

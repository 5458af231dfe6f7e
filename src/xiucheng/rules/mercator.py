"""Metres on the map (墨卡托米): WGS-84 degrees to Web Mercator and the true distance between near places."""

import math
from typing import Final

_HALF: Final = 20037508.342789244
_RADIUS: Final = 6378137.0


def mercator(lng: float, lat: float) -> tuple[float, float]:
    """Degrees to Web Mercator metres; |lat| below 85.06."""
    return lng * _HALF / 180.0, math.log(math.tan((90.0 + lat) * math.pi / 360.0)) * _RADIUS


def degrees(x: float, y: float) -> tuple[float, float]:
    """Web Mercator metres to degrees (longitude, latitude)."""
    return x * 180.0 / _HALF, math.degrees(2.0 * math.atan(math.exp(y / _RADIUS)) - math.pi / 2.0)


def stretch(lat: float) -> float:
    """How many Mercator metres one true metre is at this latitude."""
    return 1.0 / math.cos(math.radians(lat))

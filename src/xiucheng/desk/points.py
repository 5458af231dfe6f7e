"""Cases as points on the desk's maps (地图上的点)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from xiucheng.cases.queries.lists import Line
from xiucheng.city import clock
from xiucheng.desk import words


def features(found: Iterable[Line]) -> dict[str, Any]:
    """The lines of a list as points on its map."""
    now = clock.now()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.lng, one.lat]},
                "properties": {
                    "id": one.id, "number": one.number, "tone": _tone(one, now), "title": words.category(one.category_id),
                    "text": one.summary[:60], "url": reverse("desk:case", args=[one.number]),
                },
            }
            for one in found
            if one.lng is not None and one.lat is not None
        ],
    }  # fmt: skip


def _tone(one: Line, now: dt.datetime) -> str:
    if one.ended_at is not None:
        return "good"
    if one.due_at is None:
        return "open"
    left = (one.due_at - now).total_seconds()
    return "late" if left < 0 else "soon" if left < 3600 else "open"

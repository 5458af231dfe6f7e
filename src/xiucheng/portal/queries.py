"""What the public may know (公开查询): where, what, how far; words and pictures only after a look (先审后发).

Places are rounded to about ten metres. Maps, lists and pages show only problems that have been filed, and never a training
case. The one exception is what is open around somebody's own pin: whoever asks "is it the same?" must hear of a problem
that nobody has filed yet, so there its category and how far it has come are named; words and pictures need a look there too.
"""

import datetime as dt
import functools
import time
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.queries.map import Box
from xiucheng.city import clock
from xiucheng.portal.keys import key_of
from xiucheng.portal.progress import state_words
from xiucheng.portal.texts import area_name, category_name
from xiucheng.rules.masking import hide_rooms, mask_public
from xiucheng.rules.mercator import degrees, mercator, stretch

_SHOWN: Final = """c.training = false AND c.imported = false AND c.kind IN ('complaint', 'help')
  AND c.state IN ('to_dispatch', 'handling', 'to_check', 'checking', 'to_close', 'suspended', 'disputed', 'closed')"""
SUMMARY: Final = """coalesce((SELECT nullif(r.public_words, '') FROM cases_report r
  WHERE r.case_id = c.id AND r.public = 'public' ORDER BY r.id LIMIT 1), c.summary) AS summary"""
"""The words as whoever looked at them released them."""
_WORLD: Final = 40075016.7
_MOST_SINGLE: Final = 400
_MOST_ACROSS: Final = 20
KEPT_SECONDS: Final = 10.0


def rows(sql: str, params: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    """The rows of a statement as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{summary}", SUMMARY), params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_POINTS: Final = """
SELECT c.id, c.state, c.category_id, c.lng, c.lat, c.street, c.community, c.due_at
FROM cases_case c WHERE {shown} AND c.outside = false AND c.x IS NOT NULL AND c.ended_at IS NULL
  AND c.x BETWEEN %(x0)s AND %(x1)s AND c.y BETWEEN %(y0)s AND %(y1)s LIMIT %(most)s
"""
_CLUSTERS: Final = """
SELECT count(*) AS count, avg(c.x) AS x, avg(c.y) AS y
FROM cases_case c WHERE {shown} AND c.outside = false AND c.x IS NOT NULL AND c.ended_at IS NULL
  AND c.x BETWEEN %(x0)s AND %(x1)s AND c.y BETWEEN %(y0)s AND %(y1)s
GROUP BY floor(c.x / %(cell)s), floor(c.y / %(cell)s)
"""


def geojson(box: Box, zoom: int) -> bytes:
    """Open problems of a part of the map, none left out: single ones as long as they are few, clusters of many.

    At most two statements; a cluster is never smaller than a twentieth of the part, so there are never too many.
    """
    (x0, y0), (x1, y1) = mercator(box.west, box.south), mercator(box.east, box.north)
    cell = max(_WORLD / 2 ** max(0, zoom) / 6, (x1 - x0) / _MOST_ACROSS, (y1 - y0) / _MOST_ACROSS)
    params = {"x0": x0, "y0": y0, "x1": x1, "y1": y1, "cell": cell, "most": _MOST_SINGLE + 1}
    found = rows(_POINTS.replace("{shown}", _SHOWN), params)
    single = len(found) <= _MOST_SINGLE
    if not single:
        found = rows(_CLUSTERS.replace("{shown}", _SHOWN), params)
    features = [_feature(row) if single else _cluster(row) for row in found]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _point(row: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [round(row["lng"], 4), round(row["lat"], 4)]}
    return {"type": "Feature", "geometry": place, "properties": properties}


def _cluster(row: dict[str, Any]) -> dict[str, Any]:
    lng, lat = degrees(row["x"], row["y"])
    return _point({"lng": lng, "lat": lat}, {"count": row["count"]})


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    _, _, words = state_words(row["state"])
    title = category_name(row["category_id"])
    text = f"{area_name(row['street'], row['community'])} · {words}"
    late = row["due_at"] is not None and row["due_at"] < clock.now()
    facts = {"title": title, "text": text, "url": f"/p/{key_of(row['id'])}/", "tone": "late" if late else "open"}
    return _point(row, facts)


_NEAR: Final = """
SELECT c.id, c.state, c.category_id, c.street, c.community, c.opened_at, c.due_at, c.unit_id, c.public, {summary},
  sqrt((c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2) / %(stretch)s AS metres,
  (SELECT count(*) FROM cases_case f WHERE f.main_case_id = c.id) + 1 AS reporters,
  (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id AND p.public = 'public' ORDER BY p.id LIMIT 1) AS picture
FROM cases_case c
WHERE c.ended_at IS NULL AND c.x IS NOT NULL AND c.training = false AND c.kind IN ('complaint', 'help')
  AND c.category_id IS NOT NULL
  AND c.x BETWEEN %(x)s - %(r)s AND %(x)s + %(r)s AND c.y BETWEEN %(y)s - %(r)s AND %(y)s + %(r)s
ORDER BY (c.category_id = %(category)s) DESC, (c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2 LIMIT 5
"""


def near(lng: float, lat: float, category: str = "", metres: float = 120.0) -> list[dict[str, Any]]:
    """Open problems around a point, filed or not, those of the same category first; metres in tens; one statement."""
    if not (abs(lat) < 85 and abs(lng) <= 180):
        return []
    x, y = mercator(lng, lat)
    params = {"x": x, "y": y, "r": metres * stretch(lat), "stretch": stretch(lat), "category": category}
    return [public(row) | {"metres": float(round(row["metres"], -1))} for row in rows(_NEAR, params)]


def public(row: dict[str, Any]) -> dict[str, Any]:
    """A case as the public sees it: its key instead of its id, words only after a look."""
    stage, tone, words = state_words(row["state"])
    shown = {"key": key_of(row.pop("id")), "stage": stage, "tone": tone, "state_words": words}
    if row.get("public") != "public":
        row["summary"] = ""
    elif row.get("summary"):
        row["summary"] = hide_rooms(row["summary"])
    return row | shown


_ONE: Final = f"""
SELECT c.id, c.state, c.category_id, c.street, c.community, c.opened_at, c.filed_at, c.dispatched_at, c.fed_back_at,
  c.closed_at, c.due_at, c.unit_id, c.public, {SUMMARY}, c.satisfaction,
  (SELECT count(*) FROM cases_case f WHERE f.main_case_id = c.id) + 1 AS reporters
FROM cases_case c WHERE c.id = %s AND {_SHOWN}
"""
_PUBLIC_PICTURES: Final = """
SELECT sha256, stage, width, height, at FROM cases_picture WHERE case_id = %s AND public = 'public' ORDER BY id
"""


def one(case_id: int) -> dict[str, Any] | None:
    """One filed problem as the public sees it, with its public pictures; two statements."""
    found = rows(_ONE, [case_id])
    if not found:
        return None
    pictures = rows(_PUBLIC_PICTURES, [case_id])
    shown = public(found[0])
    before, after = split(pictures)
    return shown | {"before": before, "after": after}


def split(pictures: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Pictures of the problem and pictures of the result."""
    late = {"after", "feed_back", "check"}
    return [p for p in pictures if p["stage"] not in late], [p for p in pictures if p["stage"] in late]


_ANSWERS: Final = """
SELECT c.id, c.state, c.category_id, c.street, c.community, c.opened_at, c.ended_at, c.unit_id, c.public, {summary},
  c.answer
FROM cases_case c
WHERE c.state = 'answered' AND c.ended_at IS NOT NULL AND c.kind = 'suggestion' AND c.training = false
  AND c.imported = false
ORDER BY c.opened_at DESC LIMIT 40
"""


def published_answers() -> list[dict[str, Any]]:
    """Suggestions with their answers; the suggestion's own words only after a look; one statement."""
    return [public(row) | {"answer": mask_public(row["answer"])} for row in rows(_ANSWERS, {})]


_DAYS: Final = """
SELECT day, measure, street, category_id, sum(count)::bigint AS count, sum(seconds)::bigint AS seconds
FROM cases_dayfigure WHERE day > %(since)s GROUP BY GROUPING SETS ((day, measure), (measure, street), (measure, category_id))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Daily figures: by day and measure, and of the whole span by street and category."""

    days: dict[dt.date, dict[str, int]]
    streets: dict[str, dict[str, int]]
    categories: dict[str, dict[str, int]]
    seconds: dict[str, int]

    def of(self, day: dt.date, measure: str) -> int:
        """How often on that day."""
        return self.days.get(day, {}).get(measure, 0)

    def total(self, measure: str) -> int:
        """How often in the whole span."""
        return sum(day.get(measure, 0) for day in self.days.values())


def figures(span: int = 30) -> Figures:
    """The figures of the last days from the daily roll-ups; one statement at most every ten seconds, whatever the number of cases."""
    return _figures(span, clock.today(), _now_and_then())


def open_now() -> int:
    """How many problems are being worked on, asked at most every ten seconds; counts at most 100,000."""
    return _open_now(_now_and_then())


def _now_and_then() -> int:
    return int(time.monotonic() / KEPT_SECONDS)


@functools.lru_cache(maxsize=8)
def _figures(span: int, today: dt.date, _: int) -> Figures:
    found = Figures({}, {}, {}, {})
    for row in rows(_DAYS, {"since": today - dt.timedelta(days=span)}):
        measure, count = row["measure"], int(row["count"])
        if row["day"] is not None:
            found.days.setdefault(row["day"], {})[measure] = count
            found.seconds[measure] = found.seconds.get(measure, 0) + int(row["seconds"])
        elif row["street"] is not None:
            found.streets.setdefault(row["street"], {})[measure] = count
        elif row["category_id"] is not None:
            found.categories.setdefault(row["category_id"], {})[measure] = count
    return found


@functools.lru_cache(maxsize=2)
def _open_now(_: int) -> int:
    found = rows(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM cases_case c WHERE c.ended_at IS NULL AND {_SHOWN} LIMIT 100000) s",
        {},
    )
    return int(found[0]["n"])

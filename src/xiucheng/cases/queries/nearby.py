"""Open cases near a place (附近同类): candidates for the same problem, the nearest first."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from xiucheng.cases.queries.scope import Scope
from xiucheng.rules.mercator import mercator, stretch


@dataclass(frozen=True, slots=True)
class Near:
    """One open case nearby; `metres` is the true distance."""

    id: int
    number: str
    state: str
    category_id: str | None
    summary: str
    place: str
    lng: float
    lat: float
    opened_at: dt.datetime
    due_at: dt.datetime | None
    public: str
    metres: float


_SQL = """
SELECT c.id, c.number, c.state, c.category_id, c.summary, c.place, c.lng, c.lat, c.opened_at, c.due_at, c.public,
  sqrt((c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2) / %(stretch)s AS metres
FROM cases_case c
WHERE c.ended_at IS NULL AND c.x IS NOT NULL
  AND c.x BETWEEN %(x)s - %(r)s AND %(x)s + %(r)s AND c.y BETWEEN %(y)s - %(r)s AND %(y)s + %(r)s
  AND c.state <> 'merged' AND c.id <> %(but)s AND {scope}
  AND (%(category)s = '' OR c.category_id LIKE %(category)s || '%%')
  AND (%(public)s = false OR c.public = 'public')
ORDER BY (c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2 LIMIT %(most)s
"""


def near(
    lng: float,
    lat: float,
    scope: Scope,
    *,
    metres: float = 150.0,
    category: str = "",
    but: int = 0,
    most: int = 8,
    public: bool = False,
) -> list[Near]:
    """Open cases within `metres` of a WGS-84 point, of a category (prefix) if given; one statement."""
    if not abs(lat) < 85:
        return []
    x, y = mercator(lng, lat)
    where, params = scope.where()
    params |= {"x": x, "y": y, "stretch": stretch(lat), "r": metres * stretch(lat)}
    params |= {"category": category, "but": but, "most": most, "public": public}
    with connection.cursor() as cursor:
        cursor.execute(_SQL.replace("{scope}", where), params)
        return [found for row in cursor.fetchall() if (found := Near(*row)).metres <= metres]

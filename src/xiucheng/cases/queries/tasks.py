"""Tasks on the street (现场任务): somebody's own and those of his pools, by deadline or by distance."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from xiucheng.cases.queries.scope import Scope
from xiucheng.rules.mercator import mercator, stretch

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One open task with what its card shows; `metres` is the distance from where the person stands, if he told."""

    id: int
    kind: str
    case_id: int
    number: str
    state: str
    version: int
    category_id: str | None
    standard_id: int | None
    summary: str
    place: str
    street: str
    lng: float | None
    lat: float | None
    urgency: int
    level: int
    account_id: int | None
    created_at: dt.datetime
    due_at: dt.datetime | None
    taken_at: dt.datetime | None
    picture: str | None
    metres: float | None


_TASKS: Final = """
SELECT t.id, t.kind, c.id, c.number, c.state, c.version, c.category_id, c.standard_id, c.summary, c.place, c.street,
  c.lng, c.lat, c.urgency, c.level, t.account_id, t.created_at, t.due_at, t.taken_at,
  (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id ORDER BY p.id LIMIT 1),
  sqrt((c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2) / %(stretch)s AS metres
FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE t.done_at IS NULL AND t.kind IN ('verify', 'check') AND c.training = %(training)s
  AND (t.account_id = %(officer)s OR (t.account_id IS NULL AND t.pool = ANY(%(pools)s))) AND (%(id)s = 0 OR t.id = %(id)s)
ORDER BY c.urgency >= 2 DESC, CASE WHEN %(x)s IS NULL THEN NULL ELSE (c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2 END NULLS LAST,
  t.due_at NULLS LAST, t.id
LIMIT %(most)s
"""


def tasks(scope: Scope, *, near: tuple[float, float] | None = None, only: int = 0) -> list[Task]:
    """The open tasks of a person and his pools, danger first, then the nearest to `near` (WGS-84 lng, lat); one statement."""
    if scope.officer is None:
        return []
    x, y, scale = _point(near)
    params: dict[str, Any] = {
        "officer": scope.officer, "pools": list(scope.pools), "training": scope.training, "id": only, "most": MOST,
        "x": x, "y": y, "stretch": scale,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TASKS.replace("%(x)s", "%(x)s::float8").replace("%(y)s", "%(y)s::float8"), params)
        return [Task(*row) for row in cursor.fetchall()]


def task(task_id: int, scope: Scope) -> Task | None:
    """One open task, if it is his or free for him."""
    found = tasks(scope, only=task_id) if 0 < task_id < 2**62 else []
    return found[0] if found else None


def _point(near: tuple[float, float] | None) -> tuple[float | None, float | None, float]:
    if near is None or not (math.isfinite(near[0]) and abs(near[1]) < 85):
        return None, None, 1.0
    return (*mercator(*near), stretch(near[1]))

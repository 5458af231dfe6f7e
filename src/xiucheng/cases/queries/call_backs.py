"""Whom the centre still has to call (回访清单): open call-back tasks, those due first."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection

from xiucheng.cases.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Call:
    """One task: the case, when it was closed, how often it was tried and with what result."""

    id: int
    case_id: int
    number: str
    category: str
    summary: str
    unit: int | None
    closed_at: dt.datetime | None
    overdue: bool
    due_at: dt.datetime | None
    tries: int
    result: str
    state: str


_OPEN: Final = """
SELECT t.id, c.id, c.number, COALESCE(c.category_id, ''), c.summary, c.unit_id, c.closed_at, c.overdue, t.due_at, t.tries,
  t.result, c.state
FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE t.kind = 'call_back' AND t.done_at IS NULL AND {where} AND (%(id)s = 0 OR t.id = %(id)s)
ORDER BY t.due_at, t.id LIMIT 100
"""


def calls(scope: Scope, task_id: int = 0) -> list[Call]:
    """The open tasks that this person may see, at most a hundred; one statement."""
    where, params = scope.where()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(where=where), {**params, "id": task_id})
        return [Call(*row) for row in cursor.fetchall()]


_DONE: Final = """
SELECT count(*) FILTER (WHERE t.result = 'reached'), count(*) FILTER (WHERE t.result <> 'reached'),
  round(avg(c.satisfaction) FILTER (WHERE t.result = 'reached'), 1)
FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE t.kind = 'call_back' AND t.done_at >= %s AND NOT c.training
"""


def done_since(since: dt.datetime) -> tuple[int, int, float | None]:
    """Since a moment: reached, not reached, and the mean satisfaction of those reached (1 to 5)."""
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [since])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), float(row[2]) if row[2] is not None else None

"""Whom the centre still has to ring up about what is not its own (待转告): open tasks, those due first."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection

from xiucheng.cases.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Passing:
    """One task: the case, what it is about (masked), where, and whose it is."""

    id: int
    number: str
    summary: str
    place: str
    whose: str
    unit: int | None
    due_at: dt.datetime | None


_OPEN: Final = """
SELECT t.id, c.number, c.summary, c.place,
  coalesce((SELECT h.facts ->> 'whose' FROM case_history h WHERE h.case_id = c.id AND h.act = 'refuse' ORDER BY h.seq DESC LIMIT 1), ''),
  c.unit_id, t.due_at
FROM cases_task t JOIN cases_case c ON c.id = t.case_id
WHERE t.kind = 'pass_on' AND t.pool = 'pass_on' AND t.done_at IS NULL AND t.account_id IS NULL AND {where}
ORDER BY t.due_at, t.id LIMIT 100
"""


def passings(scope: Scope) -> list[Passing]:
    """The open tasks that this person may see, at most a hundred; one statement."""
    where, params = scope.where()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.replace("{where}", where), params)
        return [Passing(*row) for row in cursor.fetchall()]

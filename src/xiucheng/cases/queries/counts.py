"""How many cases wait where (件数): the numbers on the tabs, one statement over the open cases of a scope."""

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

from xiucheng.cases.queries.scope import Scope
from xiucheng.city import clock


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases by state: how many, how many late now; and what cuts across states."""

    states: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    unsigned: int = 0
    returned: int = 0
    flagged: int = 0
    asks: dict[int, int] = field(default_factory=dict)

    def of(self, states: Iterable[str]) -> int:
        """How many cases are in one of these states."""
        return sum(self.states.get(state, 0) for state in states)

    def late_of(self, states: Iterable[str]) -> int:
        """How many of them are late now."""
        return sum(self.late.get(state, 0) for state in states)


_OPEN = """
SELECT c.state, count(*), count(*) FILTER (WHERE c.due_at < %(now)s),
  count(*) FILTER (WHERE c.state = 'handling' AND c.signed_at IS NULL), count(*) FILTER (WHERE c.returned),
  0, 0, 0
FROM cases_case c WHERE c.ended_at IS NULL AND {scope} GROUP BY c.state
UNION ALL
SELECT '', 0, 0, 0, 0, count(*), 0, 0 FROM cases_case c WHERE c.ended_at IS NULL AND c.flags <> '[]' AND {scope}
UNION ALL
SELECT '', 0, 0, 0, 0, 0, count(*) FILTER (WHERE c.ask->>'stage' = '0'), count(*) FILTER (WHERE c.ask->>'stage' = '1')
FROM cases_case c WHERE c.ask IS NOT NULL AND {scope}
"""


def counts(scope: Scope, now: dt.datetime | None = None) -> Counts:
    """The counts of a scope; one statement."""
    where, params = scope.where()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.replace("{scope}", where), {**params, "now": now or clock.now()})
        rows = cursor.fetchall()
    return Counts(
        states={row[0]: row[1] for row in rows if row[0]},
        late={row[0]: row[2] for row in rows if row[0]},
        unsigned=sum(row[3] for row in rows),
        returned=sum(row[4] for row in rows),
        flagged=sum(row[5] for row in rows),
        asks={0: sum(row[6] for row in rows), 1: sum(row[7] for row in rows)},
    )


@dataclass(slots=True)
class _Kept:
    """Counts that were read a moment ago, and up to which change."""

    at: float
    change: int
    counts: Counts


_kept: dict[Scope, _Kept] = {}
AT_ONCE = 0.15
"""Seconds within which counts are not even asked about; the relay tells pages of a change later than that."""


def recent(scope: Scope) -> Counts:
    """The counts of a scope, read anew when a case has changed since or after five seconds; a page shows them on every list."""
    moment, most = time.monotonic(), settings.COUNTS_KEPT_SECONDS
    kept = _kept.get(scope)
    if kept is not None and moment < kept.at + min(AT_ONCE, most):
        return kept.counts
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM cases_change_id_seq")
        change = int(cursor.fetchone()[0])
    if kept is not None and kept.change == change and moment < kept.at + most:
        return kept.counts
    if len(_kept) > 200:
        _kept.clear()
    found = counts(scope)
    _kept[scope] = _Kept(moment, change, found)
    return found


def by_street(scope: Scope) -> dict[str, int]:
    """Open cases of each street."""
    where, params = scope.where()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.street, count(*) FROM cases_case c WHERE c.ended_at IS NULL AND {where} GROUP BY c.street",
            params,
        )
        return dict(cursor.fetchall())

"""Changes that wait for the relay (待转播的变动): taken in batches, counted into the daily figures in the same transaction."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.actions import figures
from xiucheng.cases.actions.figures import Event

_TAKE: Final = """
WITH next AS MATERIALIZED (SELECT id FROM cases_change ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED), gone AS (
  DELETE FROM cases_change c USING next
  WHERE c.id = next.id RETURNING c.id, c.case_id, c.at, c.facts
)
SELECT g.id, g.case_id, g.at, g.facts, c.number, c.version
FROM gone g JOIN cases_case c ON c.id = g.case_id ORDER BY g.id
"""
_IMPORTED: Final = """
SELECT case_id, after FROM case_history WHERE case_id = ANY(%s) AND act = 'import'
"""
_MOMENTS: Final = {
    "opened_at": "submit",
    "filed_at": "file",
    "dispatched_at": "dispatch",
    "fed_back_at": "feed_back",
    "closed_at": "close",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, taken: keys and states only."""

    id: int
    case_id: int
    at: dt.datetime
    facts: Mapping[str, Any]
    number: str
    version: int


def take(batch: int = 500) -> list[Change]:
    """Take waiting changes and add them to the daily figures; call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [figures.LOCK])
        cursor.execute(_TAKE, {"batch": batch})
        rows = cursor.fetchall()
    taken = [Change(i, c, at, orjson.loads(f) if isinstance(f, str) else f, n, v) for i, c, at, f, n, v in rows]
    figures.store(figures.sums_of(events([(t.case_id, t.at, t.facts) for t in taken])))
    return taken


def events(rows: Iterable[tuple[int, dt.datetime, Mapping[str, Any]]]) -> Iterator[Event]:
    """Changes as acts that figures can count; an imported case counts by its own days."""
    kept = list(rows)
    imported = _imported([case for case, _, facts in kept if facts.get("act") == "import"])
    for case, at, facts in kept:
        event = _event(at, facts)
        if event.act == "import":
            yield from of_import(imported.get(case, {}), event)
        else:
            yield event


def _imported(cases: list[int]) -> dict[int, Mapping[str, Any]]:
    if not cases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_IMPORTED, [cases])
        return {case: orjson.loads(after) if isinstance(after, str) else after for case, after in cursor.fetchall()}


def _event(at: dt.datetime, facts: Mapping[str, Any]) -> Event:
    """One change as an act; a granted appeal counts for the day whose lateness it takes away (`of`)."""
    return Event(
        at=dt.datetime.fromisoformat(facts["of"]) if facts.get("of") else at,
        act=str(facts["act"]),
        step=str(facts.get("step", "")),
        street=str(facts.get("street", "")),
        unit=int(facts.get("unit") or 0),
        was_unit=int(facts.get("was_unit") or 0),
        category=str(facts.get("category") or ""),
        channel=str(facts.get("channel", "")),
        overdue=bool(facts.get("overdue")),
        late_before=bool(facts.get("late_before")),
        satisfaction=int(facts.get("satisfaction") or 0),
        seconds=int(facts.get("seconds") or 0),
        training=bool(facts.get("training")),
    )


def of_import(after: Mapping[str, Any], event: Event) -> Iterator[Event]:
    """An imported case as the acts that its own times tell of (迁入): reported, filed, dispatched, fed back, closed, rated."""
    moments = {name: dt.datetime.fromisoformat(after[name]) for name in _MOMENTS if after.get(name)}
    opened = moments.get("opened_at")
    for name, at in moments.items():
        took = name in {"fed_back_at", "closed_at"} and opened is not None
        seconds = int((at - opened).total_seconds()) if took and opened is not None else 0
        yield replace(event, at=at, act=_MOMENTS[name], seconds=seconds, satisfaction=0)
    last = next((after[name] for name in ("ended_at", "fed_back_at", "opened_at") if after.get(name)), None)
    if after.get("satisfaction") and last is not None:
        rating = int(after["satisfaction"])
        yield replace(event, at=dt.datetime.fromisoformat(last), act="verdict", seconds=0, satisfaction=rating)

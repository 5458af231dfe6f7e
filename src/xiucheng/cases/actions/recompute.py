"""Compute all daily figures anew from the history (重算日统计); what is still waiting for the relay is left to it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.cases.actions import changes, figures
from xiucheng.cases.actions.figures import Event, Sums

SLICE: Final = 5_000
_ACTS: Final = """
SELECT case_id, at, act, step,
  after->>'street', after->>'unit_id', coalesce(after->>'category_id', after->>'category'), after->>'channel',
  after->>'overdue', CASE WHEN act IN ('verdict', 'call_back') THEN facts->>'rating' END, after->>'opened_at', after->>'dispatched_at', after->>'filed_at',
  after->>'fed_back_at', after->>'closed_at', after->>'training', after ? 'unit_id', after ? 'dispatched_at',
  after->>'ended_at', after->>'satisfaction'
FROM case_history WHERE case_id >= %s AND case_id < %s ORDER BY case_id, seq
"""


@dataclass
class _Folded:
    """A case as its history has left it so far."""

    street: str = ""
    unit: int = 0
    category: str = ""
    channel: str = ""
    overdue: bool = False
    late_before: bool = False
    training: bool = False
    opened_at: str = ""
    dispatched_at: str = ""
    fed_back_at: str = ""
    late_at: str = ""
    moments: dict[str, str] = field(default_factory=dict)


def events_of(rows: Iterator[tuple[Any, ...]]) -> Iterator[Event]:
    """History rows, in order of case and sequence, as acts that figures can count."""
    case, folded = -1, _Folded()
    for row in rows:
        if row[0] != case:
            case, folded = row[0], _Folded()
        before = folded.unit
        _take(folded, row)
        if row[2] == "import":
            yield from changes.of_import(folded.moments, _bare(row, folded, before))
        else:
            yield _bare(row, folded, before)


def _take(folded: _Folded, row: tuple[Any, ...]) -> None:
    street, unit, category, channel, overdue, _, opened, sent, filed, fed_back, closed, training, has_unit, has_sent = (
        row[4:18]
    )
    folded.street = street if street is not None else folded.street
    folded.unit = int(unit or 0) if has_unit else folded.unit
    folded.category = category if category is not None else folded.category
    folded.channel = channel or folded.channel
    folded.late_before = folded.overdue
    folded.overdue = overdue == "true" if overdue is not None else folded.overdue
    folded.training = folded.training or training == "true"
    folded.opened_at = opened or folded.opened_at
    folded.dispatched_at = (sent or "") if has_sent else folded.dispatched_at
    folded.fed_back_at = fed_back or folded.fed_back_at
    folded.late_at = folded.fed_back_at if overdue == "true" else folded.late_at
    names = ("opened_at", "filed_at", "dispatched_at", "fed_back_at", "closed_at", "ended_at", "satisfaction")
    told = (opened, filed, sent, fed_back, closed, *row[18:])
    folded.moments = {n: v for n, v in zip(names, told, strict=True) if v}


def _bare(row: tuple[Any, ...], folded: _Folded, was_unit: int) -> Event:
    _, at, act, step = row[:4]
    since = {"feed_back": folded.opened_at, "close": folded.opened_at, "sign": folded.dispatched_at}.get(act)
    seconds = int((at - dt.datetime.fromisoformat(since)).total_seconds()) if since else 0
    excused = act == "appeal" and step == "grant" and (folded.late_at or folded.fed_back_at)
    return Event(
        at=dt.datetime.fromisoformat(excused) if excused else at,
        act=act,
        step=step,
        street=folded.street,
        unit=folded.unit,
        was_unit=was_unit,
        category=folded.category,
        channel=folded.channel,
        overdue=folded.overdue,
        late_before=act == "feed_back" and folded.late_before,
        satisfaction=int(row[9] or 0),
        seconds=seconds,
        training=folded.training,
    )


def from_history(progress: Callable[[int, int], None] | None = None) -> Sums:
    """The sums of the whole history, read in slices of cases."""
    sums: Sums = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM cases_case")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, SLICE):
            cursor.execute(_ACTS, [start, start + SLICE])
            for event in events_of(iter(cursor.fetchall())):
                figures.add(sums, event)
            if progress is not None:
                progress(min(start + SLICE, last + 1) - first, last + 1 - first)
    return sums


def _waiting() -> Sums:
    """What the relay has not counted yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, at, facts FROM cases_change")
        rows = cursor.fetchall()
    facts = [(case, at, orjson.loads(f) if isinstance(f, str) else f) for case, at, f in rows]
    return figures.sums_of(changes.events(facts))


def recompute(progress: Callable[[int, int], None] | None = None) -> int:
    """Replace all figures; gives how many there are. Acts go on meanwhile, the relay waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [figures.LOCK])
        try:
            with transaction.atomic():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                sums = from_history(progress)
                for key, (count, seconds) in _waiting().items():
                    sums[key][0] -= count
                    sums[key][1] -= seconds
                cursor.execute("DELETE FROM cases_dayfigure")
                kept = {k: v for k, v in sums.items() if v != [0, 0]}
                figures.store(kept)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [figures.LOCK])
    return len(kept)

"""Tells all live pages what has changed (转播): gathers changes, adds them to the daily figures, sends one batch of notifications.

One transaction does all three, so a change is counted exactly once and told at least once. Nobody's write waits for `NOTIFY`.
"""

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.cases.actions import changes
from xiucheng.cases.actions.changes import Change
from xiucheng.notices.bell import CHANNEL

BATCH: Final = 500
PAUSE: Final = 0.2
PAYLOAD: Final = 7_600
"""Bytes in one notification; PostgreSQL takes fewer than 8,000."""

_TOLD: Final = """
SELECT DISTINCT recipient_kind || ':' || recipient_key FROM notices_notice
WHERE subject_kind = 'case' AND subject_key = ANY(%s) AND created_at >= %s AND recipient_kind <> 'reporter'
"""


def gather(batch: int = BATCH) -> int:
    """One round; gives how many changes were told."""
    with transaction.atomic():
        taken = changes.take(batch)
        if taken:
            payloads = list(pack([line(t) for t in taken], _told(taken)))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, p) FROM unnest(%s::text[]) AS p", [CHANNEL, payloads])
    return len(taken)


def _told(taken: Iterable[Change]) -> list[str]:
    """Whose inbox has something new."""
    kept = list(taken)
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [[str(t.case_id) for t in kept], min(t.at for t in kept)])
        return [row[0] for row in cursor.fetchall()]


def line(change: Change) -> list[Any]:
    """A change as it travels: id, case, number, version, act, from, to, unit, old unit, training. Keys and states only."""
    f = change.facts
    units = [int(f.get("unit") or 0), int(f.get("was_unit") or 0)]
    training = 1 if f.get("training") else 0
    states = [str(f.get("from", "")), str(f.get("to", ""))]
    return [change.id, change.case_id, change.number, change.version, str(f["act"]), *states, *units, training]


def pack(lines: list[list[Any]], told: list[str]) -> Iterator[str]:
    """Lines and inboxes in as few notifications as fit."""
    events: list[list[Any]] = []
    size = 0
    for one in lines:
        grown = len(orjson.dumps(one)) + 1
        if events and size + grown > PAYLOAD:
            yield _text(events, [])
            events, size = [], 0
        events.append(one)
        size += grown
    room = PAYLOAD - size
    inboxes: list[str] = []
    for name in told:
        room -= len(name) + 3
        if room < 0:
            yield _text(events, inboxes)
            events, inboxes, room = [], [], PAYLOAD - len(name) - 3
        inboxes.append(name)
    yield _text(events, inboxes)


def _text(events: list[list[Any]], inboxes: list[str]) -> str:
    return orjson.dumps({"e": events, "n": inboxes}).decode()


def relay(stop: threading.Event) -> None:
    """The worker's loop: a round five times a second, at once again while there is more."""
    while not stop.is_set():
        if gather() < BATCH:
            stop.wait(PAUSE)

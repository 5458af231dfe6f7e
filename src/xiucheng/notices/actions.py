"""Put notices in the queue (入队) in the transaction of whatever causes them; mark them read when they are opened."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from xiucheng.audit import vault
from xiucheng.notices import ladder as ladders
from xiucheng.notices.models import Notice

INAPP: Final = "inapp"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notice to be: `recipient_kind` is account, unit, post or reporter; `ladder` names channels in order."""

    recipient_kind: str
    recipient_key: str
    template: str
    facts: dict[str, Any] = field(default_factory=dict)
    ladder: Sequence[str] = (INAPP,)
    address: str = ""
    urgent: bool = False


def enqueue(rows: Sequence[Outgoing], *, subject_kind: str, subject_key: str, moment: str, now: dt.datetime) -> None:
    """Write notices; the key `moment:recipient` makes a second writing of the same one impossible."""
    notices = [
        Notice(
            key=f"{moment}:{o.recipient_kind}:{o.recipient_key}",
            subject_kind=subject_kind,
            subject_key=subject_key,
            recipient_kind=o.recipient_kind,
            recipient_key=o.recipient_key,
            address_sealed=vault.seal(o.address) if o.address else None,
            template=o.template,
            facts=o.facts,
            ladder=list(o.ladder),
            urgent=o.urgent,
            created_at=now,
            **_start(o.ladder, now),
        )
        for o in rows
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _start(ladder: Sequence[str], now: dt.datetime) -> dict[str, Any]:
    """In-app notices lie in the inbox as soon as they are written: nothing is left to send."""
    steps = ladders.rungs(ladder)
    if not steps or steps[0].channel != INAPP:
        return {"due_at": now}
    stay = steps[0].wait if len(steps) > 1 else ladders.keep(INAPP)
    return {"state": Notice.State.DELIVERED, "sent_at": now, "due_at": now + stay}


def mark_read(keys: Sequence[str], whom: Sequence[tuple[str, str]], now: dt.datetime) -> int:
    """Somebody opened notices of his (已读); others' keys are left alone. Gives how many became read."""
    kinds, names = [kind for kind, _ in whom], [key for _, key in whom]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_notice n SET state = 'read', read_at = %s, due_at = %s "
            "FROM unnest(%s::text[], %s::text[]) AS me (kind, id) "
            "WHERE n.key = ANY(%s) AND n.recipient_kind = me.kind AND n.recipient_key = me.id AND n.read_at IS NULL",
            [now, now + ladders.KEEP_OTHERS, kinds, names, list(keys)],
        )
        return int(cursor.rowcount)


def mark_case_read(case_id: int, whom: Sequence[tuple[str, str]], now: dt.datetime) -> int:
    """Opening a case reads all its notices that are addressed to the reader."""
    kinds, names = [kind for kind, _ in whom], [key for _, key in whom]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_notice n SET state = 'read', read_at = %s, due_at = %s "
            "FROM unnest(%s::text[], %s::text[]) AS me (kind, id) WHERE n.subject_kind = 'case' AND n.subject_key = %s "
            "AND n.recipient_kind = me.kind AND n.recipient_key = me.id AND n.read_at IS NULL",
            [now, now + ladders.KEEP_OTHERS, kinds, names, str(case_id)],
        )
        return int(cursor.rowcount)


_RECEIVED: Final = """
WITH hit AS (
  SELECT id, key, split_part(ladder ->> rung, ':', 1) = %(channel)s OR jsonb_array_length(ladder) <= rung AS here,
    %(result)s = 'failed' AND rung + 1 < jsonb_array_length(ladder) AS climbs
  FROM notices_notice WHERE key = %(key)s AND state <> 'read' FOR UPDATE
), written AS (
  UPDATE notices_notice n SET leased_until = NULL, leased_by = '',
    state = CASE WHEN hit.climbs THEN 'queued' ELSE %(result)s END,
    rung = CASE WHEN hit.climbs THEN n.rung + 1 ELSE n.rung END,
    attempts = CASE WHEN hit.climbs THEN 0 ELSE n.attempts END,
    due_at = CASE WHEN hit.climbs THEN %(now)s ELSE n.due_at END,
    read_at = CASE WHEN %(result)s = 'read' THEN %(now)s ELSE n.read_at END
  FROM hit WHERE n.id = hit.id AND (hit.here OR %(result)s = 'read')
)
INSERT INTO notices_attempt (notice_key, at, channel, result, detail)
SELECT key, %(now)s, %(channel)s, %(result)s, %(detail)s FROM hit
"""


def receive(key: str, result: str, now: dt.datetime, *, channel: str, detail: str = "") -> bool:
    """A receipt that comes later (回执): delivered, read or failed; gives whether the notice was still live.

    What failed after all is tried on the next rung at once. A receipt of a rung that has been left is only written down,
    unless it says that the notice was read.
    """
    assert result in {"delivered", "read", "failed"}
    facts: dict[str, Any] = {"result": result, "key": key, "now": now, "channel": channel[:12], "detail": detail[:200]}
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, facts)
        return bool(cursor.rowcount == 1)

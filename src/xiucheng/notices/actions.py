"""Put notices in the queue (入队) in the transaction of whatever causes them; mark them read when they are opened."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.notices import ladder as ladders
from xiucheng.notices.models import Notice

INAPP: Final = "inapp"
_NOTE: Final = """
INSERT INTO notices_attempt (notice_key, at, channel, result, detail)
SELECT key, %(now)s, %(channel)s, %(result)s, %(detail)s FROM hit
"""
_RECEIVE: Final = f"""
WITH hit AS (
  UPDATE notices_notice SET state = %(result)s, leased_until = NULL, leased_by = '',
    read_at = CASE WHEN %(result)s = 'read' THEN %(now)s ELSE read_at END
  WHERE key = %(key)s AND state <> 'read' RETURNING key
) {_NOTE}"""
_CLIMB: Final = f"""
WITH hit AS (
  UPDATE notices_notice SET leased_until = NULL, leased_by = '', due_at = %(now)s,
    state = CASE WHEN rung + 1 < jsonb_array_length(ladder) THEN 'queued' ELSE 'failed' END,
    attempts = CASE WHEN rung + 1 < jsonb_array_length(ladder) THEN 0 ELSE attempts END,
    rung = CASE WHEN rung + 1 < jsonb_array_length(ladder) THEN rung + 1 ELSE rung END
  WHERE key = %(key)s AND state NOT IN ('read', 'failed') AND split_part(ladder->>rung, ':', 1) = %(channel)s RETURNING key
) {_NOTE}"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notice to be: `recipient_kind` is account, unit, post, reporter or talk; `ladder` names channels in order.

    `addresses` gives each channel its own address where there are several ways; `address` is for all of them.
    """

    recipient_kind: str
    recipient_key: str
    template: str
    facts: dict[str, Any] = field(default_factory=dict)
    ladder: Sequence[str] = (INAPP,)
    address: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
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
            address_sealed=_sealed(o),
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


def _sealed(o: Outgoing) -> bytes | None:
    text = orjson.dumps(dict(o.addresses)).decode() if o.addresses else o.address
    return vault.seal(text) if text else None


def talk(channel: str, address: str, text: str, *, key: str, subject: str = "") -> None:
    """Say something to somebody on the channel that he wrote on (对话), once for each `key`; not about a case of his."""
    who = vault.blind(f"{channel}:{address}").hex()
    row = Outgoing("talk", who, "talk", {"text": text, "subject": subject}, ladder=(channel,), address=address)
    enqueue([row], subject_kind="talk", subject_key=who, moment=f"talk:{key}"[:70], now=clock.now())


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


def receive(key: str, result: str, now: dt.datetime, *, channel: str, detail: str = "") -> bool:
    """A receipt that comes later (回执): delivered, read or failed; gives whether the notice was still live.

    What failed on the rung where it stands goes on to the next rung at once; a receipt that comes twice moves it once.
    """
    assert result in {"delivered", "read", "failed"}
    with connection.cursor() as cursor:
        cursor.execute(
            _CLIMB if result == "failed" else _RECEIVE,
            {"result": result, "key": key, "now": now, "channel": channel[:12], "detail": detail[:200]},
        )
        return bool(cursor.rowcount == 1)

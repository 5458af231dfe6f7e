"""Put notices in the queue (入队) in the transaction of whatever causes them; mark them read when they are opened."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.notices import ladder as ladders
from xiucheng.notices import port
from xiucheng.notices.models import Attempt, Notice

INAPP: Final = "inapp"
_ENQUEUE: Final = """
INSERT INTO notices_notice (key, subject_kind, subject_key, recipient_kind, recipient_key, address_sealed, template, facts, ladder,
  rung, state, attempts, urgent, created_at, due_at, sent_at, leased_by)
SELECT r.key, %(subject_kind)s, %(subject_key)s, r.recipient_kind, r.recipient_key, decode(r.address, 'hex'), r.template, r.facts,
  r.ladder, 0, r.state, 0, r.urgent, %(now)s, r.due_at, r.sent_at, ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (key text, recipient_kind text, recipient_key text, address text, template text,
  facts jsonb, ladder jsonb, state text, urgent boolean, due_at timestamptz, sent_at timestamptz)
ON CONFLICT DO NOTHING
"""
"""One statement for all: notices are written for every message and every act."""


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
    """Write notices; the key `moment:recipient` makes a second writing of the same one impossible.

    Where a resident's channel has few messages, what is still waiting there about the same matter goes out as the latest of them.
    """
    written = [
        {
            "key": f"{moment}:{o.recipient_kind}:{o.recipient_key}",
            "recipient_kind": o.recipient_kind,
            "recipient_key": o.recipient_key,
            "address": sealed.hex() if (sealed := _sealed(o)) is not None else None,
            "template": o.template,
            "facts": o.facts,
            "ladder": list(o.ladder),
            "urgent": o.urgent,
            **(_start(o.ladder, now) | _joining(o, subject_kind, subject_key, now)),
        }
        for o in rows
    ]
    told: dict[str, Any] = {"subject_kind": subject_kind, "subject_key": subject_key, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, told | {"rows": orjson.dumps(written).decode()})


_JOIN: Final = """
WITH gone AS (
  DELETE FROM notices_notice
  WHERE subject_kind = %(kind)s AND subject_key = %(subject)s AND recipient_kind = 'reporter' AND recipient_key = %(who)s
    AND state = 'queued' AND rung = 0 AND attempts = 0 AND leased_until IS NULL
    AND split_part(ladder ->> 0, ':', 1) = %(channel)s
  RETURNING due_at
)
SELECT min(due_at) FROM gone
"""


def _joining(o: Outgoing, kind: str, subject: str, now: dt.datetime) -> dict[str, Any]:
    """When a joined message goes (合并告知): as the first of them would have; none that is on its way or has been tried is taken back."""
    steps = ladders.rungs(o.ladder)
    wait = port.together(steps[0].channel) if steps and o.recipient_kind == "reporter" else 0
    if not wait:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, {"kind": kind, "subject": subject, "who": o.recipient_key, "channel": steps[0].channel})
        first: dt.datetime | None = cursor.fetchone()[0]
    return {"due_at": first or now + dt.timedelta(seconds=wait)}


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
        return {"state": Notice.State.QUEUED.value, "due_at": now, "sent_at": None}
    stay = steps[0].wait if len(steps) > 1 else ladders.keep(INAPP)
    return {"state": Notice.State.DELIVERED.value, "sent_at": now, "due_at": now + stay}


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
    """A receipt that comes later (回执): delivered, read or failed; gives whether it changed a live notice.

    A failure on the rung where the notice stands sends it on to the next one; about an earlier rung, or after a delivery, it
    says nothing new.
    """
    assert result in {"delivered", "read", "failed"}
    with transaction.atomic():
        notice = Notice.objects.select_for_update().filter(key=key).exclude(state="read").first()
        if notice is None or (notice.state == "delivered" and result != "read"):
            return False
        steps = ladders.rungs(notice.ladder)
        if result == "failed" and (notice.rung >= len(steps) or steps[notice.rung].channel != channel):
            return False
        if result == "failed" and notice.rung + 1 < len(steps):
            notice.state, notice.rung, notice.attempts, notice.due_at = "queued", notice.rung + 1, 0, now
        else:
            notice.state = result
        if result == "read":
            notice.read_at = now
        notice.leased_until, notice.leased_by = None, ""
        notice.save(update_fields=["state", "rung", "attempts", "due_at", "read_at", "leased_until", "leased_by"])
        Attempt.objects.create(notice_key=key, at=now, channel=channel[:12], result=result, detail=detail[:200])
    return True

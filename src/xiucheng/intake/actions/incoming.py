"""Messages of channels are kept, worked off, settled (来件): at least once tried, once counted by their key.

Leases run on the machine's real time. A worker killed anywhere loses nothing: its lease runs out and the message is tried again.
Words of danger go first. What one person says on one channel is in work at one place only, in the order in which it came; where
a channel names no sender, all of it is one such talk. What was put off does not hold up what comes after it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from xiucheng.audit import vault
from xiucheng.cases.actions import raw as prepared
from xiucheng.city import clock
from xiucheng.intake import port
from xiucheng.intake.models import Incoming
from xiucheng.intake.port import Arrived, Later, Worked
from xiucheng.rules.refusals import Refused
from xiucheng.triage import watch

LEASE: Final = 120.0
BATCH: Final = 50
MOST_TRIES: Final = 8
LONGEST_KEY: Final = 160
LARGEST: Final = 40_000_000
LOCK: Final = 0x1A7A4E
"""One lease at a time: two at once could each take a message of the same talk."""

_KEEP: Final = """
INSERT INTO intake_incoming (channel, account, key, sender_blind, raw_sealed, received_at, state, attempts, due_at, report, error,
  urgent)
SELECT %(channel)s::text, %(account)s::text, %(key)s, %(sender)s, %(raw)s, %(now)s, 'waiting', 0, %(now)s, '', '', %(urgent)s OR EXISTS (
  SELECT 1 FROM intake_incoming u WHERE u.urgent AND u.sender_blind = %(sender)s AND u.sender_blind <> ''::bytea
    AND u.channel = %(channel)s::text AND u.account = %(account)s::text AND u.received_at > %(now)s - interval '30 minutes')
ON CONFLICT (channel, account, key) DO NOTHING RETURNING id
"""
"""Who spoke of danger a moment ago is answering a question about it now."""
_HURRY: Final = """
UPDATE intake_incoming SET urgent = true WHERE state = 'waiting' AND NOT urgent AND channel = %(channel)s::text AND account = %(account)s::text
  AND sender_blind = %(sender)s AND sender_blind <> ''::bytea
"""
_DUE: Final = "SELECT 1 FROM intake_incoming WHERE state = 'waiting' AND due_at <= %(now)s LIMIT 1"
_CROWD: Final = """
SELECT count(*) FROM (SELECT 1 FROM intake_incoming WHERE state = 'waiting' AND due_at <= %(now)s LIMIT %(most)s) w
"""
_LEASE: Final = """
WITH due AS MATERIALIZED (SELECT id FROM intake_incoming w WHERE state = 'waiting' AND due_at <= %(now)s
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
        AND NOT EXISTS (SELECT 1 FROM intake_incoming b WHERE b.state = 'waiting' AND b.leased_until IS NOT NULL
          AND b.channel = w.channel AND b.account = w.account AND b.sender_blind = w.sender_blind
          AND b.leased_until >= clock_timestamp())
      ORDER BY urgent DESC, due_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
UPDATE intake_incoming i SET attempts = i.attempts + 1, leased_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE i.id = due.id
RETURNING i.id, i.channel, i.account, i.key, i.raw_sealed, i.received_at, i.attempts, i.sender_blind, i.urgent
"""
"""Materialized: a joined subquery with a limit may be carried out once for each row, and then takes more than the limit."""
_SETTLE: Final = """
UPDATE intake_incoming i SET state = s.state, leased_until = NULL,
  done_at = CASE WHEN s.state = 'waiting' THEN NULL ELSE %(now)s END,
  due_at = %(now)s + make_interval(secs => s.wait), report = s.report, error = s.error
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reports)s::text[], %(errors)s::text[], %(waits)s::float8[])
  AS s (id, state, report, error, wait)
WHERE i.id = s.id AND i.state = 'waiting'
"""
_GIVE_BACK: Final = """
UPDATE intake_incoming SET leased_until = NULL, attempts = greatest(attempts - 1, 0)
WHERE id = ANY(%(ids)s::bigint[]) AND state = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one message: its state, the tracking code of its report, what went wrong, when to try again (seconds)."""

    id: int
    state: str
    report: str = ""
    error: str = ""
    wait: float = 0.0


def keep(channel: str, key: str, raw: bytes, *, account: str = "", sender: str = "", words: str = "") -> bool:
    """Keep one message as it came (收存来件); False when it was there already. Call before the platform is answered.

    `key` is the platform's own for this message; a longer one, or one that no database takes, is kept as its hash. `words` are what was said, as far as the channel
    knows: with danger in them it is worked off before all others, and with it what the same sender said before.
    Raises `Refused("too_long")` beyond 40 MB.
    """
    if len(raw) > LARGEST:
        raise Refused("too_long", field="来件", most=LARGEST)
    values = {
        "channel": channel[:12], "account": account[:64], "key": _short(key), "sender": vault.blind(sender) if sender else b"",
        "raw": vault.seal_bytes(raw), "now": clock.now(), "urgent": watch.dangerous(words),
    }  # fmt: skip
    if values["urgent"] and sender:
        prepared.run(_HURRY, values)
    return prepared.run(_KEEP, values) is not None


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY and "\x00" not in key else hashlib.sha256(key.encode()).hexdigest()


def find(channel: str, key: str, *, account: str = "") -> Incoming | None:
    """The message that was kept under this key."""
    return Incoming.objects.filter(channel=channel[:12], account=account[:64], key=_short(key)).first()


def give_way(number: int) -> bool:
    """Another copy of it says more and is worked off instead (让位); False where somebody is at it or it is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_incoming SET state = 'done', done_at = %s WHERE id = %s AND state = 'waiting' "
            "AND (leased_until IS NULL OR leased_until < clock_timestamp())",
            [clock.now(), number],
        )
        return bool(cursor.rowcount)


def note(channel: str, key: str, raw: bytes, *, report: str, account: str = "") -> None:
    """Keep a message that was worked off while the platform waited for the answer (当场办好的来件)."""
    now = clock.now()
    row = Incoming(
        channel=channel[:12], account=account[:64], key=key[:LONGEST_KEY], raw_sealed=vault.seal_bytes(raw), received_at=now,
        due_at=now, done_at=now, state=Incoming.State.DONE, attempts=1, report=report,
    )  # fmt: skip
    Incoming.objects.bulk_create([row], ignore_conflicts=True)


def last_of(channel: str, sender: str) -> str:
    """The key of the last message that was kept of this sender; empty where there is none."""
    return _of(channel, vault.blind(sender)).values_list("key", flat=True).first() or ""


def kept_before(arrived: Arrived) -> bytes:
    """The same sender's message before this one as it came, of those that could be worked off; empty where there is none."""
    found = _of(arrived.channel, arrived.sender).filter(account=arrived.account, id__lt=arrived.id)
    row = found.exclude(state=Incoming.State.FAILED).values_list("raw_sealed", flat=True).first()
    return vault.unseal_bytes(row) if row is not None else b""


def _of(channel: str, sender: bytes) -> QuerySet[Incoming]:
    """The newest first; a channel that asks this needs its own part of an index."""
    return Incoming.objects.filter(channel=channel, sender_blind=sender).order_by("-id")


def due() -> bool:
    """Whether anything waits to be worked off; the cheapest question of an idle worker."""
    return prepared.run(_DUE, {"now": clock.now()}) is not None


def crowded() -> bool:
    """Whether more messages wait than two leases take."""
    found = prepared.run(_CROWD, {"now": clock.now(), "most": 2 * BATCH + 1})
    return found is not None and found[0] > 2 * BATCH


def lease(*, batch: int = BATCH, seconds: float = LEASE) -> list[Arrived]:
    """Take up to `batch` waiting messages for `seconds`: the urgent first, then in the order in which they came."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(_LEASE, {"lease": seconds, "batch": batch, "now": clock.now()})
        rows = cursor.fetchall()
    return [
        Arrived(number, channel, account, key, vault.unseal_bytes(sealed), at, tries - 1, bytes(sender or b""))
        for number, channel, account, key, sealed, at, tries, sender, _ in sorted(rows, key=lambda r: (not r[8], r[0]))
    ]


def settle(done: Sequence[Settled]) -> None:
    """Write down what became of them, all in one statement."""
    if done:
        prepared.run(
            _SETTLE,
            {
                "now": clock.now(),
                "ids": [one.id for one in done],
                "states": [one.state for one in done],
                "reports": [one.report for one in done],
                "errors": [one.error[:200] for one in done],
                "waits": [float(one.wait) for one in done],
            },
        )


def give_back(ids: Iterable[int]) -> None:
    """Not worked on after all: others may take it at once, and it does not count as a try."""
    prepared.run(_GIVE_BACK, {"ids": list(ids)})


def work(arrived: Arrived) -> Settled:
    """Let the channel's reader make something of it; what cannot be done is kept with its reason for people."""
    way = port.find(arrived.channel)
    try:
        if way is None:
            raise Later("no such channel here", 3600.0)
        done: Worked = way.work(arrived)
    except Refused as refused:
        return Settled(arrived.id, "failed", error=refused.zh)
    except Later as later:
        return put_off(arrived, str(later), later.seconds)
    return Settled(arrived.id, "done", report=done.report)


def put_off(arrived: Arrived, why: str, seconds: float) -> Settled:
    """Try again later, longer each time; after the last try it is left to people."""
    if arrived.attempts + 1 >= MOST_TRIES:
        return Settled(arrived.id, "failed", error=why)
    return Settled(arrived.id, "waiting", error=why, wait=min(seconds * 2**arrived.attempts, 6 * 3600.0))


def try_again(number: int) -> bool:
    """A person asks for another try of a message that failed (重新处理)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_incoming SET state = 'waiting', attempts = 0, due_at = %s, leased_until = NULL, error = '' "
            "WHERE id = %s AND state = 'failed'",
            [clock.now(), number],
        )
        return bool(cursor.rowcount)

"""Messages of channels are kept, worked off, settled (来件): at least once tried, once counted by their key.

Leases run on the machine's real time. A worker killed anywhere loses nothing: its lease runs out and the message is tried again.
"""

import hashlib
from typing import Any, Final

from django.db import connection

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.intake import port
from xiucheng.intake.models import Incoming
from xiucheng.intake.port import Arrived, Later, Worked
from xiucheng.rules.refusals import Refused

LEASE: Final = 120.0
BATCH: Final = 50
MOST_TRIES: Final = 8
LONGEST_KEY: Final = 160
LARGEST: Final = 40_000_000

_KEEP: Final = """
INSERT INTO intake_incoming (channel, account, key, sender_blind, raw_sealed, received_at, state, attempts, due_at, report, error)
VALUES (%(channel)s, %(account)s, %(key)s, %(sender)s, %(raw)s, %(now)s, 'waiting', 0, %(now)s, '', '')
ON CONFLICT (channel, account, key) DO NOTHING RETURNING id
"""
_LEASE: Final = """
UPDATE intake_incoming i SET attempts = i.attempts + 1, leased_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM (SELECT id FROM intake_incoming WHERE state = 'waiting' AND due_at <= %(now)s
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
      ORDER BY due_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED) due
WHERE i.id = due.id RETURNING i.id, i.channel, i.account, i.key, i.raw_sealed, i.received_at, i.attempts
"""
_SETTLE: Final = """
UPDATE intake_incoming SET state = %(state)s, leased_until = NULL, done_at = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE %(now)s END,
  due_at = %(now)s + make_interval(secs => %(wait)s), report = %(report)s, error = %(error)s
WHERE id = %(id)s AND state = 'waiting'
"""


def keep(channel: str, key: str, raw: bytes, *, account: str = "", sender: str = "") -> bool:
    """Keep one message as it came (收存来件); False when it was there already. Call before the platform is answered.

    `key` is the platform's own for this message; a longer one is kept as its hash. Raises `Refused("too_long")` beyond 40 MB.
    """
    if len(raw) > LARGEST:
        raise Refused("too_long", field="来件", most=LARGEST)
    short = key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    values = {
        "channel": channel[:12], "account": account[:64], "key": short, "sender": vault.blind(sender) if sender else None,
        "raw": vault.seal_bytes(raw), "now": clock.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        return cursor.fetchone() is not None


def note(channel: str, key: str, raw: bytes, *, report: str, account: str = "") -> None:
    """Keep a message that was worked off while the platform waited for the answer (当场办好的来件)."""
    now = clock.now()
    row = Incoming(
        channel=channel[:12], account=account[:64], key=key[:LONGEST_KEY], raw_sealed=vault.seal_bytes(raw), received_at=now,
        due_at=now, done_at=now, state=Incoming.State.DONE, attempts=1, report=report,
    )  # fmt: skip
    Incoming.objects.bulk_create([row], ignore_conflicts=True)


def lease(*, batch: int = BATCH, seconds: float = LEASE) -> list[Arrived]:
    """Take up to `batch` waiting messages for `seconds`, in the order in which they came."""
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"lease": seconds, "batch": batch, "now": clock.now()})
        rows = cursor.fetchall()
    return [
        Arrived(number, channel, account, key, vault.unseal_bytes(sealed), at, tries - 1)
        for number, channel, account, key, sealed, at, tries in sorted(rows)
    ]


def settle(arrived: Arrived, state: str, *, report: str = "", error: str = "", wait: float = 0.0) -> None:
    """Write down what became of it."""
    values: dict[str, Any] = {
        "id": arrived.id,
        "state": state,
        "report": report,
        "error": error[:200],
        "wait": wait,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)


def work(arrived: Arrived) -> None:
    """Let the channel's reader make something of it; what cannot be done is kept with its reason for people."""
    way = port.find(arrived.channel)
    try:
        if way is None:
            raise Later("no such channel here", 3600.0)
        done: Worked = way.work(arrived)
    except Refused as refused:
        settle(arrived, "failed", error=refused.zh)
    except Later as later:
        put_off(arrived, str(later), later.seconds)
    else:
        settle(arrived, "done", report=done.report)


def put_off(arrived: Arrived, why: str, seconds: float) -> None:
    """Try again later, longer each time; after the last try it is left to people."""
    if arrived.attempts + 1 >= MOST_TRIES:
        settle(arrived, "failed", error=why)
    else:
        settle(arrived, "waiting", error=why, wait=min(seconds * 2**arrived.attempts, 6 * 3600.0))


def try_again(number: int) -> bool:
    """A person asks for another try of a message that failed (重新处理)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_incoming SET state = 'waiting', attempts = 0, due_at = %s, leased_until = NULL, error = '' "
            "WHERE id = %s AND state = 'failed'",
            [clock.now(), number],
        )
        return bool(cursor.rowcount)

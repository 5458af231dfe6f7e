"""The pump (通知泵): takes due notices in leased batches, sends them outside any transaction, writes down what came of it.

Leases run on the machine's real time, due times on the district's clock. A worker killed anywhere loses nothing: its lease
runs out and another takes the notice (sent at least once, counted once by its key). A worker that was too slow cannot
overwrite the next one's result, because a result is only written under its own lease.
"""

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from django.db import InterfaceError, OperationalError, connection, transaction

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.notices import addresses, housekeeping, ladder, port, texts
from xiucheng.notices.port import Message, Receipt

BATCH: Final = 50
LEASE: Final = 120.0
MARGIN: Final = 40.0
"""A send is not begun when less of the lease is left; channels give up sooner than that."""
SENDERS: Final = 4
IDLE: Final = 0.2

_LEASE: Final = """
WITH due AS MATERIALIZED (SELECT id FROM notices_notice
      WHERE state IN ('queued', 'sending', 'unknown') AND rung < jsonb_array_length(ladder) AND due_at <= %(now)s
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
      ORDER BY urgent DESC, due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
UPDATE notices_notice n SET state = 'sending', leased_by = %(me)s, attempts = n.attempts + 1,
  leased_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE n.id = due.id
RETURNING n.id, n.key, n.recipient_kind, n.recipient_key, n.address_sealed, n.template, n.facts, n.ladder, n.rung,
  n.attempts, n.urgent, n.created_at
"""
_SETTLE: Final = """
WITH settled AS (
  UPDATE notices_notice SET state = %(state)s, rung = %(rung)s, attempts = %(attempts)s, due_at = %(due_at)s,
    leased_until = NULL, leased_by = '', sent_at = CASE WHEN %(sent)s THEN coalesce(sent_at, %(now)s) ELSE sent_at END
  WHERE id = %(id)s AND state = 'sending' AND leased_by = %(me)s RETURNING key
)
INSERT INTO notices_attempt (notice_key, at, channel, result, detail)
SELECT %(key)s, %(now)s, %(channel)s, %(result)s, %(detail)s
"""
_RELEASE: Final = """
UPDATE notices_notice SET state = 'queued', leased_until = NULL, leased_by = '', attempts = greatest(attempts - 1, 0)
WHERE id = %(id)s AND leased_by = %(me)s
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A notice that is ours until the lease runs out."""

    id: int
    message: Message
    ladder: tuple[str, ...]
    rung: int
    attempts: int

    @property
    def channel(self) -> str:
        return ladder.rungs(self.ladder)[self.rung].channel


def lease(me: str, *, batch: int = BATCH, seconds: float = LEASE) -> list[Leased]:
    """Take up to `batch` due notices for `seconds`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LEASE, {"me": me, "lease": seconds, "now": clock.now(), "batch": batch})
        rows = cursor.fetchall()
    return [_leased(row) for row in rows]


def _leased(row: tuple[Any, ...]) -> Leased:
    number, key, kind, recipient, sealed, template, facts, rungs, rung, attempts, urgent, created = row
    facts, rungs = (orjson.loads(v) if isinstance(v, str) else v for v in (facts, rungs))
    channel = ladder.rungs(rungs)[rung].channel
    written = texts.render(template, facts, kind, channel)
    address = addresses.of(vault.unseal(sealed), channel) or addresses.find(kind, recipient)
    language = str(facts.get("language") or "zh-hans")
    message = Message(
        key, kind, recipient, address, written.subject, written.text, language, urgent, created, dict(facts)
    )
    return Leased(number, port.gather(channel, message), tuple(rungs), rung, attempts)


def _hand_over(leased: Leased) -> Receipt:
    channel = port.find(leased.channel)
    if channel is None:
        return Receipt("failed", f"no such channel: {leased.channel}")
    try:
        return channel.send(leased.message)
    except (OperationalError, InterfaceError):  # a channel that counts must read before it sends: nothing has left
        connection.close()
        return Receipt("failed", "the database is away", again=True)
    except Exception as fault:
        return Receipt("unknown", f"{type(fault).__name__}", again=True)


def settle(leased: Leased, receipt: Receipt, me: str) -> None:
    """Write down one try and what follows from it, if the lease is still ours."""
    now = clock.now()
    seen = leased.message.recipient_kind not in {"reporter", "talk"}
    step = ladder.after(leased.ladder, leased.rung, leased.attempts, receipt, now, seen=seen)
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            asdict(step)
            | {"id": leased.id, "me": me, "key": leased.message.key, "now": now, "channel": leased.channel[:12]}
            | {"result": receipt.result, "detail": receipt.detail[:200]},
        )


def _release(leased: Leased, me: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"id": leased.id, "me": me})


def send_batch(pool: ThreadPoolExecutor, *, lease_seconds: float = LEASE) -> int:
    """Send one batch; gives how many notices were taken."""
    me = secrets.token_hex(8)
    until = time.monotonic() + lease_seconds - MARGIN
    taken = lease(me, seconds=lease_seconds)

    def send(leased: Leased) -> Receipt | None:
        return _hand_over(leased) if time.monotonic() < until else None

    waiting = {pool.submit(send, leased): leased for leased in taken}
    for done in as_completed(waiting):
        receipt = done.result()
        if receipt is None:
            _release(waiting[done], me)
        else:
            settle(waiting[done], receipt, me)
    return len(taken)


def pump(stop: threading.Event) -> None:
    """The worker's loop: pump while there is something to send, climb ladders and put finished notices away in between."""
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="notice") as pool:
        kept = housekeeping.Rhythm()
        while not stop.is_set():
            taken = steadily(lambda: send_batch(pool), stop)
            steadily(kept.turn, stop)
            if not taken:
                stop.wait(IDLE)


def steadily(work: Callable[[], int], stop: threading.Event) -> int:
    """Do it; when the database is away, wait a second and go on with a new connection."""
    try:
        return work()
    except OperationalError:
        connection.close()
        stop.wait(1.0)
        return 0

"""Not too fast (限流): how many reports one address may send, counted in one row that all processes share."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db import connection

from xiucheng.audit import vault
from xiucheng.cases.actions import raw
from xiucheng.city.registers import registers
from xiucheng.intake.port import Later
from xiucheng.rules.refusals import Refused

WINDOW: Final = 600
MOST: Final = 30
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_COUNT: Final = """
INSERT INTO intake_sender AS s (key, window_at, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN s.window_at < %(now)s - make_interval(secs => %(window)s) THEN 1 ELSE s.count + 1 END,
  window_at = CASE WHEN s.window_at < %(now)s - make_interval(secs => %(window)s) THEN %(now)s ELSE s.window_at END
RETURNING count, window_at
"""


def count(sender: str, purpose: str = "", *, most: int | None = None, window: int = WINDOW) -> None:
    """Count one report of this address; more than the setting `sender_limit` in ten minutes is refused with `too_many`.

    `most` and `window` (seconds) are another allowance. `purpose` counts apart (pictures on their way). The address is kept as a keyed hash. Real time counts, not the demo's; a demo does not limit its own machine.
    """
    if not sender or (settings.DEMO and sender in LOOPBACK):
        return
    allowed = int(registers().settings.get("sender_limit", MOST)) if most is None else most
    now = dt.datetime.now(dt.UTC)
    key = vault.blind(f"{purpose}:{sender}" if purpose else sender).hex()
    row = raw.run(_COUNT, {"key": key, "now": now, "window": float(window)})
    assert row is not None
    used, since = row
    if used > allowed:
        left = window - int((now - since).total_seconds())
        raise Refused("too_many", seconds=max(1, left))


@contextmanager
def patient() -> Iterator[None]:
    """What comes too fast is tried again later instead of refused: for channels where nobody is there to try again. Raises `Later`."""
    try:
        yield
    except Refused as refused:
        if refused.code != "too_many":
            raise
        raise Later(refused.zh, float(refused.facts.get("seconds", 60))) from refused


def sweep() -> int:
    """Drop the counters of past windows; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM intake_sender WHERE window_at < now() - interval '1 hour'")
        return int(cursor.rowcount)

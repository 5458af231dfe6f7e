"""How often one address may send (限流): counted in the database, so that all processes count together.

The key is a keyed hash of the address; the address itself is not stored.
"""

import datetime as dt
import math
from typing import Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from xiucheng.audit import vault
from xiucheng.audit.addresses import sender
from xiucheng.rules.refusals import Refused

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
AHEAD: Final = 60.0
"""A window that begins later than now by up to so many seconds was opened at the same moment by another request; by more, the clock was set back."""
_SPEND: Final = """
INSERT INTO intake_sender AS s (key, window_at, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN s.window_at <= %(now)s - make_interval(secs => %(seconds)s) OR s.window_at > %(now)s + make_interval(secs => %(ahead)s) THEN 1 ELSE s.count + 1 END,
  window_at = CASE WHEN s.window_at <= %(now)s - make_interval(secs => %(seconds)s) OR s.window_at > %(now)s + make_interval(secs => %(ahead)s)
              THEN %(now)s ELSE s.window_at END
RETURNING count, extract(epoch FROM window_at + make_interval(secs => %(seconds)s) - %(now)s)
"""


def spend(request: HttpRequest, purpose: str, *, most: int, seconds: int) -> None:
    """Count one use; raises Refused("too_many") with the waiting time when `most` within `seconds` are used up.

    Real time counts, not the demo's; a demo does not limit its own machine.
    """
    address = sender(request)
    if settings.DEMO and address in LOOPBACK:
        return
    key = vault.blind(f"{purpose}:{address}").hex()
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"key": key, "now": dt.datetime.now(dt.UTC), "seconds": seconds, "ahead": AHEAD})
        count, wait = cursor.fetchone()
    if count > most:
        raise Refused("too_many", seconds=max(1, math.ceil(wait)))

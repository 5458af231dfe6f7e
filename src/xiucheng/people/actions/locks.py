"""One lock-out rule for every way to sign in (登录锁定): the database counts, so all processes know.

Five failures for a name, or forty from one address, within fifteen minutes close it for fifteen minutes. Names and
addresses are kept as keyed hashes. Real time counts here, so that a demo's fast day melts no lock.
"""

import datetime as dt
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from xiucheng.audit import vault
from xiucheng.people.models import Lockout
from xiucheng.rules.refusals import Refused

BY_NAME: Final = 5
BY_ADDRESS: Final = 40
WINDOW: Final = dt.timedelta(minutes=15)

_COUNT: Final = """
INSERT INTO people_lockout AS l (key, failures, last_at, until)
SELECT key, 1, %(now)s, CASE WHEN most <= 1 THEN %(until)s::timestamptz END
FROM unnest(%(keys)s::text[], %(most)s::int[]) AS t (key, most) ORDER BY key
ON CONFLICT (key) DO UPDATE SET last_at = %(now)s,
  failures = CASE WHEN l.until <= %(now)s OR l.last_at < %(since)s THEN 1 ELSE LEAST(l.failures + 1, 9999) END,
  until = CASE WHEN l.until > %(now)s THEN l.until WHEN l.until <= %(now)s OR l.last_at < %(since)s THEN NULL
    WHEN l.failures + 1 >= (%(most)s::int[])[array_position(%(keys)s::text[], l.key::text)] THEN %(until)s END
RETURNING key, failures, until
"""
_GIVE_BACK: Final = """
UPDATE people_lockout AS l SET failures = l.failures - 1, until = CASE WHEN l.failures > t.most THEN l.until END
FROM unnest(%(keys)s::text[], %(most)s::int[]) AS t (key, most) WHERE l.key = t.key AND l.failures > 0
"""


def _key(kind: str, value: str) -> str:
    return f"{kind}:{vault.blind(value.strip().casefold()).hex()}"


def _limits(name: str, address: str) -> dict[str, int]:
    return {_key("address", address): BY_ADDRESS, _key("name", name): BY_NAME}


def count_try(*, name: str, address: str) -> None:
    """Count a try as failed before it is looked at, so that many at once get no more than one after another.

    The right one is given back by `give_back`. While the name or the address is closed nothing counts: `Refused("locked")`.
    """
    now, limits = timezone.now(), _limits(name, address)
    facts: dict[str, Any] = {
        "keys": list(limits), "most": list(limits.values()), "now": now, "since": now - WINDOW, "until": now + WINDOW,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, facts)
        closed = [until for key, failures, until in cursor.fetchall() if failures > limits[key]]
        if closed:
            left = int((max(closed) - now).total_seconds())
            raise Refused("locked", minutes=max(1, -(-left // 60)))


def give_back(*, name: str, address: str) -> None:
    """The try was the right one: it is no failure of the name, nor of the address."""
    limits = _limits(name, address)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"keys": list(limits), "most": list(limits.values())})


def forget_failures(*, name: str) -> None:
    """The right person has signed in; the address keeps its count."""
    Lockout.objects.filter(key=_key("name", name)).delete()


def drop_old() -> int:
    """Failures of more than a day ago are nobody's business; gives how many went."""
    return Lockout.objects.filter(last_at__lt=timezone.now() - dt.timedelta(days=1)).delete()[0]

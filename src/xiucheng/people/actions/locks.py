"""One lock-out rule for every way to sign in (登录锁定): the database counts, so all processes know.

Five failures for a name, or forty from one address, within fifteen minutes close it for fifteen minutes. Names and
addresses are kept as keyed hashes. Real time counts here, so that a demo's fast day melts no lock.
"""

import datetime as dt
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from xiucheng.audit import vault
from xiucheng.people.models import Lockout
from xiucheng.rules.refusals import Refused

BY_NAME: Final = 5
BY_ADDRESS: Final = 40
WINDOW: Final = dt.timedelta(minutes=15)

_COUNT: Final = """
INSERT INTO people_lockout (key, failures, last_at, until) VALUES (%(key)s, 1, %(now)s, NULL)
ON CONFLICT (key) DO UPDATE SET last_at = %(now)s,
  failures = CASE WHEN people_lockout.last_at < %(since)s THEN 1 ELSE LEAST(people_lockout.failures + 1, 9999) END,
  until = CASE WHEN people_lockout.last_at >= %(since)s AND people_lockout.failures + 1 >= %(most)s THEN %(until)s
    ELSE people_lockout.until END
"""


def _key(kind: str, value: str) -> str:
    return f"{kind}:{vault.blind(value.strip().casefold()).hex()}"


def check_open(*, name: str, address: str) -> None:
    """Refuse (`locked`, 429) while the name or the address is locked."""
    now = timezone.now()
    keys = [_key("name", name), _key("address", address)]
    until = Lockout.objects.filter(key__in=keys, until__gt=now).order_by("-until").values_list("until", flat=True)
    latest = until.first()
    if latest is not None:
        raise Refused("locked", minutes=max(1, -(-int((latest - now).total_seconds()) // 60)))


def count_failure(*, name: str, address: str) -> None:
    """A sign-in failed; the last one too many closes the door."""
    now = timezone.now()
    kinds = [("name", name, BY_NAME), ("address", address, BY_ADDRESS)]
    with connection.cursor() as cursor:
        for kind, value, most in sorted(kinds):
            facts: dict[str, Any] = {
                "key": _key(kind, value),
                "now": now,
                "since": now - WINDOW,
                "until": now + WINDOW,
                "most": most,
            }
            cursor.execute(_COUNT, facts)


def forget_failures(*, name: str) -> None:
    """The right person has signed in; the address keeps its count."""
    Lockout.objects.filter(key=_key("name", name)).delete()


def drop_old() -> int:
    """Failures of more than a day ago are nobody's business; gives how many went."""
    return Lockout.objects.filter(last_at__lt=timezone.now() - dt.timedelta(days=1)).delete()[0]

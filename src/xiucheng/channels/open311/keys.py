"""API keys (开放接口密钥): given and taken back by the security administrator, counted by the day."""

import hashlib
import secrets
from typing import Final

from django.db import connection

from xiucheng.audit.actions import record_change
from xiucheng.channels.open311.faults import Fault
from xiucheng.channels.open311.models import Key
from xiucheng.city import clock
from xiucheng.people.models import Account
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused

PREFIX: Final = "o311_"
_SPEND: Final = """
UPDATE channel_open311_key SET used = CASE WHEN day = %(day)s THEN used + 1 ELSE 1 END, day = %(day)s
WHERE digest = %(digest)s AND revoked_at IS NULL RETURNING id, used, quota
"""
INVALID: Final = (403, "api_key 无效或没有给出。", "The api_key is missing or not valid.")


def digest(key: str) -> bytes:
    """What is kept of a key: 256 random bits need no salt."""
    return hashlib.sha256(key.encode()).digest()


def give(*, by: Account, name: str, quota: int) -> str:
    """Make a key (发放密钥); only the security administrator may. It is shown this once."""
    if "security_admin" not in holder(by).posts:
        raise Refused("no_post")
    key = PREFIX + secrets.token_urlsafe(32)
    row = Key.objects.create(name=name[:80], digest=digest(key), quota=quota, made_by=by.pk, made_at=clock.now())
    after = {"name": row.name, "quota": quota}
    record_change(account_id=by.pk, table="channel_open311_key", key=str(row.pk), act="give", before={}, after=after)
    return key


def take_back(*, by: Account, key: Key) -> bool:
    """A key works no longer (收回密钥); False when it was taken back before."""
    if "security_admin" not in holder(by).posts:
        raise Refused("no_post")
    if not Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()):
        return False
    record_change(account_id=by.pk, table="channel_open311_key", key=str(key.pk), act="take_back", before={}, after={})
    return True


def spend(key: str) -> int:
    """Count one request of this key and give whose it is; raises 403 for one that is not ours, 429 beyond its quota."""
    if not key:
        raise Fault(*INVALID)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"digest": digest(key), "day": clock.today()})
        found = cursor.fetchone()
    if found is None:
        raise Fault(*INVALID)
    number, used, quota = found
    if used > quota:
        raise Fault(429, f"今天的 {quota} 次已用完，请明天再试。", f"The {quota} requests of today are used up.")
    return int(number)


def whose(key: str) -> int | None:
    """Whose key it is, without counting: who asks with his key sees his own requests before they are public."""
    found = (
        Key.objects.filter(digest=digest(key), revoked_at=None).values_list("pk", flat=True).first() if key else None
    )
    return int(found) if found is not None else None

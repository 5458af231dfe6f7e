"""Give and take back tokens (发放、收回令牌)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from xiucheng.api.models import Token
from xiucheng.audit.actions import record_change
from xiucheng.city import clock
from xiucheng.people.models import Account
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused

PREFIX: Final = "xc_"


def digest(token: str) -> bytes:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def give_token(
    *, by: Account, account: Account, name: str, posts: Sequence[str] = (), expires_at: dt.datetime | None = None
) -> str:
    """Make a token that acts as `account` (发放令牌); only the security administrator may. It is shown this once."""
    if "security_admin" not in holder(by).posts:
        raise Refused("no_post")
    token = PREFIX + secrets.token_urlsafe(32)
    row = Token.objects.create(
        name=name[:80],
        digest=digest(token),
        account=account,
        posts=list(posts),
        made_by=by.pk,
        made_at=clock.now(),
        expires_at=expires_at,
    )
    until = expires_at.isoformat() if expires_at else None
    after = {"name": row.name, "account": account.pk, "posts": list(posts), "expires_at": until}
    record_change(account_id=by.pk, table="api_token", key=str(row.pk), act="give", before={}, after=after)
    return token


def take_back(*, by: Account, token: Token) -> bool:
    """A token works no longer (收回令牌); False when it was taken back before."""
    if "security_admin" not in holder(by).posts:
        raise Refused("no_post")
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        return False
    record_change(account_id=by.pk, table="api_token", key=str(token.pk), act="take_back", before={}, after={})
    return True

"""The stable token (接口凭证): one process fetches it while the others wait (row lock), each remembers it until it gets old.

WeChat gives the same token to everybody who asks while it is good, and a new one five minutes before its end. It is forced only
where a token that should be good is refused: 20 times a day at most, 30 seconds apart.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from django.db import connection

from xiucheng.channels.wechat import client
from xiucheng.channels.wechat.account import NAME, Account
from xiucheng.channels.wechat.client import PeerError
from xiucheng.intake.actions import states
from xiucheng.intake.actions.states import Memory
from xiucheng.intake.numbers import limits

DAY: Final = 86400.0
_known: Final[dict[str, tuple[str, float]]] = {}
_lock: Final = threading.Lock()
Answer = TypeVar("Answer")


def forget() -> None:
    """This process remembers no token."""
    _known.clear()


def token(account: Account, stale: str = "") -> str:
    """A token that is not `stale`. Raises PeerError."""
    found, until = _known.get(account.appid, ("", 0.0))
    if found and found != stale and until > time.time():
        return found
    with _lock:
        found, until = _known.get(account.appid, ("", 0.0))
        if found and found != stale and until > time.time():
            return found
        try:
            with states.held(NAME) as memory:
                found, until = _from(memory, account, stale)
        finally:
            if not connection.in_atomic_block:
                connection.close()  # senders live long and seldom need one
        _known[account.appid] = (found, until)
        return found


def _from(memory: Memory, account: Account, stale: str) -> tuple[str, float]:
    """The one that another process has fetched, else a new one."""
    kept = memory.secret.get("token") or {}
    if kept.get("appid") == account.appid and kept["token"] != stale and kept["until"] > time.time():
        return kept["token"], kept["until"]
    found = _ask(account, force=False)
    if found["access_token"] == stale and _may_force(memory):
        memory.cursor["forced"] = [*memory.cursor["forced"], time.time()]
        found = _ask(account, force=True)
    until = time.time() + float(found.get("expires_in") or 0) - limits(NAME)["token_early_seconds"]
    memory.secret["token"] = {"appid": account.appid, "token": found["access_token"], "until": until}
    return found["access_token"], until


def _may_force(memory: Memory) -> bool:
    numbers, now = limits(NAME), time.time()
    forced = [at for at in memory.cursor.get("forced", []) if at > now - DAY]
    memory.cursor["forced"] = forced
    return len(forced) < numbers["force_a_day"] and (not forced or forced[-1] < now - numbers["force_apart_seconds"])


def _ask(account: Account, *, force: bool) -> dict[str, Any]:
    body = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret, "force_refresh": force}
    found = client.call(account, "/cgi-bin/stable_token", {}, body)
    if not isinstance(found.get("access_token"), str):
        raise PeerError("unknown")
    return found


def call(
    account: Account, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One call with the token; a refused token is renewed once. Raises PeerError."""
    return _twice(account, lambda mine: client.call(account, path, {"access_token": mine, **(query or {})}, body))


def fetch(account: Account, path: str, query: Mapping[str, str]) -> bytes:
    """The same for a file."""
    return _twice(account, lambda mine: client.fetch(account, path, {"access_token": mine, **query}))


def _twice(account: Account, ask: Callable[[str], Answer]) -> Answer:
    mine = token(account)
    try:
        return ask(mine)
    except PeerError as refused:
        if refused.outcome != "refresh_token":
            raise
    return ask(token(account, stale=mine))

"""The chain of history (校验链): each row's hash covers the row before, so that nothing can be taken out unseen."""

import datetime as dt
import hashlib
from typing import Any

import orjson


def plain(value: Any) -> Any:
    """A value as history keeps it: moments in UTC ISO form."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, frozenset | set | tuple):
        return sorted(value) if isinstance(value, frozenset | set) else list(value)
    return value


def digest(previous: bytes, row: dict[str, Any]) -> bytes:
    """SHA-256 over the previous hash and the row's content in one canonical form (keys sorted)."""
    return hashlib.sha256(previous + orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).digest()


def genesis(token: str) -> bytes:
    """Where the chain of a case begins: its first report's tracking code."""
    return hashlib.sha256(token.encode()).digest()

"""The signature under a message of the web service (签名), both ways: HMAC-SHA256 over the time and the body as they are sent. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

TIME: Final = "X-Timestamp"
MARK: Final = "X-Signature"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Sixty-four hexadecimal digits over `timestamp`, a line break and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def headers(secret: str, now: float, body: bytes) -> dict[str, str]:
    """What goes along with a body that is sent now."""
    timestamp = str(int(now))
    return {TIME: timestamp, MARK: sign(secret, timestamp, body), "Content-Type": "application/json; charset=utf-8"}


def fault(secret: str, given: Mapping[str, str], body: bytes, now: float, window: float) -> str:
    """What is wrong with a message: `unsigned`, `stale` or `forged`; empty if nothing is."""
    timestamp, mark = given.get(TIME, ""), given.get(MARK, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and mark):
        return "unsigned"
    if abs(now - int(timestamp)) > window:
        return "stale"
    good = hmac.compare_digest(sign(secret, timestamp, body).encode(), mark.lower().encode("utf-8", "replace"))
    return "" if good and secret else "forged"

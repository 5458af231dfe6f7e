"""Signed JSON between systems (签名报文): who sent it, when, and that nothing was changed on the way. Pure.

`X-Key-Id` says whose key, `X-Timestamp` seconds since 1970, `X-Signature` the hex HMAC-SHA256 of `timestamp.body` under that key.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from xiucheng.rules.refusals import Refused

KEY_ID: Final = "X-Key-Id"
STAMP: Final = "X-Timestamp"
SIGNATURE: Final = "X-Signature"
SHORTEST_SECRET: Final = 16


def signature(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a body that is sent at `stamp`."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def headers(key_id: str, secret: str, body: bytes, now: float) -> dict[str, str]:
    """What goes with a body."""
    stamp = str(int(now))
    return {KEY_ID: key_id, STAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


def check(secret: str, given: Mapping[str, str], body: bytes, now: float, window: float) -> None:
    """Raises `bad_signature` or, only where the signature is right, `stale_request`. A secret that is too short lets nobody in."""
    stamp, signed = given.get(STAMP, ""), given.get(SIGNATURE, "").lower()
    right = signature(secret, stamp, body)
    if len(secret) < SHORTEST_SECRET or not hmac.compare_digest(signed.encode(), right.encode()):
        raise Refused("bad_signature")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or abs(now - int(stamp)) > window:
        raise Refused("stale_request", seconds=int(window))

"""Say something to 12345's web service (回传): one signed JSON POST, and what its answer means for the notice."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import orjson

from xiucheng.channels.order12345 import seal
from xiucheng.intake import post as posting
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Receipt

LATER: Final = frozenset({408, 425, 429})


def post(account: Mapping[str, Any], content: Mapping[str, Any], now: float | None = None) -> Receipt:
    """Send it. What may have arrived is `unknown`; their side knows a second copy by its `id`. Nobody is sent on to another address."""
    url, secret = str(account.get("url", "")), str(account.get("secret", ""))
    if not url.startswith(("https://", "http://")):
        return Receipt("failed", "no address for results: they go by sheet")
    body = orjson.dumps(dict(content))
    signed = seal.headers(secret, time.time() if now is None else now, body)
    try:
        reply = posting.post(url, body, signed, limits("order12345")["timeout_seconds"])
    except posting.NotSent as fault:
        return Receipt("failed", f"no connection: {fault}", again=True)
    except posting.NoAnswer as fault:
        return Receipt("unknown", f"no answer: {fault}", again=True)
    if reply.status // 100 != 2:
        return Receipt("failed", f"HTTP {reply.status}", again=reply.status >= 500 or reply.status in LATER)
    return _meant(reply.body)


def _meant(body: bytes) -> Receipt:
    """`{"code": 0}` is taken; another code is a refusal that another try does not mend."""
    try:
        code = json.loads(body).get("code")
    except (ValueError, AttributeError, RecursionError):
        return Receipt("unknown", "the answer is no JSON object", again=True)
    return Receipt("delivered") if code in (0, "0") else Receipt("failed", f"code {str(code)[:20]}")

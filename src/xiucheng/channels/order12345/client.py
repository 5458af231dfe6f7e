"""Say something to 12345's web service (回传): one signed JSON POST, and what its answer means for the notice."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

import orjson

from xiucheng.channels.order12345 import seal
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Receipt

ANSWER_MOST: Final = 100_000
LATER: Final = frozenset({408, 425, 429})


def post(account: Mapping[str, Any], content: Mapping[str, Any], now: float | None = None) -> Receipt:
    """Send it. What may have arrived is `unknown`; their side knows a second copy by its `id`."""
    url, secret = str(account.get("url", "")), str(account.get("secret", ""))
    if not url.startswith(("https://", "http://")):
        return Receipt("failed", "no address for results: they go by sheet")
    body = orjson.dumps(dict(content))
    signed = seal.headers(secret, time.time() if now is None else now, body)
    asked = urllib.request.Request(url, body, signed, method="POST")  # noqa: S310 - only http and https, checked above
    try:
        with urllib.request.urlopen(asked, timeout=limits("order12345")["timeout_seconds"]) as answer:  # noqa: S310
            return _meant(answer.read(ANSWER_MOST))
    except urllib.error.HTTPError as wrong:
        with wrong:
            return Receipt("failed", f"HTTP {wrong.code}", again=wrong.code >= 500 or wrong.code in LATER)
    except urllib.error.URLError as wrong:
        if isinstance(wrong.reason, ConnectionRefusedError | TimeoutError):
            return Receipt("failed", f"no connection: {type(wrong.reason).__name__}", again=True)
        return Receipt("unknown", f"no answer: {type(wrong.reason).__name__}", again=True)
    except (OSError, http.client.HTTPException) as wrong:
        return Receipt("unknown", f"no answer: {type(wrong).__name__}", again=True)


def _meant(body: bytes) -> Receipt:
    """`{"code": 0}` is taken; another code is a refusal that another try does not mend."""
    try:
        code = json.loads(body).get("code")
    except (ValueError, AttributeError, UnicodeDecodeError):
        return Receipt("unknown", "the answer is no JSON object", again=True)
    return Receipt("delivered") if code in (0, "0") else Receipt("failed", f"code {str(code)[:20]}")

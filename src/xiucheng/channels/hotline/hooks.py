"""The hook of the CTI gateway (话务网关): verify, keep, let the desk know of a ring, answer; the rest is the worker's.

Headers `X-Timestamp` (seconds) and `X-Signature` (see `codec.sign`). A ring is folded in before the answer, because a
screen must show it within 300 ms; the worker folds it once more, which changes nothing.
"""

import contextlib
import time
from typing import Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.channel import NAME, understood
from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.actions import incoming
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

ANSWERS: Final = {401: "signature", 404: "off", 413: "too large"}


@csrf_exempt
@require_POST
def event(request: HttpRequest) -> JsonResponse:
    """One event of one call."""
    account, numbers = accounts.account(NAME), limits(NAME)
    secret = str((account or {}).get("secret", ""))
    if account is None or len(secret) < calls.SECRET_LEAST:
        return _no(404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > numbers["body_bytes"]:
        return _no(413)
    body = request.body
    stamp, given = (request.headers.get(name, "") for name in ("X-Timestamp", "X-Signature"))
    if not codec.signed(secret, stamp, body, given, now=time.time(), seconds=numbers["signature_seconds"]):
        return _no(401)
    return JsonResponse({"ok": True, "again": not take(body)})


def take(raw: bytes) -> bool:
    """Keep one event of a telephone system that is believed; a ring goes to the desk at once. False when it was there."""
    fresh = incoming.keep(NAME, codec.key_of(raw), raw)
    if fresh:
        with contextlib.suppress(Refused):  # told to people by the worker
            heard = understood(raw, clock.now())
            if heard.kind == "ring":
                calls.apply(heard)
    return fresh


def _no(status: int) -> JsonResponse:
    return JsonResponse({"ok": False, "error": ANSWERS[status]}, status=status)

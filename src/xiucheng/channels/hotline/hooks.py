"""The hook of the CTI gateway (话务网关): verify, keep, answer. Headers `X-Timestamp` (seconds) and `X-Signature` (`codec.sign`)."""

import time
from typing import Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.inlet import NAME, take
from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits

ANSWERS: Final = {401: "signature", 404: "off", 413: "too large", 503: "busy"}


def busy(_request: HttpRequest) -> JsonResponse:
    """Nothing can be kept just now: the gateway sends it again."""
    return _no(503)


@csrf_exempt
@require_POST
def event(request: HttpRequest) -> JsonResponse:
    """One event of one call."""
    account, numbers = accounts.account(NAME), limits(NAME)
    secret = str((account or {}).get("secret", ""))
    if account is None or len(secret) < calls.SECRET_LEAST:
        return _no(404)
    body = request.read(numbers["body_bytes"] + 1)
    if len(body) > numbers["body_bytes"]:
        return _no(413)
    stamp, given = (request.headers.get(name, "") for name in ("X-Timestamp", "X-Signature"))
    if not codec.signed(secret, stamp, body, given, now=time.time(), seconds=numbers["signature_seconds"]):
        return _no(401)
    return JsonResponse({"ok": True, "again": not take(body)})


def _no(status: int) -> JsonResponse:
    return JsonResponse({"ok": False, "error": ANSWERS[status]}, status=status)

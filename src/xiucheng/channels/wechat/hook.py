"""Where WeChat calls us (微信回调): verify, decrypt, keep, answer `success` at once; everything else is the worker's.

What an account reports of a phone's way (`LOCATION`) and of opened menu links (`VIEW`) is not kept: nobody asked to be followed.
"""

import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from xiucheng.channels.wechat import codec
from xiucheng.channels.wechat.account import NAME, Account, BadAccountError, here
from xiucheng.channels.wechat.codec import Fields
from xiucheng.intake.actions import incoming
from xiucheng.intake.numbers import limits

NOT_KEPT: Final = frozenset({"LOCATION", "VIEW"})
logger = logging.getLogger("xiucheng.channels.wechat")


def _say(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def busy(_request: HttpRequest) -> HttpResponse:
    """Nothing can be kept just now: anything but `success` makes the platform send it again."""
    return _say("", 503)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest) -> HttpResponse:
    """The one address: GET proves that it is ours, POST brings a message."""
    try:
        account = here()
    except BadAccountError as wrong:
        logger.warning("account: %s", wrong)
        account = None
    if account is None:
        return _say("", 404)
    given = {name: request.GET.get(name, "") for name in ("signature", "timestamp", "nonce")}
    if not codec.genuine(given["signature"], account.token, given["timestamp"], given["nonce"]):
        logger.warning("a call whose signature does not fit")
        return _say("", 403)
    if request.method == "GET":
        return _say(request.GET.get("echostr", ""))
    return _take(request, account)


def _take(request: HttpRequest, account: Account) -> HttpResponse:
    try:
        raw = _opened(request, account)
        fields = codec.read(raw, limits(NAME)["body_most"])
        key = key_of(fields)
    except codec.NotGenuineError as wrong:
        logger.warning("a push that is not for this account: %s", wrong)
        return _say("", 403)
    except codec.MalformedError as wrong:
        logger.warning("a push that cannot be read: %s", wrong)
        return _say("", 400)
    if fields.get("Event") not in NOT_KEPT:
        said = fields.get("Content") or fields.get("Recognition")
        words = said if isinstance(said, str) else ""
        incoming.keep(NAME, key, raw, account=account.appid, sender=str(fields["FromUserName"]), words=words)
    return _say("success")


def _opened(request: HttpRequest, account: Account) -> bytes:
    """The message in clear. With a key only safe mode counts: a clear signature does not cover the message."""
    most = limits(NAME)["body_most"]
    body = request.read(most + 1)
    if not account.aes_key:
        return body
    encrypted = codec.read(body, most).get("Encrypt")
    if not isinstance(encrypted, str):
        raise codec.MalformedError("not encrypted")
    given = request.GET.get("msg_signature", "")
    if not codec.genuine(
        given, account.token, request.GET.get("timestamp", ""), request.GET.get("nonce", ""), encrypted
    ):
        raise codec.NotGenuineError("msg_signature")
    return codec.Safe(account.aes_key, account.appid).unlock(encrypted)


def key_of(fields: Fields) -> str:
    """What makes a message itself: its id, else sender, time and event. Raises MalformedError."""
    if not isinstance(fields.get("FromUserName"), str) or not fields["FromUserName"]:
        raise codec.MalformedError("no sender")
    message = fields.get("MsgId")
    if isinstance(message, str) and message:
        return message
    if not fields.get("Event"):
        raise codec.MalformedError("neither message nor event")
    parts = (fields.get(name) for name in ("FromUserName", "CreateTime", "Event", "EventKey", "MsgID"))
    return ":".join(part if isinstance(part, str) else "" for part in parts)

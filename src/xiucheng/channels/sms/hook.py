"""What the gateway sends (短信上行、回执): signed, kept before it is answered, worked off later."""

import hashlib
import time

from django.http import HttpRequest, HttpResponse

from xiucheng.audit import vault
from xiucheng.channels.sms import codec
from xiucheng.intake import accounts, door, signed
from xiucheng.intake.actions import incoming
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

NAME = "sms"


@door.posted
def messages(request: HttpRequest) -> HttpResponse:
    """One message of a resident, or one part of it. The same id counts once."""
    raw = _verified(request)
    part = codec.part(raw)
    account = str((accounts.account(NAME) or {}).get("key_id", ""))
    incoming.keep(NAME, key(part), raw, account=account, sender=part.sender, words=part.text)
    return door.answer({"code": "ok"})


@door.posted
def receipts(request: HttpRequest) -> HttpResponse:
    """What became of messages that went out, up to 500 at once."""
    raw = _verified(request)
    found = codec.record(raw).get("receipts")
    if not isinstance(found, list) or not found:
        raise Refused("missing", field="receipts")
    most = limits(NAME)["most_receipts"]
    if len(found) > most:
        raise Refused("too_long", field="receipts", most=most)
    if not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) and one.get("status") in STATUS for one in found
    ):
        raise Refused("bad_field", field="receipts", why="每条要有 id 和 status（delivered 或 failed）")
    account = str((accounts.account(NAME) or {}).get("key_id", ""))
    incoming.keep(NAME, f"receipts:{hashlib.sha256(raw).hexdigest()}", raw, account=account)
    return door.answer({"code": "ok"})


STATUS = frozenset({"delivered", "failed"})


def key(part: codec.Part) -> str:
    """The gateway's id; parts of one long message begin alike, so that they find each other."""
    return f"one:{part.id}" if part.of == 1 else f"{together(part)}{part.n}:{part.id}"


def together(part: codec.Part) -> str:
    """How the keys of all parts of this message begin."""
    return f"long:{vault.blind(part.sender).hex()}:{part.ref}:{part.of}:"


def _verified(request: HttpRequest) -> bytes:
    account = accounts.account(NAME)
    if account is None:
        raise Refused("channel_off")
    numbers = limits(NAME)
    raw = door.body(request, numbers["most_bytes"])
    if request.headers.get(signed.KEY_ID) != account.get("key_id"):
        raise Refused("bad_signature")
    signed.check(str(account.get("secret", "")), request.headers, raw, time.time(), numbers["window_seconds"])
    return raw

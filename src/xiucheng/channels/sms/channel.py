"""Hand a short message to the gateway (发短信) and say in the house's words what became of it."""

import time
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.conf import settings

from xiucheng.channels.sms import codec, quota
from xiucheng.intake import accounts, post, signed
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt
from xiucheng.rules.refusals import Refused

NAME: Final = "sms"
NEEDED: Final = ("url", "key_id", "secret")


class Sms:
    """The way out `sms`."""

    name = NAME

    def ready(self) -> bool:
        """Switched on with all that sending needs."""
        account = accounts.account(NAME)
        return account is not None and all(account.get(name) for name in NEEDED)

    def send(self, message: Message) -> Receipt:
        """One message; the notice's key is its id, so that a second sending is known as such."""
        account = accounts.account(NAME)
        if account is None or not self.ready():
            return Receipt("failed", "sms is not set up")
        try:
            to = codec.number(message.address)
        except Refused:
            return Receipt("failed", "refused_recipient no number")
        return hand_over(account, message.key, to, message.text, urgent=message.urgent)


def hand_over(account: Mapping[str, Any], key: str, to: str, words: str, *, urgent: bool = False) -> Receipt:
    """One POST, signed, within what the district pays for; what the gateway answers in the house's words."""
    numbers = limits(NAME)
    text = codec.written(words, str(account.get("sign", "")))
    parts = codec.split(text)
    if len(parts) > numbers["most_parts"]:
        return Receipt("failed", "refused_content too long")
    if wait := quota.take(len(parts), urgent=urgent):
        return Receipt("failed", "quota is used up", wait=wait)
    said = _post(account, key, to, text, len(parts))
    if said.result == "failed":
        quota.give_back(len(parts))
    return said


def _post(account: Mapping[str, Any], key: str, to: str, text: str, parts: int) -> Receipt:
    callback = f"{settings.PUBLIC_ADDRESS.rstrip('/')}/hook/sms/receipts"
    body = orjson.dumps({"id": key, "to": to, "text": text, "parts": parts, "receipt": callback})
    headers = signed.headers(str(account["key_id"]), str(account["secret"]), body, time.time())
    try:
        reply = post.post(str(account["url"]), body, headers, limits(NAME)["timeout_seconds"])
    except post.NotSent as fault:
        return Receipt("failed", f"no connection: {fault}", again=True)
    except post.NoAnswer as fault:
        return Receipt("unknown", f"no answer: {fault}", again=True)
    return receipt(reply, account)


def receipt(reply: post.Reply, account: Mapping[str, Any]) -> Receipt:
    """Status and code into one of: accepted, retry_later, refused_recipient, refused_content, broken_config."""
    if reply.status == 429 or reply.status >= 500:
        return Receipt("failed", f"retry_later {reply.status}", again=True)
    if reply.status in {401, 403, 404, 405} or reply.status // 100 == 3:
        return Receipt("failed", f"broken_config {reply.status}")
    code = _code(reply.body)
    if code is None:
        return Receipt("unknown", f"an answer that nobody can read {reply.status}", again=True)
    outcome = {**limits(NAME)["outcomes"], **account.get("codes", {})}.get(code)
    if outcome == "accepted":
        return Receipt("accepted", code[:40])
    return Receipt("failed", f"{outcome or 'refused_content'} {code[:40]}", again=outcome == "retry_later")


def _code(body: bytes) -> str | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    code = found.get("code") if isinstance(found, dict) else None
    return str(code) if isinstance(code, str | int) else None

"""The way out (发消息): a customer-service message while the window is open, else a template or subscribe message, else not by WeChat.

A customer-service message has no key of its own at WeChat: what may have arrived is not sent again, the ladder goes on instead.
A template message carries one (`client_msg_id`), so that sending it again is harmless.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping
from typing import Any, Final

from xiucheng.channels.wechat import tokens
from xiucheng.channels.wechat.account import NAME, Account, BadAccountError, here
from xiucheng.channels.wechat.client import PeerError
from xiucheng.city import clock
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt
from xiucheng.notices.texts import progress_link
from xiucheng.rules.workflow import STATES

AGAIN: Final = frozenset({"retry_later", "unreachable", "refresh_token"})
logger = logging.getLogger("xiucheng.channels.wechat")


class Sender:
    """The channel `wechat`."""

    name = NAME

    def together(self) -> int:
        """Five messages in two days: what follows within this time is told with it (seconds)."""
        return int(limits(NAME)["together_seconds"])

    def send(self, message: Message) -> Receipt:
        """One message to one openid."""
        try:
            account = here()
        except BadAccountError:
            account = None
        if account is None:
            return Receipt("failed", "switched off")
        if not message.address:
            return Receipt("failed", "no address")
        if open_still(message.facts):
            said = _custom(account, message)
            if said is not None:
                return said
        return _formal(account, message)


def open_still(facts: Mapping[str, Any]) -> bool:
    """Whether we may still write freely, as far as we know."""
    until = facts.get("reply_until")
    return not until or dt.datetime.fromisoformat(str(until)) > clock.now()


def _custom(account: Account, message: Message) -> Receipt | None:
    """None where the window turns out to be over."""
    body = {"touser": message.address, "msgtype": "text", "text": {"content": cut(message.text)}}
    try:
        tokens.call(account, "/cgi-bin/message/custom/send", body)
    except PeerError as trouble:
        return None if trouble.outcome == "window_over" else _receipt(trouble, resend=False)
    return Receipt("delivered", "message")


def _formal(account: Account, message: Message) -> Receipt:
    """A template message, else a subscribe message, as far as the account has them; nothing of the kind for a word of a talk."""
    if message.recipient_kind == "talk":
        return Receipt("failed", "window over")
    said = Receipt("failed", "window over, no template")
    for kind, path in (
        ("template", "/cgi-bin/message/template/send"),
        ("subscribe", "/cgi-bin/message/subscribe/bizsend"),
    ):
        form = getattr(account, kind)
        if not form.get("id"):
            continue
        body = {"touser": message.address, "template_id": form["id"], "data": _data(form, message)}
        link = progress_link(str(message.facts.get("token", "")))
        body |= {"url": link, "client_msg_id": repeat(message.key)} if kind == "template" else {"page": link}
        try:
            found = tokens.call(account, path, body)
        except PeerError as trouble:
            said = _receipt(trouble, resend=kind == "template")
            if said.again or said.result == "unknown":
                return said
            continue
        number = found.get("msgid")  # without one no receipt will find its message: nothing more will be told
        return Receipt("accepted", f"{kind} {number}") if number else Receipt("delivered", kind)
    return said


def _receipt(trouble: PeerError, *, resend: bool) -> Receipt:
    if trouble.outcome == "broken_config":
        logger.warning("wechat refuses this account: %s", trouble.code)
    if trouble.outcome == "unknown":
        return Receipt("unknown", "no answer", again=resend)
    return Receipt("failed", str(trouble), again=trouble.outcome in AGAIN)


def repeat(key: str) -> str:
    """The notice's key as WeChat takes it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def cut(text: str) -> str:
    """As much as one message holds."""
    most, raw = limits(NAME)["text_most_bytes"], text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode(errors="ignore") + "…"


def _data(form: Mapping[str, Any], message: Message) -> dict[str, dict[str, str]]:
    """The template's own fields from ours, each as long as its kind allows (`thing3` is a `thing`)."""
    state = STATES.get(str(message.facts.get("state")))
    ours = {
        "subject": message.subject,
        "number": str(message.facts.get("number") or ""),
        "state": state.zh if state else "办理中",
        "time": (message.created_at or clock.now()).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M"),
    }
    numbers = limits(NAME)
    found = {}
    for theirs, name in (form.get("fields") or {}).items():
        most = numbers.get(f"{theirs.rstrip('0123456789')}_most", 60)
        found[str(theirs)] = {"value": ours.get(str(name), str(name))[:most] or "—"}
    return found

"""Hand a stage or a count to a partner (回传): signed JSON, once by its id; what he answers in the house's words."""

import time
from collections.abc import Mapping
from typing import Any, Final

import orjson

from xiucheng.channels.hook.partners import NAME, Partner, partners
from xiucheng.intake import post, signed
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt

GOOD: Final = frozenset({"ok", "duplicate"})


class Hook:
    """The way out `hook`: a notice's address holds the partner and what he is told."""

    name = NAME

    def ready(self) -> bool:
        """Switched on, with a partner who listens."""
        return any(partner.url for partner in partners().values())

    def send(self, message: Message) -> Receipt:
        """One stage to one partner."""
        partner = partners().get(message.recipient_key)
        if partner is None or not partner.url:
            return Receipt("failed", "the partner is switched off", again=True)
        return hand_over(partner, orjson.loads(message.address))


def hand_over(partner: Partner, body: Mapping[str, Any]) -> Receipt:
    """One POST and what became of it."""
    reply = exchange(partner, body)
    return reply if isinstance(reply, Receipt) else Receipt("delivered", "ok")


def exchange(partner: Partner, body: Mapping[str, Any]) -> dict[str, Any] | Receipt:
    """The partner's answer as a record, or the receipt of what went wrong.

    Nothing else leads there, so whatever time may heal is tried again, a wrong key or address too.
    """
    raw = orjson.dumps(body)
    headers = signed.headers(partner.id, partner.secret, raw, time.time())
    try:
        reply = post.post(partner.url, raw, headers, limits(NAME)["timeout_seconds"])
    except post.NotSent as fault:
        return Receipt("failed", f"no connection: {fault}", again=True)
    except post.NoAnswer as fault:
        return Receipt("unknown", f"no answer: {fault}", again=True)
    if reply.status == 429 or reply.status >= 500:
        return Receipt("failed", f"retry_later {reply.status}", again=True)
    if reply.status in {401, 403, 404, 405} or reply.status // 100 == 3:
        return Receipt("failed", f"broken_config {reply.status}", again=True)
    try:
        found = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        return Receipt("unknown", f"an answer that nobody can read {reply.status}", again=True)
    code = str(found.get("code", ""))
    return found if code in GOOD else Receipt("failed", f"refused_content {reply.status} {code[:40]}")

"""Answers on Weibo (答复): a private message inside the window, or a few public words under the post where a person switched that on.

A public answer never carries the link or the tracking code: whoever reads them could act as the reporter.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import orjson

from xiucheng.channels.weibo import client
from xiucheng.city import clock
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt

PUBLIC: Final = "{subject}。详情请私信我们。"
BUSY: Final = frozenset({10022, 10023, 10024, 20016, 20019})
MEANING: Final[Mapping[int, str]] = {20101: "the post is gone", 20003: "no such user", 21335: "outside the window"}


class Sender:
    """The channel `weibo`; addresses are `dm:UID`, `post:ID` or `post:ID:COMMENT`."""

    name = "weibo"

    def send(self, message: Message) -> Receipt:
        """One answer."""
        if not client.account():
            return Receipt("failed", "the channel is off")
        way, _, rest = message.address.partition(":")
        try:
            if way == "dm":
                return self._private(message, rest)
            return self._public(message, rest) if way == "post" else Receipt("failed", "no address")
        except client.SpentError:
            return Receipt("failed", "quota of the day is used up", again=True)
        except client.WeiboError as wrong:
            return _refused(wrong)

    def _private(self, message: Message, uid: str) -> Receipt:
        until = str(message.facts.get("reply_until") or "")
        if until and dt.datetime.fromisoformat(until) < clock.now():
            return Receipt("failed", "outside the window")
        text = message.text[: int(limits("weibo")["private_text"])]
        data = orjson.dumps({"text": text}).decode()
        client.post(
            "messages/reply.json",
            {"type": "text", "data": data, "receiver_id": uid, "save_sender_box": "1"},
            messages=True,
        )
        return Receipt("delivered")

    def _public(self, message: Message, rest: str) -> Receipt:
        if not client.account().get("public_answers"):
            return Receipt("failed", "public answers are switched off")
        post, _, comment = rest.partition(":")
        text = PUBLIC.format(subject=message.subject)[: int(limits("weibo")["comment_text"])]
        path = "comments/reply.json" if comment else "comments/create.json"
        client.post(path, {"id": post, "comment": text, **({"cid": comment} if comment else {})})
        return Receipt("delivered")


def _refused(wrong: client.WeiboError) -> Receipt:
    """Weibo knows no copy of an answer: what may stand there already is not sent again."""
    if wrong.done:
        return Receipt("unknown", f"no answer: {wrong}"[:80])
    if wrong.code == 0:
        return Receipt("failed", f"no answer: {wrong}"[:80], again=True)
    if wrong.code in BUSY:
        return Receipt("failed", f"{wrong.code} busy", again=True)
    if wrong.code in client.TOKEN:
        return Receipt("failed", f"{wrong.code} the token has run out: get a new one")
    return Receipt("failed", f"{wrong.code} {MEANING.get(wrong.code, '')}".strip())

"""What a kept push asks for (读消息): a message goes on with its talk, an event does what it stands for."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from xiucheng.channels.wechat import check, codec, conversation, events, media
from xiucheng.channels.wechat.account import NAME, Account, BadAccountError, here
from xiucheng.channels.wechat.codec import Fields
from xiucheng.channels.wechat.conversation import Heard
from xiucheng.channels.wechat.sentences import SENTENCES
from xiucheng.channels.wechat.talk import Said
from xiucheng.city import clock
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Arrived, Later, Proof, Worked
from xiucheng.rules.refusals import Refused

AHEAD: Final = dt.timedelta(minutes=5)
OFF: Final = 600.0


class WeChat:
    """The way in `wechat`."""

    name, title = NAME, "微信公众号"

    def work(self, arrived: Arrived) -> Worked:
        """Make of one push what it asks for."""
        fields = codec.read(arrived.raw, limits(NAME)["body_most"])
        heard = Heard(
            arrived.account, text(fields, "FromUserName"), conversation.brief(arrived.once),
            moment(fields) or arrived.received_at,
        )  # fmt: skip
        if text(fields, "MsgType") == "event":
            events.work(fields, heard, arrived)
            return Worked()
        try:
            said = _said(fields)
        except media.LostError:
            conversation.tell(heard, SENTENCES["lost"][0], "lost")
            return Worked()
        except Refused as refused:
            conversation.tell(heard, refused.zh, "refused")
            return Worked()
        if said is None:
            conversation.tell(heard, SENTENCES["unreadable"][0], "unreadable")
            return Worked()
        return Worked(conversation.hear(heard, said))

    def check(self) -> Iterator[Proof]:
        """Prove the real account by hand."""
        return check.proofs()


def text(fields: Fields, name: str) -> str:
    """A field that is text; anything else counts as missing."""
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def moment(fields: Fields) -> dt.datetime | None:
    """When it was said; none where the time makes no sense."""
    said = text(fields, "CreateTime")
    if not said.isdigit() or len(said) > 10:
        return None
    at = dt.datetime.fromtimestamp(int(said), dt.UTC)
    return at if at.year >= 2010 and at <= clock.now() + AHEAD else None


def _said(fields: Fields) -> Said | None:
    """The message as the talk takes it; none for a kind that nobody can read."""
    kind = text(fields, "MsgType")
    if kind == "text":
        return Said(text(fields, "Content")) if text(fields, "Content").strip() else None
    if kind == "link":
        return Said("\n".join(filter(None, (text(fields, name) for name in ("Title", "Description", "Url")))))
    if kind == "location":
        return _location(fields)
    if kind == "image":
        return Said(picture=media.picture(_account(), text(fields, "MediaId")))
    if kind == "voice" and text(fields, "Recognition").strip():
        return Said(text(fields, "Recognition"))
    return None


def _location(fields: Fields) -> Said | None:
    """Location_X is the latitude, and both are GCJ-02."""
    try:
        lat, lng = float(text(fields, "Location_X")), float(text(fields, "Location_Y"))
    except ValueError:
        return None
    inside = -85 <= lat <= 85 and -180 <= lng <= 180
    return Said(point=(lng, lat), label=text(fields, "Label").strip()[:200]) if inside else None


def _account() -> Account:
    try:
        found = here()
    except BadAccountError as wrong:
        raise Later(f"公众号账号不对：{wrong}", OFF) from wrong
    if found is None:
        raise Later("公众号已停用", OFF)
    return found

"""One message as the talk takes it (读一条消息): words, voice, picture, video, place; media are fetched here."""

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from xiucheng.channels.wechat import media
from xiucheng.channels.wechat.account import Account, BadAccountError, here
from xiucheng.channels.wechat.codec import Fields
from xiucheng.channels.wechat.talk import Said
from xiucheng.intake.port import Later
from xiucheng.rules.refusals import Refused

AHEAD: Final = dt.timedelta(minutes=5)
OFF: Final = 600.0


def text(fields: Fields, name: str) -> str:
    """A field that is text; anything else counts as missing."""
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def moment(fields: Fields, arrived_at: dt.datetime) -> dt.datetime:
    """When it was said; where that time makes no sense, when it came: the same again whenever the message is read again."""
    said = text(fields, "CreateTime")
    if not (said.isascii() and said.isdigit()) or len(said) > 10:
        return arrived_at
    at = dt.datetime.fromtimestamp(int(said), dt.UTC)
    return at if at.year >= 2010 and at <= arrived_at + AHEAD else arrived_at


def read(fields: Fields, once: str) -> Said | None:
    """None for a kind that nobody can read. Raises LostError and Refused for media that are none, Later."""
    reader = READERS.get(text(fields, "MsgType"))
    return reader(fields, once) if reader else None


def _words(fields: Fields, _once: str) -> Said | None:
    words = text(fields, "Content")
    return Said(words) if words.strip() else None


def _link(fields: Fields, _once: str) -> Said:
    return Said("\n".join(filter(None, (text(fields, name) for name in ("Title", "Description", "Url")))))


def _location(fields: Fields, _once: str) -> Said | None:
    """Location_X is the latitude, and both are GCJ-02."""
    try:
        lat, lng = float(text(fields, "Location_X")), float(text(fields, "Location_Y"))
    except ValueError:
        return None
    inside = -85 <= lat <= 85 and -180 <= lng <= 180
    return Said(point=(lng, lat), label=text(fields, "Label").strip()[:200]) if inside else None


def _image(fields: Fields, _once: str) -> Said:
    return Said(picture=media.picture(_account(), text(fields, "MediaId")))


def _voice(fields: Fields, once: str) -> Said:
    """Recognised words where the account has them; else the operator listens."""
    if text(fields, "Recognition").strip():
        return Said(text(fields, "Recognition"))
    heard = media.clip(_account(), text(fields, "MediaId"), text(fields, "Format"), once)
    return Said(clip=f"【语音留言，请听：{heard}】")


def _video(fields: Fields, once: str) -> Said:
    """The video for the desk, its first picture for everybody; without the picture it is still a report."""
    seen = media.clip(_account(), text(fields, "MediaId"), "mp4", once)
    first = None
    if thumb := text(fields, "ThumbMediaId"):
        with contextlib.suppress(media.LostError, Refused):
            first = media.picture(_account(), thumb)
    return Said(clip=f"【视频，请看：{seen}】", picture=first)


READERS: Final[Mapping[str, Callable[[Fields, str], Said | None]]] = {
    "text": _words,
    "link": _link,
    "location": _location,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
}


def _account() -> Account:
    try:
        found = here()
    except BadAccountError as wrong:
        raise Later(f"公众号账号不对：{wrong}", OFF) from wrong
    if found is None:
        raise Later("公众号已停用", OFF)
    return found

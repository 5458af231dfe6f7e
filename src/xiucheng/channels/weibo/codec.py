"""Weibo's forms, pure (编解码): the push's signature and body, posts and comments of the poll. No network, no clock."""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

LARGEST: Final = 200_000
_TIME: Final = "%a %b %d %H:%M:%S %z %Y"
_AT: Final = re.compile(r"@[\w\-·]{1,30}[:：]?\s*")
_LINK: Final = re.compile(r"https?://t\.cn/\w+")
PICTURES_MOST: Final = 9


class MalformedError(ValueError):
    """What came is no message of Weibo's."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: `reply` is where an answer goes, `pictures` addresses to fetch, `picture` the number of a private one.

    `below` is what it was written below or passed on: somebody's post, whose words and pictures often are the matter itself.
    """

    key: str
    sender: str
    kind: str
    words: str
    at: dt.datetime
    reply: str
    pictures: tuple[str, ...] = ()
    lng: float | None = None
    lat: float | None = None
    picture: str = ""
    below: "Post | None" = None


@dataclass(frozen=True, slots=True)
class Post:
    """The post that a comment or a repost is about, and who wrote it."""

    author: str
    words: str
    pictures: tuple[str, ...]
    lng: float | None
    lat: float | None


def signature(secret: str, timestamp: str, nonce: str) -> str:
    """SHA-1 of the three in order, put together (hex)."""
    return hashlib.sha1("".join(sorted((secret, timestamp, nonce))).encode(), usedforsecurity=False).hexdigest()


def signed(secret: str, given: Mapping[str, str]) -> bool:
    """Whether a request carries the right signature; compared in constant time."""
    wanted = signature(secret, given.get("timestamp", ""), given.get("nonce", ""))
    return bool(secret) and hmac.compare_digest(wanted.encode(), given.get("signature", "").encode())


def push_key(body: Mapping[str, Any], raw: bytes) -> str:
    """The push has no id: who, when and what it says."""
    return f"push:{body.get('sender_id')}:{body.get('created_at')}:{hashlib.sha256(raw).hexdigest()[:32]}"


def opened(raw: bytes) -> dict[str, Any]:
    """The JSON object of a push or a kept post. Raises `MalformedError`."""
    if len(raw) > LARGEST:
        raise MalformedError("too large")
    try:
        found = orjson.loads(raw)
    except ValueError:
        raise MalformedError("no JSON") from None
    if not isinstance(found, dict):
        raise MalformedError("no object")
    return found


def moment(text: object) -> dt.datetime:
    """`Mon Jul 16 18:09:20 +0800 2012`. Raises `MalformedError`."""
    try:
        return dt.datetime.strptime(str(text), _TIME)  # noqa: DTZ007 - the form has its zone (%z)
    except ValueError:
        raise MalformedError("no time") from None


def plain(text: object) -> str:
    """The words without the names that were called and without short links."""
    return " ".join(_LINK.sub(" ", _AT.sub(" ", str(text or ""))).split())


def empty(words: str) -> bool:
    """Whether a comment only applauds: little pictures, signs, `转发微博`."""
    return not re.sub(r"\[[^\[\]]{1,10}\]|转发微博|[\W_]", "", words)


def pushed(body: Mapping[str, Any]) -> Said:
    """A private message. Types that are not known are of kind `other`."""
    sender = str(body.get("sender_id") or "")
    if not sender.isdecimal():
        raise MalformedError("no sender")
    kind, data = str(body.get("type")), body.get("data")
    facts: Mapping[str, Any] = data if isinstance(data, dict) else {}
    lng, lat = (_degrees(facts.get(name)) for name in ("longitude", "latitude"))
    known = kind if kind in {"text", "position", "image", "voice", "event", "mention"} else "other"
    if known == "event":
        known = f"event:{facts.get('subtype')}"
    words = plain(body.get("text")) if known in {"text", "mention"} else ""
    fid = str(facts.get("tovfid") or "") if known == "image" else ""
    return Said(
        "",
        sender,
        known,
        words,
        moment(body.get("created_at")),
        f"dm:{sender}",
        (),
        lng,
        lat,
        fid if fid.isalnum() else "",
    )


def posted(status: Mapping[str, Any]) -> Said:
    """A post that calls us, or a comment (it has `status`). Raises `MalformedError` for what has no id, author or time."""
    key, author = _number(status), _author(status)
    if not key.isdecimal() or not author.isdecimal():
        raise MalformedError("no id or author")
    above = status.get("status")
    root = _number(above) if isinstance(above, dict) else ""
    kind = "comment" if root else "post"
    reply = f"post:{root}:{key}" if root else f"post:{key}"
    lng, lat = _place(status.get("geo"))
    return Said(
        f"{kind}:{key}", author, kind, _words(status), moment(status.get("created_at")), reply, _pictures(status.get("pic_urls")),
        lng, lat, below=_post(above if root else status.get("retweeted_status")),
    )  # fmt: skip


def _post(row: object) -> Post | None:
    if not isinstance(row, dict) or row.get("deleted"):
        return None
    return Post(_author(row), _words(row), _pictures(row.get("pic_urls")), *_place(row.get("geo")))


def _number(row: Mapping[str, Any]) -> str:
    return str(row.get("idstr") or row.get("mid") or row.get("id") or "")


def _author(row: Mapping[str, Any]) -> str:
    user = row.get("user")
    return str(user.get("idstr") or user.get("id") or "") if isinstance(user, dict) else ""


def _words(row: Mapping[str, Any]) -> str:
    long = row.get("longText")
    return plain((long.get("longTextContent") if isinstance(long, dict) else None) or row.get("text"))


def _pictures(given: object) -> tuple[str, ...]:
    rows = given if isinstance(given, list) else []
    found = (str(row.get("thumbnail_pic") or "") for row in rows if isinstance(row, dict))
    return tuple(url.replace("/thumbnail/", "/large/") for url in found if url.startswith(("http://", "https://")))[
        :PICTURES_MOST
    ]


def _place(geo: object) -> tuple[float | None, float | None]:
    """`{"type": "Point", "coordinates": [latitude, longitude]}`."""
    pair = geo.get("coordinates") if isinstance(geo, dict) else None
    if not isinstance(pair, list) or len(pair) != 2:
        return None, None
    return _degrees(pair[1]), _degrees(pair[0])


def _degrees(value: object) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if -180.0 <= found <= 180.0 and found != 0.0 else None

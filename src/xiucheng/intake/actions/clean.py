"""Check what came in (收件检查): text without control characters, sizes, contact, times, kinds and channels.

Everything wrong is refused with a sentence; nothing is guessed and nothing of a resident's words is dropped but control characters.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import KINDS

SOURCES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("web", "wechat", "weibo", "hotline", "desk", "email", "sms", "open311", "hook", "import", "shop"), "public"
    ),
    "order12345": "public",
    **dict.fromkeys(("chief", "volunteer", "leader", "patrol", "camera", "truck", "analysis"), "inspection"),
}
"""Channels that lead in, with the source (他查/自查) that each counts as; a district's setting may move one."""

WORDS_MOST: Final = 20_000
PLACE_MOST: Final = 200
RAW_MOST: Final = 200_000
PICTURES_MOST: Final = 9
CONTACT: Final[Mapping[str, tuple[str, int]]] = {
    "name": ("姓名", 40),
    "phone": ("电话", 30),
    "email": ("邮箱", 254),
    "reply": ("答复地址", 254),
}
"""`reply` is the address on the channel that the report came in by (an openid, a number); people never type it."""
EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=clock.ZONE)
AHEAD: Final = dt.timedelta(minutes=10)
_EMAIL: Final = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;.]+")
_PHONE: Final = re.compile(r"\+?[\d\-() 转#,]{3,30}")


def text(value: str, field: str, most: int) -> str:
    """The text without control characters; too long is refused before anything else is done with it."""
    if len(value) > 4 * most:
        raise Refused("too_long", field=field, most=most)
    cleaned = legible(value).strip()
    if len(cleaned) > most:
        raise Refused("too_long", field=field, most=most)
    return cleaned


def line(value: str, field: str, most: int) -> str:
    """The same on one line."""
    return " ".join(text(value, field, most).split())


def contact(given: Mapping[str, str] | None) -> dict[str, str] | None:
    """Name, phone and e-mail as far as given."""
    found = {}
    for name, (label, most) in CONTACT.items():
        value = line(str((given or {}).get(name) or ""), label, most)
        if value:
            found[name] = value
    if "email" in found and not _EMAIL.fullmatch(found["email"]):
        raise Refused("bad_contact", field="邮箱")
    if "phone" in found and not _PHONE.fullmatch(found["phone"]):
        raise Refused("bad_contact", field="电话")
    return found or None


def moment(said_at: dt.datetime | None, now: dt.datetime, arrived_at: dt.datetime | None = None) -> dt.datetime | None:
    """When it was said: not before 2000 and not in the future; a time without zone is the district's.

    Of what a platform handed over at `arrived_at` a time that cannot be is not refused: then it was said when it came.
    """
    if said_at is None:
        return arrived_at
    aware = said_at if said_at.tzinfo else said_at.replace(tzinfo=clock.ZONE)
    if arrived_at is not None:
        return aware if EARLIEST <= aware <= arrived_at else arrived_at
    if aware < EARLIEST:
        raise Refused("bad_time", field="反映时间", why="太早了")
    if aware > now + AHEAD:
        raise Refused("bad_time", field="反映时间", why="还没到那个时候")
    return aware


def kind(value: str) -> str:
    if value not in KINDS:
        raise Refused("bad_choice", field="诉求类型")
    return value


def source(channel: str) -> str:
    """`public` (他查) or `inspection` (自查)."""
    if channel not in SOURCES:
        raise Refused("bad_choice", field="渠道")
    return str(registers().settings.get(f"{channel}_source", SOURCES[channel]))


def category(code: str | None) -> str | None:
    """A minor category of this district, or none."""
    if not code:
        return None
    found = registers().categories.get(code)
    if found is None:
        raise Refused("bad_choice", field="类别")
    return code


def pictures(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stored pictures, each once."""
    once = {p["sha256"]: dict(p) for p in given}
    if len(once) > PICTURES_MOST:
        raise Refused("too_many_pictures", most=PICTURES_MOST)
    return list(once.values())

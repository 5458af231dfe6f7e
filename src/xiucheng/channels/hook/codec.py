"""What partners send (接口报文): an event, or something to an event; checked before it is taken. Pure."""

import base64
import binascii
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.intake import door
from xiucheng.rules.datum import DATUMS
from xiucheng.rules.refusals import Refused

EVENT: Final = "event"
FOLLOWS: Final = frozenset({"supplement", "urge", "withdraw"})
TYPES: Final = FOLLOWS | {EVENT}
PICTURES_MOST: Final = 9
YEARS: Final = range(1970, 9000)
"""No clock of ours reckons beyond them."""
_ID: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,48}")
_PARTNER: Final = re.compile(r"[a-z0-9_-]{1,30}")


@dataclass(frozen=True, slots=True)
class Given:
    """One message of a partner. `number` is the event's number at the partner, also of what belongs to an event."""

    type: str
    id: str
    number: str
    words: str
    record: Mapping[str, Any]
    said_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    lng: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    pictures: tuple[bytes, ...] = ()

    @property
    def key(self) -> str:
        """Under which it counts once."""
        return f"{self.type}:{self.id}"


def partner_id(text: str) -> bool:
    """Whether it can be the name of a partner."""
    return _PARTNER.fullmatch(text) is not None


def given(record: dict[str, Any]) -> Given:
    """Read a message. Raises a refusal that names the field."""
    kind = door.text(record, "type", 20)
    if kind not in TYPES:
        raise Refused("bad_choice", field="type")
    own = identity(record, "id")
    words = door.text(record, "words", 20_000, needed=kind != "urge")
    if kind != EVENT:
        return Given(kind, own, identity(record, "event"), words, record)
    lng, lat = _degrees(record)
    return Given(
        kind, own, own, words, record, moment(record, "said_at"), moment(record, "due_at"), lng, lat, _datum(record),
        _pictures(record),
    )  # fmt: skip


def identity(record: dict[str, Any], name: str) -> str:
    """A number as another system writes them."""
    found = door.text(record, name, 48)
    if not _ID.fullmatch(found):
        raise Refused("bad_field", field=name, why="要是 1 到 48 个字母、数字或 _ . : / -")
    return found


def moment(record: dict[str, Any], name: str) -> dt.datetime | None:
    """A time in ISO 8601 with its zone."""
    text = door.text(record, name, 40, needed=False)
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Refused("bad_field", field=name, why="要是 ISO 8601 的时间") from wrong
    if found.tzinfo is None:
        raise Refused("bad_field", field=name, why="要带时区")
    if found.year not in YEARS:
        raise Refused("bad_field", field=name, why="年份不对")
    return found


def day(record: dict[str, Any]) -> dt.date:
    """The `date` of a count."""
    try:
        found = dt.date.fromisoformat(door.text(record, "date", 10))
    except ValueError as wrong:
        raise Refused("bad_field", field="date", why="要是 2026-11-27 这样的日期") from wrong
    if found.year not in YEARS:
        raise Refused("bad_field", field="date", why="年份不对")
    return found


def whole(record: Mapping[str, Any], name: str) -> int:
    """A count."""
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused("bad_field", field=name, why="要是不小于 0 的整数")
    return value


def _degrees(record: dict[str, Any]) -> tuple[float | None, float | None]:
    found = [record.get("lng"), record.get("lat")]
    if found == [None, None]:
        return None, None
    if any(not isinstance(value, int | float) or isinstance(value, bool) for value in found):
        raise Refused("bad_field", field="lng、lat", why="两个都要是数")
    lng, lat = (float(value) for value in found if value is not None)
    return lng, lat


def _datum(record: dict[str, Any]) -> str:
    """CGCS2000 is WGS-84 to within centimetres."""
    found = door.text(record, "datum", 10, needed=False).lower() or "wgs84"
    if found not in {*DATUMS, "cgcs2000"}:
        raise Refused("bad_choice", field="datum")
    return "wgs84" if found == "cgcs2000" else found


def _pictures(record: dict[str, Any]) -> tuple[bytes, ...]:
    found = record.get("pictures") or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refused("bad_field", field="pictures", why="要是 base64 文字的列表")
    if len(found) > PICTURES_MOST:
        raise Refused("too_many_pictures", most=PICTURES_MOST)
    try:
        return tuple(base64.b64decode(one, validate=True) for one in found)
    except (binascii.Error, ValueError) as wrong:
        raise Refused("bad_field", field="pictures", why="不是 base64") from wrong

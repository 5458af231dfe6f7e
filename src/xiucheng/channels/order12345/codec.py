"""One work order of 12345 as it stands in a line of its sheet or an object of its web service (工单). Pure.

Every city names its columns otherwise: usual names are known, a city's own are given by the account (`columns`).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.rules.refusals import Pair, Refused

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("工单编号", "工单号", "工单编码", "受理编号", "order_no"),
    "title": ("工单标题", "标题", "主题", "title"),
    "words": ("工单内容", "诉求内容", "反映内容", "问题描述", "内容描述", "内容", "content"),
    "place": ("事发地址", "诉求地址", "事发地点", "详细地址", "地址", "address"),
    "name": ("诉求人", "来电人", "联系人", "姓名", "反映人", "name"),
    "phone": ("联系电话", "来电号码", "联系方式", "电话", "phone"),
    "kind": ("工单类型", "诉求类型", "诉求性质", "类型", "type"),
    "said": ("受理时间", "来电时间", "登记时间", "反映时间", "创建时间", "accepted_at"),
    "due": ("办理时限", "办结时限", "办理期限", "处理时限", "截止时间", "要求办结时间", "deadline"),
    "lng": ("经度", "lng"),
    "lat": ("纬度", "lat"),
}
KINDS: Final = (
    ("咨询", "question"), ("建议", "suggestion"), ("意见", "suggestion"), ("表扬", "praise"), ("感谢", "praise"), ("求助", "help"),
)  # fmt: skip
KIND_WORDS: Final = frozenset({"complaint", "help", "question", "suggestion", "praise"})
NUMBER_MOST: Final = 60
_EPOCH: Final = re.compile(r"\d{10}(\d{3})?")
_DIGITS: Final = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)?)?)?")
_WRITTEN: Final = re.compile(
    r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?[T ]?"
    r"(?:(上午|中午|下午|晚上)? ?(\d{1,2}) ?[:时点] ?(?:(\d{1,2}) ?分?(?:[: ]?(\d{1,2})(?:\.\d+)? ?秒?)?)?)?",
)
"""As people and older programs write it: `2026年11月28日 17时30分`, `2026.11.28 17:30`, `2026/11/28 下午 5:30:00`."""
_PHONE: Final = re.compile(r"\+?[\d\-() 转#,]{3,30}")
_ZONE: Final = dt.timezone(dt.timedelta(hours=8))

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Order:
    """A work order; times aware, coordinates in the datum of the account."""

    number: str
    words: str
    place: str
    name: str
    phone: str
    kind: str
    said_at: dt.datetime | None
    due_at: dt.datetime | None
    lng: float | None
    lat: float | None


def names(own: Mapping[str, Any]) -> Names:
    """The names of the columns: a city's own first, then the usual ones."""
    found: dict[str, Sequence[str]] = {}
    for field, usual in COLUMNS.items():
        given = own.get(field, ())
        found[field] = (*([given] if isinstance(given, str) else [str(g) for g in given]), *usual)
    return found


def number(row: Mapping[str, Any], known: Names) -> str:
    """12345's own number. Raises `missing`, `too_long`."""
    found = "".join(_one(row, known["number"]).split())
    if not found:
        raise Refused("missing", field="工单编号")
    if len(found) > NUMBER_MOST:
        raise Refused("too_long", field="工单编号", most=NUMBER_MOST)
    return found


def words(row: Mapping[str, Any], known: Names) -> str:
    """What the caller told 12345, its title before it where it says more."""
    title, told = _one(row, known["title"]), _one(row, known["words"])
    return told if title in told else f"{title}\n{told}".strip()


def read(row: Mapping[str, Any], known: Names) -> Order:
    """The line or object as a work order. Raises `Refused` where it cannot be understood without guessing."""
    phone = _one(row, known["phone"])
    return Order(
        number=number(row, known),
        words=words(row, known),
        place=_one(row, known["place"]),
        name=_one(row, known["name"])[:40],
        phone=phone if _PHONE.fullmatch(phone) else "",
        kind=_kind(_one(row, known["kind"])),
        said_at=moment(_one(row, known["said"]), "受理时间", last=False),
        due_at=moment(_one(row, known["due"]), "办理时限"),
        **_point(_one(row, known["lng"]), _one(row, known["lat"])),
    )


def moment(said: str, field: str, *, last: bool = True) -> dt.datetime | None:
    """A time; one without a zone is Beijing's, a day without a time means its end (with `last` false its beginning). Raises `bad_time`."""
    plain = " ".join(unicodedata.normalize("NFKC", said).split())
    if not plain:
        return None
    try:
        return _read(plain, last)
    except (ValueError, OverflowError) as wrong:
        raise Refused(
            "bad_time", field=field, why=Pair(f"看不懂“{said[:40]}”", f"“{said[:40]}” cannot be read")
        ) from wrong


def _read(said: str, last: bool) -> dt.datetime:
    if hit := _WRITTEN.fullmatch(said):
        return _put(hit.group(1, 2, 3), hit[4], hit.group(5, 6, 7), last)
    if said.isascii() and (hit := _DIGITS.fullmatch(said)):
        return _put(hit.group(1, 2, 3), None, hit.group(4, 5, 6), last)
    if _EPOCH.fullmatch(said):
        return dt.datetime.fromtimestamp(int(said[:10]), _ZONE)
    found = dt.datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=_ZONE)


def _put(day: Sequence[str], half: str | None, clock: Sequence[str | None], last: bool) -> dt.datetime:
    """The parts put together; in the afternoon hours may be counted from noon."""
    if clock[0] is None:
        hour, minute, second = (23, 59, 59) if last else (0, 0, 0)
    else:
        hour, minute, second = (int(part or 0) for part in clock)
    if hour < 12 and (half in {"下午", "晚上"} or (half == "中午" and hour < 3)):
        hour += 12
    year, month, date = map(int, day)
    return dt.datetime(year, month, date, hour, minute, second, tzinfo=_ZONE)


def _one(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """The first of the columns that has something in it."""
    for column in columns:
        value = row.get(column)
        if value is not None and not isinstance(value, dict | list) and str(value).strip():
            return str(value).strip()
    return ""


def _kind(said: str) -> str:
    if said in KIND_WORDS:
        return said
    return next((kind for word, kind in KINDS if word in said), "complaint")


def _point(lng: str, lat: str) -> dict[str, float | None]:
    """Coordinates as they were given; none where they are not a place in China."""
    try:
        pair = float(lng), float(lat)
    except ValueError:
        return {"lng": None, "lat": None}
    there = 70.0 < pair[0] < 140.0 and 0.0 < pair[1] < 56.0
    return {"lng": pair[0], "lat": pair[1]} if there else {"lng": None, "lat": None}

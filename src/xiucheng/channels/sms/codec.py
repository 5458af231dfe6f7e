"""Short messages as texts (短信编解码): how many units and parts, cut to fit, numbers in one form, what came in read. Pure."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

_PLAIN: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE: Final = frozenset("\f^{}\\[~]|€")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_NUMBER: Final = re.compile(r"\d{3,20}")
_ID: Final = re.compile(r"[\x21-\x7e]{1,64}")


def units(text: str) -> int:
    """How many units a text takes: septets where the plain alphabet has every character, else UCS-2 units (𠮷 has two)."""
    if plain(text):
        return sum(2 if c in _DOUBLE else 1 for c in text)
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def plain(text: str) -> bool:
    """Whether the plain alphabet of GSM has all of it."""
    return all(c in _PLAIN or c in _DOUBLE for c in text)


def split(text: str) -> list[str]:
    """The parts it goes out as; none ends inside a character."""
    numbers, tail = limits("sms"), "_plain" if plain(text) else ""
    if units(text) <= numbers[f"single{tail}"]:
        return [text]
    most, wide = numbers[f"part{tail}"], _DOUBLE if tail else ()
    parts, taken = [""], 0
    for c in text:
        needs = (2 if c in wide else 1) if tail else 1 + (c > "\uffff")
        if taken + needs > most:
            parts.append("")
            taken = 0
        parts[-1] += c
        taken += needs
    return parts


def written(text: str, signature: str) -> str:
    """The message with its signature, shortened before its last line (the link) where it would have too many parts."""
    most = limits("sms")["most_parts"]
    head, sep, link = text.rpartition("\n")
    body = f"【{signature}】" + text if signature else text
    if not sep:
        head, link = text, ""
    if len(split(body)) > most:
        head = head[: most * limits("sms")["single_plain"]]
    while len(split(body)) > most and head:
        head = head[:-1]
        body = (f"【{signature}】" if signature else "") + head + "…" + sep + link
    return body


def number(given: str) -> str:
    """A number in one form: digits, without +86 before a mobile one. Raises `bad_contact`."""
    digits = re.sub(r"[ \-()]", "", given)
    digits = (
        digits.removeprefix("+").removeprefix("00") if digits.startswith(("+86", "0086")) else digits.removeprefix("+")
    )
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    if not (digits.isascii() and _NUMBER.fullmatch(digits)):
        raise Refused("bad_contact", field="from")
    return digits


def mobile(digits: str) -> bool:
    """Whether a person can be answered there."""
    return _MOBILE.fullmatch(digits) is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A message that came in, or one part of it: part `n` of `of` under the sender's own reference `ref`."""

    id: str
    sender: str
    text: str
    at: dt.datetime | None = None
    ref: int = 0
    n: int = 1
    of: int = 1


def part(raw: bytes) -> Part:
    """Read what the gateway sent. Raises a refusal that says what is wrong."""
    given = record(raw)
    long = given.get("long")
    if not isinstance(given.get("text"), str):
        raise Refused("missing", field="text")
    if long is not None and not isinstance(long, dict):
        raise Refused("bad_field", field="long", why="要是一个对象")
    ref, n, of = (_whole(long, name) for name in ("ref", "part", "parts")) if long else (0, 1, 1)
    if not (0 <= ref <= 65535 and 1 <= n <= of <= 255):
        raise Refused("bad_field", field="long", why="第几条和共几条对不上")
    return Part(
        identity(given), number(str(given.get("from") or "")), given["text"], moment(given.get("at")), ref, n, of
    )


def record(raw: bytes) -> dict[str, Any]:
    """The body as an object. The standard library's reader, since half a character at the end of a part is allowed."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise Refused("not_json") from wrong
    if not isinstance(found, dict):
        raise Refused("bad_field", field="正文", why="要是一个 JSON 对象")
    return found


def identity(given: dict[str, Any]) -> str:
    """The other side's own name of it."""
    found = given.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise Refused("bad_field", field="id", why="要是 1 到 64 个字母、数字或符号")
    return found


def moment(given: Any) -> dt.datetime | None:
    """A time with its zone; anything else counts as unknown."""
    try:
        found = dt.datetime.fromisoformat(str(given or ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


def joined(texts: list[str]) -> str:
    """Parts put together; halves of a character that was cut find each other."""
    return "".join(texts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(given: dict[str, Any], name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("bad_field", field=f"long.{name}", why="要是整数")
    return value

"""Messages of a file (留言): one JSON object a line; a line that cannot be read is told with its number."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from xiucheng.rules.refusals import Pair, Refused

MOST: Final = 12_000
"""Likeness is kept for every pair: 12,000 messages take 600 MB."""
_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `id` is as the file has it, `at` is local time or None."""

    id: int | str
    person: str
    at: dt.datetime | None
    title: str
    text: str


def read(path: Path) -> list[Message]:
    """Messages of a JSONL file: `id`, `user`, `time`, `title`, `body` or `text`. Raises `Refused("sheet_unreadable")`."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as wrong:
        raise Refused(
            "sheet_unreadable", why=Pair(f"{path.name} 不是 UTF-8 编码", f"{path.name} is not in UTF-8")
        ) from wrong
    found = [_message(path.name, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise Refused("sheet_unreadable", why=Pair(f"{path.name} 是空的", f"{path.name} is empty"))
    if len(found) > MOST:
        zh = f"{path.name} 有 {len(found)} 条，一次最多 {MOST} 条，请按月分开"
        en = f"{path.name} has {len(found)} messages, {MOST} at most are taken at once; split it by months"
        raise Refused("sheet_unreadable", why=Pair(zh, en))
    return found


def _message(name: str, number: int, line: str) -> Message:
    try:
        facts = orjson.loads(line)
        key = facts["id"]
        title, text, person, at = (facts.get(k) for k in ("title", "text", "user", "time"))
        text = text if text is not None else facts.get("body")
    except (ValueError, TypeError, AttributeError, KeyError):
        raise Refused(
            "sheet_unreadable",
            why=Pair(
                f"{name} 第 {number} 行不是带 id 的 JSON 对象", f"line {number} of {name} is no JSON object with an id"
            ),
        ) from None
    if not isinstance(key, int | str) or not any(isinstance(part, str) and part.strip() for part in (title, text)):
        raise Refused(
            "sheet_unreadable",
            why=Pair(f"{name} 第 {number} 行缺少 id 或文字", f"line {number} of {name} lacks an id or a text"),
        )
    title, text = (part if isinstance(part, str) else "" for part in (title, text))
    return Message(key, str(person) if person is not None else f"?{number}", moment(at), title.strip(), text.strip())


def moment(value: Any) -> dt.datetime | None:
    """The time as one of the usual forms gives it; None where it is none."""
    for form in _TIMES:
        try:
            return dt.datetime.strptime(str(value).strip(), form)  # noqa: DTZ007 - the file's own local time, compared among themselves
        except ValueError:
            continue
    return None

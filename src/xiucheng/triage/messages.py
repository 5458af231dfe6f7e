"""Messages of a file and how alike they are (留言比对): text and title by their rare pieces, places by the names that stand in them.

Two messages about the same kind of trouble in two places are not alike: where both name places and share none, likeness is cut.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from xiucheng.rules.refusals import Pair, Refused
from xiucheng.triage import text as t
from xiucheng.triage.mentions import mentions

MOST: Final = 12_000
"""Likeness is kept for every pair: 12,000 messages take 600 MB."""
WIDTH: Final = 2
PLACE_WIDTH: Final = 3
RARE: Final = 1.2
PLACE_RARE: Final = 2.0
COMMON: Final = 0.1
TITLE: Final = 0.4
APART: Final = 0.8
SAME_PLACE: Final = 0.1
_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)

Square = NDArray[np.float32]


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


def alike(messages: Sequence[Message]) -> Square:
    """Likeness of every two messages, 0–1, (n, n) single precision; 1 on the diagonal."""
    body = rows([t.grams(t.letters(m.text, m.title), WIDTH) for m in messages], RARE)
    title = rows([t.grams(t.normal(m.title, ""), WIDTH) for m in messages], RARE)
    weight = np.sqrt(1.0 + TITLE**2)
    same: Square = ((body @ body.T) + TITLE**2 * (title @ title.T)).toarray() / np.float32(weight**2)
    separate(same, [mentions(f"{m.title} {m.text}") for m in messages], APART)
    np.fill_diagonal(same, 1.0)
    return np.clip(same, 0.0, 1.0, out=same)


def separate(same: Square, places: Sequence[Sequence[str]], apart: float) -> None:
    """Likeness times `apart` where both name places and share none, as it is where they share enough."""
    named = np.array([len(names) > 0 for names in places])
    weighed = rows([_counted(names) for names in places], PLACE_RARE)
    factor = np.where(named, np.float32(apart), np.float32(1.0))
    for i in np.flatnonzero(named):
        same[i] *= factor
    shared = (weighed @ weighed.T).tocoo()
    lift = (apart + (1.0 - apart) * np.minimum(1.0, shared.data / SAME_PLACE)) / apart
    same[shared.row, shared.col] *= lift.astype(np.float32)


def _counted(names: Sequence[str]) -> t.Features:
    codes = [t.grams(name, PLACE_WIDTH)[0] for name in names]
    found, counts = np.unique(np.concatenate(codes) if codes else np.zeros(0, dtype=np.uint64), return_counts=True)
    return found, np.log1p(counts).astype(np.float32)


def rows(counted: Sequence[t.Features], power: float) -> Any:
    """A sparse row for each message, pieces weighed by rarity to the power; with what nobody shares its length is one."""
    from scipy.sparse import csr_matrix

    codes, seen = np.unique(np.concatenate([codes for codes, _ in counted]), return_counts=True)
    rare = ((COMMON + np.log((1 + len(counted)) / (1 + seen))) ** power).astype(np.float32)
    column = np.cumsum(seen > 1) - 1
    ends, places, weights = [0], [], []
    for own, counts in counted:
        spots = np.searchsorted(codes, own)
        shared = seen[spots] > 1
        places.append(column[spots[shared]])
        weights.append(t.unit(counts * rare[spots])[shared])
        ends.append(ends[-1] + len(places[-1]))
    width = max(1, int((seen > 1).sum()))
    return csr_matrix((np.concatenate(weights), np.concatenate(places), ends), shape=(len(counted), width))

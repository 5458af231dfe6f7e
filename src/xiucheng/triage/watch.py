"""Words the platform watches for (词表): danger, self-harm, petitions, public opinion, and whose business it is instead.

`…` in a word stands for a few letters of the same sentence: `井盖…没得`. A word of weight 0 says nothing and hides the shorter
ones within it: `要倒车` is no `要倒`. Danger that is denied (没有人受伤) or mended (已经修好了) hardly counts.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from xiucheng.city.models import Word
from xiucheng.city.registers import Registers, registers

FLAGS: Final = {"self_harm": 2.0, "petition": 2.0, "opinion": 2.0}
"""Flags for the shift leader, with the weight from which they are raised."""
DANGER: Final = 2.5
HASTE: Final = 1.5
"""From this weight a word is danger itself; lighter ones (孩子, 快来) only make danger worse."""
PLEA: Final = 1.2
"""Without any danger, a word of at least this weight makes it a little urgent, never more."""
FAINT: Final = 0.3
"""What danger counts that is denied or mended."""
NOT_OURS: Final = 1.5
READ: Final = 2_000
"""Characters in which danger is looked for before anything else is known."""

_GAP: Final = "…"
_BETWEEN: Final = r"[^。！？!?；;\n]{0,6}?"
_DENIED: Final = re.compile(
    r"(?<!有)(?<!差点)(?<!差一点)(?<!险些)(?:没有?|没得|无|未|并未|(?<!会)不会|(?<!是)(?<!会)(?<!能)不|不再|不存在)"
    r"(?:发生|出现|造成|导致)?(?:任何)?(?:人员|人)?$"
)
_FIXED: Final = "修好|处理好|处理完|装好|补好|恢复|解决|消除|修复|换好|盖好|填好|弄好|搞好|扑灭|整改好|排除"
_MENDED: Final = re.compile(rf"[^。！？!?；;\n]{{0,12}}?(?:{_FIXED})(?:好|完)?了(?![没吗么嘛]|才)")
_NOT_YET: Final = re.compile(rf"(?:没|未|不|时候|几时|等|才|如果|要|快|希望|请|何时|怎么)[^，,。]{{0,5}}(?:{_FIXED})")
_AGAIN: Final = re.compile(r"又|但|可是|不过|还是|仍|再次|依然|结果|没过|没几|没多|反复|旁边|另|其他")


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody else's business: who, and how to reach them."""

    unit: str
    reach: str
    weight: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in the words: urgency 0–2, flags, the words that say so, whose business it may be, and danger that is past."""

    urgency: int = 0
    flags: tuple[str, ...] = ()
    words: dict[str, list[str]] = field(default_factory=dict)
    whose: Whose | None = None
    past: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """A word and, where it has gaps, how to find it; `first` must stand in a text before it is looked for."""

    row: Word
    first: str
    pattern: re.Pattern[str] | None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands in the text."""
        if self.pattern is not None:
            yield from (hit.span() for hit in self.pattern.finditer(text))
            return
        at = text.find(self.first)
        while at >= 0:
            yield at, at + len(self.first)
            at = text.find(self.first, at + 1)


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: tuple[Registers, list[Watched]] | None = None


_memory = _Memory()


def watched(row: Word) -> Watched:
    """A word made ready to be looked for."""
    parts = [part for part in row.word.split(_GAP) if part]
    gapped = len(parts) > 1
    return Watched(
        row, parts[0] if parts else row.word, re.compile(_BETWEEN.join(map(re.escape, parts))) if gapped else None
    )


def _words() -> Sequence[Watched]:
    reading = registers()
    found = _memory.found
    if found is not None and found[0] is reading:
        return found[1]
    with _memory.lock:
        rows = [watched(row) for row in sorted(Word.objects.all(), key=lambda w: -len(w.word.replace(_GAP, "")))]
        _memory.found = (reading, rows)
        return rows


def dangerous(text: str) -> bool:
    """Whether it must not wait behind anything (加急): words of danger or of self-harm. Cheap enough for every message."""
    return bool(text) and look(text[:READ]).urgency >= 2


def look(text: str) -> Seen:
    """Look for the watched words; of two that overlap the longer counts."""
    taken: dict[str, list[tuple[int, int]]] = {}
    weights: dict[str, list[float]] = {}
    seen: dict[str, list[str]] = {}
    whose: dict[tuple[str, str], float] = {}
    past: list[str] = []
    for one in _words():
        row = one.row
        if one.first not in text:
            continue
        before = taken.setdefault(row.purpose, [])
        spans = [s for s in one.spans(text) if not any(a <= s[0] and s[1] <= b for a, b in before)]
        before += spans
        if not spans or row.weight <= 0:
            continue
        real = [s for s in spans if row.purpose != "danger" or not _past(text, *s)]
        weights.setdefault(row.purpose, []).append(row.weight if real else row.weight * FAINT)
        past += [] if real else [text[slice(*spans[0])]]
        if real:
            seen.setdefault(row.purpose, []).append(text[slice(*real[0])])
        if row.purpose == "not_ours":
            whose[(row.whose, row.reach)] = whose.get((row.whose, row.reach), 0.0) + row.weight
    flags = tuple(flag for flag, enough in FLAGS.items() if sum(weights.get(flag, ())) >= enough)
    urgency = 2 if "self_harm" in flags else _urgency(weights.get("danger", ()))
    best = max(whose.items(), key=lambda pair: pair[1], default=None)
    other = Whose(best[0][0], best[0][1], best[1]) if best and best[1] >= NOT_OURS else None
    return Seen(urgency, flags, seen, other, tuple(past))


def _urgency(weights: Sequence[float]) -> int:
    total, heaviest = sum(weights), max(weights, default=0.0)
    if heaviest >= HASTE:
        return 2 if total >= DANGER else 1
    return int(heaviest >= PLEA and total >= HASTE)


def _past(text: str, start: int, end: int) -> bool:
    """Whether the danger that stands there is denied, or mended and nothing has come since."""
    if _DENIED.search(text[max(0, start - 10) : start]):
        return True
    mended = _MENDED.match(text, end)
    return (
        mended is not None and not _NOT_YET.search(text[end : mended.end()]) and not _AGAIN.search(text[mended.end() :])
    )

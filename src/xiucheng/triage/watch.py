"""Words the platform watches for (词表): danger, self-harm, petitions, public opinion, and whose business it is instead."""

import threading
from dataclasses import dataclass, field
from typing import Final

from xiucheng.city.models import Word
from xiucheng.city.registers import Registers, registers

FLAGS: Final = {"self_harm": 2.0, "petition": 2.0, "opinion": 2.0}
"""Flags for the shift leader, with the weight from which they are raised."""
DANGER: Final = 2.5
HASTE: Final = 1.5
NOT_OURS: Final = 1.5
READ: Final = 2_000
"""Characters in which danger is looked for before anything else is known."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody else's business: who, and how to reach them."""

    unit: str
    reach: str
    weight: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in the words: urgency 0–2, flags, the words that say so, and whose business it may be."""

    urgency: int = 0
    flags: tuple[str, ...] = ()
    words: dict[str, list[str]] = field(default_factory=dict)
    whose: Whose | None = None


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: tuple[Registers, list[Word]] | None = None


_memory = _Memory()


def _words() -> list[Word]:
    reading = registers()
    found = _memory.found
    if found is not None and found[0] is reading:
        return found[1]
    with _memory.lock:
        rows = sorted(Word.objects.all(), key=lambda w: -len(w.word))
        _memory.found = (reading, rows)
        return rows


def dangerous(text: str) -> bool:
    """Whether it must not wait behind anything (加急): words of danger or of self-harm. Cheap enough for every message."""
    return bool(text) and look(text[:READ]).urgency >= 2


def look(text: str) -> Seen:
    """Look for the watched words; of two that overlap the longer counts."""
    weights: dict[str, float] = {}
    seen: dict[str, list[str]] = {}
    whose: dict[tuple[str, str], float] = {}
    for row in _words():
        if row.word not in text or any(row.word in longer for longer in seen.get(row.purpose, ())):
            continue
        seen.setdefault(row.purpose, []).append(row.word)
        weights[row.purpose] = weights.get(row.purpose, 0.0) + row.weight
        if row.purpose == "not_ours":
            whose[(row.whose, row.reach)] = whose.get((row.whose, row.reach), 0.0) + row.weight
    danger = weights.get("danger", 0.0)
    flags = tuple(flag for flag, enough in FLAGS.items() if weights.get(flag, 0.0) >= enough)
    urgency = 2 if danger >= DANGER or "self_harm" in flags else 1 if danger >= HASTE else 0
    best = max(whose.items(), key=lambda pair: pair[1], default=None)
    other = Whose(best[0][0], best[0][1], best[1]) if best and best[1] >= NOT_OURS else None
    return Seen(urgency, flags, seen, other)

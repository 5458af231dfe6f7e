"""How a message becomes a vector (特征向量): the pieces that the lessons taught to be worth looking at, each with its worth.

A piece is worth much if few lessons have it (inverse document frequency) and if those who have it agree on the class: the
distance of its classes' entropy from the greatest possible one ("balanced distributional concentration", Wang et al. 2015).
Title and text are looked at apart, since what stands in the title weighs more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage import text as t

TITLE: Final = 0.6
TITLE_LONGEST: Final = 3
FLOOR: Final = 0.05
SMOOTH: Final = 2.0
"""Lessons that are taken as seen without having been, spread over all classes."""

Places = NDArray[np.int64]
Vector = tuple[Places, t.Values]


@dataclass(frozen=True, slots=True)
class Part:
    """The pieces of one part of a message: codes in ascending order, how rare each is, how well its classes agree."""

    codes: t.Codes
    rare: t.Values
    agreed: t.Values

    def find(self, features: t.Features) -> tuple[Places, t.Values]:
        """Places of the known pieces and their weight; the rest is not looked at."""
        codes, counts = features
        if not len(self.codes) or not len(codes):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        places = np.searchsorted(self.codes, codes)
        places[places == len(self.codes)] = 0
        known = self.codes[places] == codes
        places = places[known].astype(np.int64)
        return places, counts[known] * self.rare[places]


@dataclass(frozen=True, slots=True)
class Lens:
    """Both parts; a vector has first the places of the text, then those of the title."""

    body: Part
    title: Part
    longest: int = t.LONGEST

    @property
    def size(self) -> int:
        """How many places a vector has."""
        return len(self.body.codes) + len(self.title.codes)

    def see(self, text: str, title: str = "") -> Vector:
        """Places and weights of a message, of length one; empty if nothing is known of it."""
        return self.weigh(t.grams(t.letters(text, title), self.longest), t.grams(t.head(text, title), TITLE_LONGEST))

    def weigh(self, body: t.Features, title: t.Features) -> Vector:
        """The same from pieces that were counted before."""
        one, x = self.body.find(body)
        two, y = self.title.find(title)
        weights = np.concatenate(
            [t.unit(x) * self.body.agreed[one], t.unit(y) * self.title.agreed[two] * np.float32(TITLE)]
        )
        return np.concatenate([one, two + len(self.body.codes)]), t.unit(weights)

    def worths(self, codes: t.Codes) -> Vector:
        """Place and worth of each piece that stands once, in the order given; what is not known has place 0 and no worth."""
        if not len(self.body.codes):
            return np.zeros(len(codes), dtype=np.int64), np.zeros(len(codes), dtype=np.float32)
        places = np.searchsorted(self.body.codes, codes)
        places[places == len(self.body.codes)] = 0
        known = self.body.codes[places] == codes
        return places * known, self.body.rare[places] * self.body.agreed[places] * known

    def told(self, lessons: int) -> t.Values:
        """How much each place tells about the class, all `lessons` together: agreement times how many have it, softened."""
        both = (self.body, self.title)
        had = [(1 + lessons) * np.exp(1.0 - part.rare) - 1.0 for part in both]
        return np.concatenate([part.agreed * np.log1p(n) for part, n in zip(both, had, strict=True)]).astype(np.float32)

    def parts(self) -> dict[str, NDArray[Any]]:
        """Its arrays by name, to be stored."""
        return {
            f"{name}_{field}": getattr(part, field)
            for name, part in (("body", self.body), ("title", self.title))
            for field in ("codes", "rare", "agreed")
        } | {"longest": np.array([self.longest])}


def from_parts(parts: Any) -> Lens:
    """The lens from what `parts` gave."""
    body, title = (
        Part(parts[f"{name}_codes"], parts[f"{name}_rare"], parts[f"{name}_agreed"]) for name in ("body", "title")
    )
    return Lens(body, title, int(parts["longest"][0]))


def grind(
    bodies: Sequence[t.Features],
    titles: Sequence[t.Features],
    truth: NDArray[np.int64],
    *,
    least: int,
    agreement: float,
    longest: int,
) -> Lens:
    """The lens that the lessons' pieces give: those that at least `least` lessons have (a title's: half as many).

    `agreement` (0–1) says how much the agreement of classes counts; with few lessons a class it is chance.
    """
    body, title = (_part(s, truth, n, agreement) for s, n in ((bodies, least), (titles, max(1, least // 2))))
    return Lens(body, title, longest)


def _part(lessons: Sequence[t.Features], truth: NDArray[np.int64], least: int, agreement: float) -> Part:
    lengths = [len(codes) for codes, _ in lessons]
    every = np.concatenate([codes for codes, _ in lessons]) if lessons else np.zeros(0, dtype=np.uint64)
    codes, inverse, seen = np.unique(every, return_inverse=True, return_counts=True)
    kept = seen >= least
    number = np.cumsum(kept) - 1
    of_class = np.repeat(truth, lengths)
    chosen = kept[inverse]
    classes = int(truth.max()) + 1 if len(truth) else 1
    cells = number[inverse[chosen]] * classes + of_class[chosen]
    table = np.bincount(cells, minlength=int(kept.sum()) * classes).reshape(-1, classes).astype(np.float32)
    with_any = sum(1 for length in lengths if length)
    rare = (np.log((1 + with_any) / (1 + seen[kept])) + 1).astype(np.float32)
    agreed = _agreement(table, np.bincount(truth, minlength=classes).astype(np.float32))
    return Part(codes[kept], rare, (agreed**agreement).astype(np.float32))


def _agreement(table: NDArray[np.float32], sizes: NDArray[np.float32]) -> t.Values:
    """How far each piece's classes are from being all alike, 0–1, never quite 0."""
    classes = len(sizes)
    shares = (table + np.float32(SMOOTH / classes)) / (sizes + np.float32(SMOOTH))
    shares /= shares.sum(axis=1, keepdims=True)
    concentration = 1.0 + (shares * np.log(shares)).sum(axis=1) / np.log(max(2, classes))
    found: t.Values = (FLOOR + np.clip(concentration, 0.0, 1.0)).astype(np.float32)
    return found

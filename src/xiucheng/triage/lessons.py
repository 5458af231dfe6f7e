"""Lessons and what is learned from them (学习): pieces counted, the lens ground, a linear model fitted, a second opinion where it pays.

scikit-learn is imported here only when something is learned, so that a worker that merely reads stays small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage import lens as lenses
from xiucheng.triage import net as nets
from xiucheng.triage import text as t
from xiucheng.triage.model import Model

STRENGTH: Final = 1.0
SEED: Final = 7
MANY: Final = 4000
PER_CLASS: Final = 100
"""With so many lessons, and so many for each class, pieces of four letters, agreement and the second opinion pay; with fewer they learn by heart."""
LEAST: Final = 8
AGREEMENT: Final = 0.75


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text with its class; `weight` says how much it counts, `judge` whether the model is judged by it."""

    text: str
    code: str
    weight: float = 1.0
    judge: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """The lessons with their pieces counted, so that five trainings count once."""

    bodies: list[t.Features]
    titles: list[t.Features]
    codes: NDArray[np.str_]
    weights: NDArray[np.float64]
    longest: int

    def without(self, held: set[int]) -> "Seen":
        """All but some."""
        kept = [i for i in range(len(self.bodies)) if i not in held]
        bodies, titles = [self.bodies[i] for i in kept], [self.titles[i] for i in kept]
        return Seen(bodies, titles, self.codes[kept], self.weights[kept], self.longest)


def enough(lessons: int, classes: int) -> bool:
    """Whether there are many lessons."""
    return lessons >= max(MANY, PER_CLASS * classes)


def look(lessons: Sequence[Lesson]) -> Seen:
    """Count the pieces of all lessons. Where lessons are few, pieces of four letters would only be learned by heart."""
    longest = t.LONGEST if enough(len(lessons), len({lesson.code for lesson in lessons})) else t.LONGEST - 1
    return Seen(
        [t.grams(t.letters(lesson.text, lesson.title), longest) for lesson in lessons],
        [t.grams(t.head(lesson.text, lesson.title), lenses.TITLE_LONGEST) for lesson in lessons],
        np.array([lesson.code for lesson in lessons]),
        np.array([lesson.weight for lesson in lessons]),
        longest,
    )


def fit(seen: Seen, name: str, sharpness: float = 4.0) -> Model:
    """A model from all lessons; at least two classes. On one processor: more would wait for each other."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _fit(seen, name, sharpness)


def _fit(seen: Seen, name: str, sharpness: float) -> Model:
    from sklearn.svm import LinearSVC

    classes, found = np.unique(seen.codes, return_inverse=True)
    truth = found.astype(np.int64)
    many = enough(len(truth), len(classes))
    lens = lenses.grind(
        seen.bodies,
        seen.titles,
        truth,
        least=LEAST if many else 1,
        agreement=AGREEMENT if many else 0.0,
        longest=seen.longest,
    )
    rows = _matrix([lens.weigh(*pair) for pair in zip(seen.bodies, seen.titles, strict=True)], lens.size)
    machine = LinearSVC(C=STRENGTH, random_state=SEED)
    machine.fit(rows, truth, sample_weight=seen.weights)
    weights, bias = machine.coef_.T, machine.intercept_
    if len(classes) == 2:
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    net = nets.study(rows, truth, lens.told(len(truth)), SEED) if many else None
    names = tuple(str(c) for c in classes)
    return Model(name, names, lens, weights.astype(np.float16), bias.astype(np.float32), sharpness, net)


def _matrix(rows: Sequence[lenses.Vector], width: int) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0] + [len(places) for places, _ in rows])
    places = np.concatenate([places for places, _ in rows])
    weights = np.concatenate([weights for _, weights in rows])
    return csr_matrix((weights, places, ends), shape=(len(rows), width))

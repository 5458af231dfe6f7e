"""Train the model (训练): from the pack's keywords and examples and from what people decided; judged on texts it has not seen."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage.lessons import Lesson, fit, look
from xiucheng.triage.model import Model, softmax

FOLDS: Final = 5
SURE: Final = 0.9
SHARPNESSES: Final = tuple(1.0 + 0.5 * n for n in range(60))


def study(lessons: Sequence[Lesson], name: str) -> tuple[Model, dict[str, float]]:
    """The model and what it is worth: judged in five parts, each by a model that has not seen it; then sharpened.

    Figures: `accuracy`, `among_three`, `sharpness`, and for those it was at least 90 % sure of: `sure` (share), `sure_right`.
    """
    seen = look(lessons)
    judged = [i for i, lesson in enumerate(lessons) if lesson.judge]
    margins: list[NDArray[np.float32]] = []
    truths: list[int] = []
    classes = tuple(sorted({lesson.code for lesson in lessons}))
    if len(judged) >= 2 * FOLDS:
        for part in _parts(lessons, judged):
            model = fit(seen.without(set(part)), name)
            columns = [classes.index(c) for c in model.classes]
            for i in part:
                row = np.full(len(classes), -3.0, dtype=np.float32)
                row[columns] = model.margins(lessons[i].text, lessons[i].title)
                margins.append(row)
                truths.append(classes.index(lessons[i].code))
    figures = _figures(np.array(margins), np.array(truths)) if margins else {"sharpness": 4.0}
    return fit(seen, name, figures["sharpness"]), figures | {"lessons": float(len(lessons))}


def _parts(lessons: Sequence[Lesson], judged: Sequence[int]) -> list[list[int]]:
    """Each class dealt out evenly, so that no part takes all examples of a class if it has more than one."""
    dealt: Counter[str] = Counter()
    parts: list[list[int]] = [[] for _ in range(FOLDS)]
    for i in judged:
        code = lessons[i].code
        parts[(dealt[code] + len(code) + sum(map(ord, code))) % FOLDS].append(i)
        dealt[code] += 1
    return [part for part in parts if part]


def _figures(margins: NDArray[np.float32], truths: NDArray[np.int64]) -> dict[str, float]:
    order = np.argsort(-margins, axis=1)
    right = order[:, 0] == truths
    sharpness, sure = _honest(margins, truths, right)
    return {
        "judged": float(len(truths)),
        "accuracy": round(float(right.mean()), 4),
        "among_three": round(float((order[:, :3] == truths[:, None]).any(axis=1).mean()), 4),
        "sharpness": sharpness,
        "sure": round(float(sure.mean()), 4),
        "sure_right": round(float(right[sure].mean()), 4) if sure.any() else 1.0,
    }


def _honest(
    margins: NDArray[np.float32], truths: NDArray[np.int64], right: NDArray[np.bool_]
) -> tuple[float, NDArray[np.bool_]]:
    """The sharpness that surprises least, dulled until nine in ten of those called 90 % sure are right, and then some."""
    best = min(SHARPNESSES, key=lambda s: _surprise(margins * s, truths))
    for sharpness in reversed([s for s in SHARPNESSES if s <= best]):
        sure = np.array([softmax(row * sharpness).max() for row in margins]) >= SURE
        if not sure.any() or right[sure].mean() >= SURE + 0.02:
            break
    return sharpness, sure


def _surprise(margins: NDArray[np.float32], truths: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood: the lower, the more honest the certainty."""
    logs = margins - margins.max(axis=1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(truths)), truths].mean())

"""How well the platform tells what a message is about (评测): trained on labelled files, judged on messages it has not seen.

A labelled file is JSONL with `title` (may be missing), `text` and `label`, or TSV with label and words.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from xiucheng.rules.refusals import Pair, Refused
from xiucheng.triage.lessons import Lesson, Seen, fit, look
from xiucheng.triage.model import Model

CERTAIN: Final = 0.8
_HEAD: Final = re.compile(r"(?i)(?:label|标签)\t(?:words?|text|文字|词|tokens?)\s*$")
"""A first line that only names the columns."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of messages with known labels: truths, guesses, how certain, and what it cost."""

    truths: NDArray[np.str_]
    guesses: NDArray[np.str_]
    certain: NDArray[np.float32]
    read_seconds: float
    train_seconds: float
    trained_on: int
    model_bytes: int

    def figures(self) -> dict[str, Any]:
        """`macro_f1`, `accuracy`, `precision_at_80` (share right among the most certain 80 %), cost and counts."""
        right = self.truths == self.guesses
        first = np.argsort(-self.certain, kind="stable")[: max(1, round(CERTAIN * len(right)))]
        labels = sorted(set(self.truths.tolist()) | set(self.guesses.tolist()))
        each = {label: f1(self.truths == label, self.guesses == label) for label in labels}
        return {
            "macro_f1": round(sum(each.values()) / len(each), 4),
            "accuracy": round(float(right.mean()), 4),
            "precision_at_80": round(float(right[first].mean()), 4),
            "ms_per_message": round(1000 * self.read_seconds / len(right), 3),
            "train_seconds": round(self.train_seconds, 2),
            "model_mb": round(self.model_bytes / 1e6, 1),
            "trained_on": self.trained_on,
            "tested_on": len(right),
            "f1": {label: round(value, 4) for label, value in each.items()},
        }


def f1(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall of one label; 0 where it was never right."""
    both = int((truth & guess).sum())
    return 2 * both / (int(truth.sum()) + int(guess.sum())) if both else 0.0


def read(path: Path) -> list[Lesson]:
    """The messages of a labelled file. Raises `Refused("sheet_unreadable")` naming file and line."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Refused(
            "sheet_unreadable", why=Pair(f"{path.name} 不是 UTF-8 编码", f"{path.name} is not in UTF-8")
        ) from wrong
    lines = [(n, line) for n, line in enumerate(content.split("\n"), 1) if line.strip()]
    lines = lines[1:] if lines and _HEAD.match(lines[0][1]) else lines
    if not lines:
        raise Refused("sheet_unreadable", why=Pair(f"{path.name} 是空的", f"{path.name} is empty"))
    take = _object if lines[0][1].lstrip().startswith("{") else _pair
    return [take(path.name, number, line) for number, line in lines]


def _object(name: str, number: int, line: str) -> Lesson:
    try:
        facts = orjson.loads(line)
        title, text, label = facts.get("title"), facts.get("text"), facts["label"]
    except (ValueError, TypeError, AttributeError, KeyError):
        raise _wrong(name, number, "不是带 label 的 JSON 对象", "is no JSON object with a label") from None
    label = str(label) if isinstance(label, int) and not isinstance(label, bool) else label
    if not isinstance(label, str) or not label or not isinstance(text or title, str):
        raise _wrong(name, number, "缺少 label 或 text", "lacks label or text")
    title, text = (part if isinstance(part, str) else "" for part in (title, text))
    repeats = bool(title) and text.lstrip().startswith(title)
    return Lesson(text[len(title) :] if repeats else text, label, title=title)


def _pair(name: str, number: int, line: str) -> Lesson:
    label, tab, words = line.rstrip("\r").partition("\t")
    if not tab or not label.strip():
        raise _wrong(name, number, "应是“标签 TAB 文字”", "must be label, TAB, text")
    return Lesson(words, label.strip())


def _wrong(name: str, number: int, zh: str, en: str) -> Refused:
    return Refused("sheet_unreadable", why=Pair(f"{name} 第 {number} 行{zh}", f"line {number} of {name} {en}"))


def train(lessons: Sequence[Lesson] | Seen) -> tuple[Model, float]:
    """A model and the processor seconds it took. Raises `Refused` where there are not two labels to tell apart."""
    began = time.process_time()
    seen = lessons if isinstance(lessons, Seen) else look(lessons)
    if len(set(seen.codes.tolist())) < 2:
        raise Refused("sheet_unreadable", why="训练文件里至少要有两种标签")
    return fit(seen, "evaluated"), time.process_time() - began


def held_out(training: Sequence[Lesson], test: Sequence[Lesson]) -> Judged:
    """Train on some files, judge on another."""
    model, seconds = train(training)
    guesses, certain, reading = _guess(model, test)
    truths = np.array([lesson.code for lesson in test])
    return Judged(truths, guesses, certain, reading, seconds, len(training), model.size)


def crossed(judged: Sequence[Lesson], more: Sequence[Lesson], folds: int) -> Iterator[Judged]:
    """Each part of `judged` in turn, by a model trained on the other parts and on `more` (交叉验证)."""
    seen = look([*judged, *more])
    for part in _parts(judged, folds):
        model, seconds = train(seen.without(set(part)))
        test = [judged[i] for i in part]
        guesses, certain, reading = _guess(model, test)
        truths = np.array([lesson.code for lesson in test])
        yield Judged(truths, guesses, certain, reading, seconds, len(seen.bodies) - len(part), model.size)


def together(parts: Sequence[Judged]) -> Judged:
    """All parts as one; what was spent on training is the mean."""
    return Judged(
        np.concatenate([part.truths for part in parts]),
        np.concatenate([part.guesses for part in parts]),
        np.concatenate([part.certain for part in parts]),
        sum(part.read_seconds for part in parts),
        sum(part.train_seconds for part in parts) / len(parts),
        round(sum(part.trained_on for part in parts) / len(parts)),
        max(part.model_bytes for part in parts),
    )


def _guess(model: Model, test: Sequence[Lesson]) -> tuple[NDArray[np.str_], NDArray[np.float32], float]:
    began = time.process_time()
    rows = [model.chances(lesson.text, lesson.title) for lesson in test]
    seconds = time.process_time() - began
    table = np.stack(rows)
    names = np.array(model.classes)
    return names[table.argmax(axis=1)], table.max(axis=1), seconds


def _parts(lessons: Sequence[Lesson], folds: int) -> list[list[int]]:
    """Each label dealt out evenly, in an order that is the same every time."""
    order = np.random.default_rng(1).permutation(len(lessons))
    parts: list[list[int]] = [[] for _ in range(folds)]
    dealt: dict[str, int] = {}
    for i in order.tolist():
        code = lessons[i].code
        parts[dealt.get(code, 0) % folds].append(i)
        dealt[code] = dealt.get(code, 0) + 1
    return [part for part in parts if part]

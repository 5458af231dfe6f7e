"""The trained model at work (分诊模型): linear, with a second opinion where there were many lessons; reading takes about a millisecond.

`weights` is (places, classes) in half precision. The class `-` stands for "not ours".
"""

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage import lens as lenses
from xiucheng.triage import net as nets
from xiucheng.triage import text as t

NOT_OURS: Final = "-"
SECOND: Final = 0.3
"""How much the second opinion counts: its logarithms vary about five times as much as the margins do."""
Row = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """What was learned: what to look at, one column of weights per class, how sharp a margin speaks."""

    name: str
    classes: tuple[str, ...]
    lens: lenses.Lens
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]
    sharpness: float
    net: nets.Net | None = None

    def margins(self, text: str, title: str = "") -> Row:
        """How strongly each class speaks for one piece of text."""
        places, weights = vector = self.lens.see(text, title)
        found: Row = weights @ self.weights[places].astype(np.float32) + self.bias
        return found if self.net is None else found + np.float32(SECOND) * self.net.reads(vector)

    def chances(self, text: str, title: str = "") -> Row:
        """Probability of each class for one piece of text."""
        return softmax(self.margins(text, title) * self.sharpness)

    def reads(self, text: str) -> Row:
        """Probability of each class for a whole message: its clearest pieces speak, the first most.

        A message is ours as far as one of its pieces is; the pieces that say nothing about the city have no vote on what it is.
        """
        pieces = t.segments(text) or [text]
        if len(pieces) == 1:
            return self.chances(pieces[0])
        rows = np.stack([self.chances(piece) for piece in pieces])
        voice = np.full(len(pieces), 1.0, dtype=np.float32)
        voice[0] = FIRST
        column = self.classes.index(NOT_OURS) if NOT_OURS in self.classes else None
        ours = rows.copy()
        if column is not None:
            ours[:, column] = 0.0
        clear = ours.max(axis=1)
        pooled: Row = (ours * (clear * voice)[:, None]).sum(axis=0)
        shares = pooled / max(float(pooled.sum()), 1e-9)
        strongest = float((ours.sum(axis=1) * np.where(voice > 1.0, 1.0, LATER)).max())
        found: Row = np.sqrt(shares * ours.max(axis=0)).astype(np.float32)
        found *= strongest / max(float(found.sum()), strongest, 1e-9)
        if column is not None:
            found[column] = 1.0 - float(found.sum())
        return found

    @property
    def size(self) -> int:
        """Bytes that it takes at work."""
        parts = self.lens.parts() | (self.net.parts() if self.net is not None else {})
        return self.weights.nbytes + self.bias.nbytes + sum(part.nbytes for part in parts.values())

    def because(self, text: str, code: str, most: int = 4) -> list[str]:
        """The pieces of two and three letters that spoke most for a class: what they and all pieces within them say."""
        column = self.weights[:, self.classes.index(code)]
        run = t.normal(text)[: t.MOST]
        said = [column[places].astype(np.float32) * worth for places, worth in map(self.lens.worths, t.pieces(run, 3))]
        if len(said) < 2:
            return []
        ones, twos = said[0], said[1]
        spoken = [(value, i, 2) for i, value in enumerate((ones[:-1] + ones[1:] + twos).tolist())]
        if len(said) > 2:
            threes = ones[:-2] + ones[1:-1] + ones[2:] + twos[:-1] + twos[1:] + said[2]
            spoken += [(value, i, 3) for i, value in enumerate(threes.tolist())]
        chosen: list[str] = []
        for value, i, width in sorted(spoken, key=lambda found: (-found[0], found[2])):
            piece = run[i : i + width]
            if value <= 0 or len(chosen) == most:
                break
            if " " in piece or piece[0] in EMPTY or piece[-1] in EMPTY:
                continue
            if not any(piece in c or c in piece for c in chosen):
                chosen.append(piece)
        return chosen

    def dump(self) -> bytes:
        """The model as bytes for its row."""
        file = io.BytesIO()
        parts: dict[str, Any] = {
            "classes": np.array(self.classes),
            "weights": self.weights,
            "bias": self.bias,
            "sharpness": np.array([self.sharpness]),
        }
        parts |= self.lens.parts() | (self.net.parts() if self.net is not None else {})
        np.savez_compressed(file, **parts)
        return file.getvalue()


EMPTY: Final = frozenset("的了在是有又也都就把被个这那我你他们很还到得着过下上前后和与0 ")
"""Characters that say nothing when a reason is shown."""
LATER: Final = 0.85
FIRST: Final = 3.0
"""The title or first sentence says most."""


def load(name: str, body: bytes) -> Model:
    """The model from its row."""
    with np.load(io.BytesIO(body), allow_pickle=False) as parts:
        return Model(
            name,
            tuple(str(c) for c in parts["classes"]),
            lenses.from_parts(parts),
            parts["weights"],
            parts["bias"].astype(np.float32),
            float(parts["sharpness"][0]),
            nets.from_parts(parts),
        )


def softmax(row: NDArray[np.float32]) -> Row:
    """Probabilities from margins."""
    shifted = np.exp(row - row.max())
    found: Row = (shifted / shifted.sum()).astype(np.float32)
    return found

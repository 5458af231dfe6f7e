"""What the model sees of a text (特征): characters and their neighbours, hashed into a fixed space; no dictionary, no word list.

A feature is one to three characters that stand together; its weight grows with the logarithm of how often it stands there.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPACE: Final = 1 << 15
LONGEST: Final = 3
MOST: Final = 1200
SEGMENT: Final = 70
SEGMENTS: Final = 12
_BREAKS: Final = re.compile(r"[。！？!?；;\n]+")
_SOFT: Final = re.compile(r"[，,、：:]+")
_APART: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")

Features = tuple[NDArray[np.int64], NDArray[np.float32]]


def normal(text: str) -> str:
    """Full-width to half-width, lower case, runs of digits as one 0, everything that is no letter as one blank."""
    plain = unicodedata.normalize("NFKC", text[:MOST]).lower()
    return _APART.sub(" ", _DIGITS.sub("0", plain)).strip()


def segments(text: str) -> list[str]:
    """The text in pieces of about a sentence; long sentences are cut at commas."""
    found: list[str] = []
    for sentence in _BREAKS.split(text[:MOST]):
        piece = ""
        for part in _SOFT.split(sentence):
            if piece and len(piece) + len(part) > SEGMENT:
                found.append(piece)
                piece = part
            else:
                piece = f"{piece}，{part}" if piece else part
        if len(piece.strip()) > 1:
            found.append(piece)
    return found[:SEGMENTS]


def features(text: str) -> Features:
    """Places in the space and their weights, not yet weighed by rarity."""
    counts: dict[int, int] = {}
    for run in normal(text).split():
        raw = run.encode("utf-32-le")
        for width in range(1, LONGEST + 1):
            for i in range(len(run) - width + 1):
                place = zlib.crc32(raw[4 * i : 4 * (i + width)]) % SPACE
                counts[place] = counts.get(place, 0) + 1
    places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    weights = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
    return places, weights


def rarity(texts: Iterable[Features]) -> NDArray[np.float32]:
    """How rare each place is among the texts (inverse document frequency, smoothed)."""
    seen = np.zeros(SPACE, dtype=np.float32)
    count = 0
    for places, _ in texts:
        seen[places] += 1
        count += 1
    return (np.log((1 + count) / (1 + seen)) + 1).astype(np.float32)


def weighed(found: Features, rare: NDArray[np.float32]) -> Features:
    """Weights times rarity, brought to length one."""
    places, weights = found
    weights = weights * rare[places]
    length = float(np.linalg.norm(weights)) or 1.0
    return places, weights / length

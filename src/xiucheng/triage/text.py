"""What the model sees of a text (特征): letters that stand together, one to four of them; no dictionary, no word list.

A text is reduced to its letters (Chinese characters and other letters, no digits, no punctuation). A feature is the 64-bit code
of a run of one to four letters; its weight grows with the logarithm of how often it stands there.
"""

import re
import unicodedata
from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 4
MOST: Final = 1200
HEAD: Final = 50
SEGMENT: Final = 70
SEGMENTS: Final = 12
_BREAKS: Final = re.compile(r"[。！？!?；;\n]+")
_SOFT: Final = re.compile(r"[，,、：:]+")
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_LETTER: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)

Codes = NDArray[np.uint64]
Values = NDArray[np.float32]
Features = tuple[Codes, Values]


def normal(text: str, blank: str = " ") -> str:
    """Full-width to half-width, lower case, everything that is no letter as `blank`."""
    return _NO_LETTERS.sub(blank, unicodedata.normalize("NFKC", text[: 2 * MOST]).lower()).strip()


def letters(text: str, title: str = "") -> str:
    """The letters of a whole message, the title before the text."""
    return normal(f"{title} {text}", "")[:MOST]


def head(text: str, title: str = "") -> str:
    """The letters of the title, else of the first sentence: there stands what it is about. Empty where the text is no longer."""
    first = title or _BREAKS.split(text.lstrip(), maxsplit=1)[0]
    found = normal(first, "")[:HEAD]
    return found if len(found) < len(normal(text, "")) else ""


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


def pieces(run: str, longest: int = LONGEST) -> list[Codes]:
    """The codes of all pieces by where they begin: first those of one letter, then of two, up to `longest`."""
    signs = np.frombuffer(run.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64) * _LETTER
    codes: list[Codes] = []
    state = np.zeros(len(signs), dtype=np.uint64)
    for width in range(1, min(longest, len(signs)) + 1):
        state = state[: len(signs) - width + 1] * _STEP + signs[width - 1 :] + np.uint64(width)
        mixed = (state ^ (state >> np.uint64(29))) * _MIX
        codes.append(mixed ^ (mixed >> np.uint64(32)))
    return codes


def grams(run: str, longest: int = LONGEST) -> Features:
    """The codes of all pieces of one to `longest` letters in ascending order, and log(1 + how often)."""
    codes = pieces(run, longest)
    if not codes:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.float32)
    found, counts = np.unique(np.concatenate(codes), return_counts=True)
    return found, np.log1p(counts).astype(np.float32)


def unit(values: Values) -> Values:
    """Brought to length one."""
    length = float(np.linalg.norm(values))
    return values / np.float32(length) if length else values


def profile(text: str) -> Features:
    """What a text is compared by: its pieces of one to three letters, brought to length one."""
    codes, values = grams(letters(text), 3)
    return codes, unit(values)


def likeness(one: Features, other: Features) -> float:
    """How alike two texts are by their profiles, 0–1: the cosine."""
    (a, x), (b, y) = one, other
    _, i, j = np.intersect1d(a, b, assume_unique=True, return_indices=True)
    return round(float((x[i] * y[j]).sum()), 3)

"""How alike messages are (留言比对): what speaks for two messages being about the same trouble at the same place, and how much.

Six signs of a pair are weighed (logistic regression on `tests/triage/hotspot_key.jsonl`, 103 topics that were put together by
hand): pieces of text and of title that few share, the directions in which texts differ (latent semantic analysis), whether the
place that one title names stands in the other message, and whether they name different districts.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage import text as t
from xiucheng.triage.mentions import mentions
from xiucheng.triage.messages import Message

WIDTH: Final = 2
RARE: Final = 1.2
COMMON: Final = 0.1
BEFORE: Final = 5
PLACE: Final = 2.0
DIRECTIONS: Final = 200
SHARE: Final = 5
"""At most so many directions, and one for every so many messages."""
FEW: Final = 50
"""With fewer messages directions say nothing that the pieces do not."""
SILENT: Final = 0.5
SOFT: Final = 2.0
BIAS: Final = -10.28
TEXT: Final = 16.32
TITLE: Final = 4.12
MEANING: Final = 4.0
BOTH_NAME: Final = 0.82
ONE_NAMES: Final = 1.57
OTHER_DISTRICT: Final = -3.27
BLOCK: Final = 512
_DISTRICT: Final = re.compile(r"[A-Z]\d+[区县]|(?<=市)[\u3400-\u9fff]{1,3}?[区县]")

Square = NDArray[np.float32]


def alike(messages: Sequence[Message]) -> Square:
    """Likeness of every two messages, 0–1, (n, n) single precision; 1 on the diagonal, 0.5 where it is as likely as not."""
    count = len(messages)
    body = rows([t.grams(t.letters(m.text, m.title), WIDTH) for m in messages], RARE)
    title = rows([t.grams(_title(m), WIDTH) for m in messages], RARE)
    seen = _directions(body)
    named, written = _places(messages)
    district = _districts(messages)
    placed, known = np.asarray(named.sum(axis=1)).ravel() > 0, np.asarray(district.sum(axis=1)).ravel() > 0
    across = [part.T.tocsr() for part in (body, title, named, written, district)]
    same: Square = np.empty((count, count), dtype=np.float32)
    for begin in range(0, count, BLOCK):
        part = slice(begin, begin + BLOCK)
        text = np.maximum((body[part] @ across[0]).toarray(), 0.0)
        odds = np.float32(BIAS) + np.float32(TEXT) * np.sqrt(text)
        odds += np.float32(MEANING) * (text if seen is None else seen[part] @ seen.T)
        odds += np.float32(TITLE) * (title[part] @ across[1]).toarray()
        there = np.where(placed[part, None], (named[part] @ across[3]).toarray(), np.nan)
        back = np.where(placed[None], (written[part] @ across[2]).toarray(), np.nan)
        for weight, least in ((BOTH_NAME, np.fmin), (ONE_NAMES, np.fmax)):
            odds += np.float32(weight) * np.nan_to_num(least(there, back), nan=SILENT).astype(np.float32)
        apart = known[part, None] & known[None] & ((district[part] @ across[4]).toarray() == 0)
        odds += np.float32(OTHER_DISTRICT) * apart
        same[part] = 1.0 / (1.0 + np.exp(-odds / np.float32(SOFT)))
    np.fill_diagonal(same, 1.0)
    return same


def odds(same: Any) -> Any:
    """The logarithm of the odds behind a likeness."""
    sure = np.clip(same, 1e-6, 1.0 - 1e-6)
    return np.float32(SOFT) * np.log(sure / (1.0 - sure))


def _title(message: Message) -> str:
    return t.normal(message.title, "") or t.head(message.text) or t.letters(message.text)


def _directions(body: Any) -> Any:
    """Each message in the directions in which texts differ most, of length one; None where messages are few."""
    if body.shape[0] < FEW:
        return None
    from sklearn.decomposition import TruncatedSVD

    found = (
        TruncatedSVD(min(DIRECTIONS, body.shape[0] // SHARE), n_iter=3, random_state=0)
        .fit_transform(body)
        .astype(np.float32)
    )
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9))


def _places(messages: Sequence[Message]) -> tuple[Any, Any]:
    """What a title's names of places consist of, its share by rarity (rows sum to one), and what stands in each message."""
    from scipy.sparse import csr_matrix

    texts = [np.unique(_threes(t.normal(f"{m.title} {m.text}", ""))) for m in messages]
    codes, seen = np.unique(np.concatenate(texts), return_counts=True)
    rare = np.maximum(0.0, np.log(len(messages) / seen) - 1.0) ** PLACE * (seen > 1)
    each = [[_threes(t.normal(name, "")) for name in mentions(m.title, BEFORE)] for m in messages]
    names = [np.unique(np.concatenate(pieces)) if pieces else codes[:0] for pieces in each]
    shares = []
    for pieces in names:
        own = rare[np.searchsorted(codes, pieces)]
        shares.append(own / max(float(own.sum()), 1e-6))
    ones = [np.ones(len(pieces)) for pieces in texts]
    named, written = (
        csr_matrix(
            (
                np.concatenate(values).astype(np.float32),
                np.searchsorted(codes, np.concatenate(pieces)),
                np.cumsum([0, *map(len, pieces)]),
            ),
            shape=(len(messages), len(codes)),
        )
        for values, pieces in ((shares, names), (ones, texts))
    )
    return named, written


def _threes(run: str) -> t.Codes:
    found = t.pieces(run, 3)
    return found[2] if len(found) > 2 else np.zeros(0, dtype=np.uint64)


def _districts(messages: Sequence[Message]) -> Any:
    from scipy.sparse import csr_matrix

    each = [sorted(set(_DISTRICT.findall(f"{m.title} {m.text}"))) for m in messages]
    number = {name: n for n, name in enumerate(sorted({name for names in each for name in names}))}
    places = [number[name] for names in each for name in names]
    ends = np.cumsum([0, *map(len, each)])
    return csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(len(each), max(1, len(number))))


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

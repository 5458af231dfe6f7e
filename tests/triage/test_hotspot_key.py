"""Likeness and topics against a key (热点答案): 103 topics that were put together by hand from the ids of real messages.

A topic is one trouble at one place; `perhaps` are messages that one may or may not count. `pytest -s` prints the figures.
"""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from xiucheng.triage import messages, topics
from xiucheng.triage.alike import alike

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "govmsg_hotspot.jsonl"
KEY = [orjson.loads(line) for line in (Path(__file__).parent / "hotspot_key.jsonl").read_bytes().splitlines()]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILE.exists(), reason="../shared is absent: the real messages are not here"),
]


@functools.cache
def compared() -> tuple[list[messages.Message], dict[int | str, int], Any]:
    read = messages.read(FILE)
    return read, {m.id: n for n, m in enumerate(read)}, alike(read)


def precision(order: list[int], wanted: set[int], perhaps: set[int]) -> float:
    """Average precision of one ranking, what may be counted or not left out."""
    hits, found = 0, []
    for rank, one in enumerate((i for i in order if i not in perhaps), 1):
        if one in wanted:
            hits += 1
            found.append(hits / rank)
    return sum(found) / len(wanted)


def mean_precision(rank: Any, place: dict[int | str, int]) -> float:
    scores = []
    for topic in KEY:
        members, perhaps = ({place[key] for key in topic[part]} for part in ("members", "perhaps"))
        scores += [precision(rank(one), members - {one}, perhaps) for one in sorted(members)]
    return float(np.mean(scores))


def test_like_messages_are_ranked_better_than_by_plain_cosine() -> None:
    read, place, same = compared()
    own = mean_precision(lambda one: [i for i, _ in topics.ranked(same, one)], place)
    plain = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True, min_df=2)
    rows = plain.fit_transform([f"{m.title} {m.text}" for m in read])

    def by_cosine(one: int) -> list[int]:
        return [int(i) for i in np.argsort(-(rows @ rows[one].T).toarray().ravel(), kind="stable") if i != one]

    cosine = mean_precision(by_cosine, place)
    print(f"mean average precision {own:.3f}, plain cosine {cosine:.3f}")
    assert own > 0.955 and own > cosine + 0.03


def test_topics_are_those_of_the_key() -> None:
    """Pairs of the key's messages: together where the key has them together (F1), and each message's own topic (B-cubed)."""
    read, place, same = compared()
    topic_of = {key: n for n, topic in enumerate(topics.topics(read, same)) for key in topic.members}
    wanted = {key: n for n, topic in enumerate(KEY) for key in topic["members"]}
    ours = np.array([topic_of.get(key, -place[key] - 1) for key in wanted])
    theirs = np.array(list(wanted.values()))
    found, true = ours[:, None] == ours[None], theirs[:, None] == theirs[None]
    both = (found & true).sum(axis=1)
    right, complete = (both / found.sum(axis=1)).mean(), (both / true.sum(axis=1)).mean()
    cubed = 2 * right * complete / (right + complete)
    others = len(ours)
    pairs = 2 * (both.sum() - others) / (found.sum() - others + true.sum() - others)
    print(f"F1 of pairs {pairs:.3f}, B-cubed {cubed:.3f}")
    assert pairs > 0.93 and cubed > 0.92


def test_the_same_trouble_elsewhere_stays_apart() -> None:
    read, place, same = compared()
    topic_of = {key: n for n, topic in enumerate(topics.topics(read, same)) for key in topic.members}
    one, other = (next(t for t in KEY if t["topic"] == name) for name in ("魅力之城夜宵油烟", "润芳园油烟"))
    assert not {topic_of[k] for k in one["members"]} & {topic_of.get(k) for k in other["members"]}
    assert place and len(read) == len(place)

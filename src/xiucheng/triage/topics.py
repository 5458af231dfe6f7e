"""Hot topics among messages (热点): what several people write about the same trouble in the same place.

Messages are joined pair by pair, the likest first, as long as two groups are alike on average (agglomerative clustering); a
topic's heat is how many people wrote, then how many messages.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from xiucheng.rules.masking import mask
from xiucheng.triage.alike import SOFT, Square, odds
from xiucheng.triage.mentions import mentions, pieces, shared
from xiucheng.triage.messages import Message

TOGETHER: Final = 0.4
"""Groups at least so alike on average are one topic."""
NEIGHBOURS: Final = 10
HEARD: Final = 0.35
"""How much the messages that are plainly about the same have to say in a ranking."""
CANDIDATES: Final = 400
_DESCRIPTION: Final = 60
LONG: Final = 8
"""Letters before a place's ending that may belong to its name, where several messages tell which do."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: how many people and messages, where, from when until when, what, and the messages' ids, the most telling first."""

    people: int
    place: str
    begins: dt.datetime | None
    ends: dt.datetime | None
    description: str
    members: tuple[int | str, ...]

    def facts(self, rank: int) -> dict[str, Any]:
        """As a machine reads it; `heat` is the number of distinct people."""
        return {
            "rank": rank,
            "heat": self.people,
            "people": self.people,
            "messages": len(self.members),
            "place": self.place,
            "from": self.begins.isoformat(sep=" ") if self.begins else None,
            "to": self.ends.isoformat(sep=" ") if self.ends else None,
            "description": self.description,
            "members": list(self.members),
        }


def topics(messages: Sequence[Message], same: Square, least: int = 2) -> list[Topic]:
    """Groups of at least `least` messages, the hottest first."""
    groups: dict[int, list[int]] = {}
    for i, label in enumerate(_labels(same)):
        groups.setdefault(int(label), []).append(i)
    names = [mentions(m.title or m.text, LONG) for m in messages]
    usual: Counter[str] = Counter()
    for own in names:
        usual.update(pieces(own))
    found = [_topic(messages, same, group, names, usual) for group in groups.values() if len(group) >= least]
    return sorted(found, key=lambda topic: (-topic.people, -len(topic.members), str(topic.members[0])))


def _labels(same: Square) -> Any:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(same) == 1:
        return [0]
    distance = 1.0 - same.astype(np.float64)
    np.fill_diagonal(distance, 0.0)
    return fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - TOGETHER, "distance")


def _topic(
    messages: Sequence[Message], same: Square, group: list[int], names: list[list[str]], usual: Mapping[str, int]
) -> Topic:
    told = same[np.ix_(group, group)].sum(axis=1)
    order = [group[i] for i in np.argsort(-told, kind="stable")]
    central = messages[order[0]]
    times = sorted(m.at for m in (messages[i] for i in group) if m.at is not None)
    return Topic(
        people=len({messages[i].person for i in group}),
        place=shared([names[i] for i in group], usual),
        begins=times[0] if times else None,
        ends=times[-1] if times else None,
        description=mask((central.title or central.text)[:_DESCRIPTION]),
        members=tuple(messages[i].id for i in order),
    )


def ranked(same: Square, index: int) -> list[tuple[int, float]]:
    """The other messages with their likeness, the likest first: to this message and to those that are plainly about the same."""
    order = np.argsort(-same[index], kind="stable")
    order = order[order != index]
    first = order[:CANDIDATES]
    told = _heard(same, index, first)
    back = np.array([_heard(same, int(one), np.array([index]))[0] for one in first])
    score = 1.0 / (1.0 + np.exp(-(told + back) / (2.0 * SOFT))) if len(first) else told
    best = np.argsort(-score, kind="stable")
    found = [(int(first[i]), round(float(score[i]), 4)) for i in best]
    least = found[-1][1] if found else 0.0
    return found + [(int(i), round(min(least, float(same[index, i])), 4)) for i in order[CANDIDATES:]]


def _heard(same: Square, index: int, others: Any) -> Any:
    """The odds that `index` and each of the `others` are the same, as it and those that are most like it say."""
    own = same[index].copy()
    own[index] = 0.0
    near = np.argpartition(-own, min(NEIGHBOURS, len(own) - 1))[:NEIGHBOURS]
    near = near[own[near] > 0.5]
    alone = odds(same[index, others])
    if not len(near):
        return alone
    weight = own[near] / own[near].sum()
    return (1.0 - HEARD) * alone + HEARD * (weight @ odds(same[np.ix_(near, others)]))

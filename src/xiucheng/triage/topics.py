"""Hot topics among messages (热点): what several people write about the same trouble in the same place.

Messages are joined pair by pair, the likest first, as long as two groups are alike on average (agglomerative clustering); a
topic's heat is how many people wrote, then how many messages.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from xiucheng.rules.masking import mask
from xiucheng.triage.mentions import mentions, shared
from xiucheng.triage.messages import Message, Square, separate

TOGETHER: Final = 0.08
FEW: Final = 0.6
"""Groups at least so alike on average are one topic; more where messages are few (`FEW` / log n) and rarity says little."""
TITLES_APART: Final = 0.6
LINKED: Final = 0.25
NEIGHBOURS: Final = 10
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
    """Groups of at least `least` messages, the hottest first. Those whose titles name other places stay apart."""
    same = same.copy()
    separate(same, [mentions(m.title) for m in messages], TITLES_APART)
    groups: dict[int, list[int]] = {}
    for i, label in enumerate(_labels(same)):
        groups.setdefault(int(label), []).append(i)
    found = [_topic(messages, same, group) for group in groups.values() if len(group) >= least]
    return sorted(found, key=lambda topic: (-topic.people, -len(topic.members), str(topic.members[0])))


def _labels(same: Square) -> Any:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(same) == 1:
        return [0]
    distance = 1.0 - same.astype(np.float64)
    np.fill_diagonal(distance, 0.0)
    least = max(TOGETHER, FEW / np.log(len(same)) if len(same) > 2 else FEW)
    return fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - least, "distance")


def _topic(messages: Sequence[Message], same: Square, group: list[int]) -> Topic:
    told = same[np.ix_(group, group)].sum(axis=1)
    order = [group[i] for i in np.argsort(-told, kind="stable")]
    central = messages[order[0]]
    times = sorted(m.at for m in (messages[i] for i in group) if m.at is not None)
    named = [mentions(f"{messages[i].title} {messages[i].text}", LONG) for i in group]
    return Topic(
        people=len({messages[i].person for i in group}),
        place=shared(named),
        begins=times[0] if times else None,
        ends=times[-1] if times else None,
        description=mask((central.title or central.text)[:_DESCRIPTION]),
        members=tuple(messages[i].id for i in order),
    )


def ranked(same: Square, index: int) -> list[tuple[int, float]]:
    """The other messages with their likeness, the likest first: to this message and to those that are plainly about the same."""
    own = same[index]
    near = np.argsort(-own, kind="stable")[: NEIGHBOURS + 1]
    near = near[own[near] >= LINKED]
    score = (own[near] / own[near].sum()) @ same[near]
    order = [int(i) for i in np.argsort(-score, kind="stable") if i != index]
    return [(i, round(float(score[i]), 4)) for i in order]

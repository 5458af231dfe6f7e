"""Names of places that no register has, learned from cases that people confirmed (地名学习).

A name counts when several confirmed cases with a point say it and their points lie together; of names that the same cases
share the longest is kept. Names of the gazetteer, and names that end one of them, are never learned: those are known better.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from django.db import connection, transaction

from xiucheng.city import clock
from xiucheng.city.registers import touch
from xiucheng.triage.mentions import mentions
from xiucheng.triage.models import LearnedPlace

LEAST: Final = 3
LETTERS: Final = range(3, 9)
TOGETHER: Final = 150.0
AGREE: Final = 0.8
NEWEST: Final = 20_000
KEPT: Final = 5_000
_VAGUE: Final = frozenset(
    ("小区", "公寓", "花园", "广场", "公园", "社区", "学校", "小学", "中学", "幼儿园", "医院", "市场", "新村", "大道")
)

_CONFIRMED: Final = """
SELECT c.id, c.place, c.summary, c.lng, c.lat FROM cases_case c
WHERE c.filed_at IS NOT NULL AND c.dispatched_at IS NOT NULL AND NOT c.by_system AND NOT c.training AND NOT c.outside
  AND c.lng IS NOT NULL AND c.state NOT IN ('void', 'withdrawn', 'merged')
ORDER BY c.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A confirmed case: what it says of its place, and where it was."""

    case: int
    text: str
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Learned:
    """A name, its place, and how many cases speak for it."""

    name: str
    lng: float
    lat: float
    cases: int


def learn(said: Iterable[Said], known: Iterable[str]) -> list[Learned]:
    """The names that the cases agree on, in order. Pure."""
    where: dict[str, dict[int, Said]] = defaultdict(dict)
    for one in said:
        for name in _candidates(one.text):
            where[name][one.case] = one
    endings = {name[-width:] for name in known for width in range(1, len(name) + 1)}
    sure = {
        name: found
        for name, cases in where.items()
        if name not in endings and len(cases) >= LEAST and (found := _together(name, list(cases.values())))
    }
    return sorted(_longest(sure), key=lambda found: found.name)


def _candidates(text: str) -> Iterator[str]:
    """Every ending piece of every place that is mentioned; where a name begins is what the cases must agree on."""
    for mention in mentions(text, before=6):
        for width in LETTERS:
            if width <= len(mention) and mention[-width:] not in _VAGUE:
                yield mention[-width:]


def _together(name: str, cases: Sequence[Said]) -> Learned | None:
    """The middle of the cases, if nearly all of them lie around it."""
    lng, lat = median(c.lng for c in cases), median(c.lat for c in cases)
    near = sum(_metres(c, lng, lat) <= TOGETHER for c in cases)
    enough = near >= LEAST and near >= AGREE * len(cases)
    return Learned(name, round(lng, 6), round(lat, 6), near) if enough else None


def _metres(one: Said, lng: float, lat: float) -> float:
    return math.hypot((one.lng - lng) * math.cos(math.radians(lat)), one.lat - lat) * 111_320


def _longest(sure: dict[str, Learned]) -> Iterator[Learned]:
    """A piece of a longer name that nearly the same cases share is no name of its own."""
    for name, found in sure.items():
        longer = (o for o in sure.values() if len(o.name) > len(name) and o.name.endswith(name))
        if all(o.cases < AGREE * found.cases for o in longer):
            yield found


def gather(known: Iterable[str]) -> int:
    """Learn anew from the newest confirmed cases; gives how many names there are now."""
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRMED, [NEWEST])
        said = [Said(key, f"{place}，{summary}", lng, lat) for key, place, summary, lng, lat in cursor.fetchall()]
    found = sorted(learn(said, known), key=lambda one: -one.cases)[:KEPT]
    before = set(LearnedPlace.objects.values_list("name", "lng", "lat"))
    now = clock.now()
    with transaction.atomic():
        LearnedPlace.objects.all().delete()
        LearnedPlace.objects.bulk_create(
            LearnedPlace(name=one.name, lng=one.lng, lat=one.lat, cases=one.cases, at=now) for one in found
        )
        if before != {(one.name, one.lng, one.lat) for one in found}:
            touch()
    return len(found)

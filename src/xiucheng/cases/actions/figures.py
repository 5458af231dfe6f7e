"""Daily figures (日统计): what an act counts for, added up by day, street, unit, category and channel.

The same rules read the gateway's changes as they happen and the history when figures are computed anew, so both must agree.
Training cases never count. A day is a day in the district. `seconds` are natural time: from report to restoration or closing,
from dispatch to signature; for `rated` they are the sum of the ratings.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from xiucheng.city import clock

PLAIN: Final = {
    "submit": "reported",
    "register": "registered",
    "refuse": "refused",
    "answer": "answered",
    "verify": "verified",
    "file": "filed",
    "decline": "declined",
    "object": "objected",
    "withdraw": "withdrawn",
    "dispatch": "dispatched",
    "sign": "signed",
    "return": "returned",
    "transfer": "transferred",
    "feed_back": "fed_back",
    "check": "checked",
    "rework": "reworked",
    "close": "closed",
    "dispute": "disputed",
    "reopen": "reopened",
    "uphold": "upheld",
    "merge": "merged",
    "unmerge": "unmerged",
    "void": "void",
    "urge": "urged",
    "supervise": "supervised",
    "extend.grant": "extended",
    "suspend.grant": "suspended",
    "appeal.grant": "excused",
}
OF_THE_OLD_UNIT: Final = frozenset({"return", "transfer"})
SATISFIED_FROM: Final = 4
LOCK: Final = 0x66696773
"""The advisory lock (`figs`) that keeps the relay and a new computation apart."""


@dataclass(frozen=True, slots=True)
class Event:
    """One act as figures see it: the case's street, unit, category and channel after it."""

    at: dt.datetime
    act: str
    step: str = ""
    street: str = ""
    unit: int = 0
    was_unit: int = 0
    category: str = ""
    channel: str = ""
    overdue: bool = False
    late_before: bool = False  # the round was overdue already: a rework's feedback says nothing new of it
    satisfaction: int = 0  # what this one said, not the mean of the case
    seconds: int = 0
    training: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """The key of one figure."""

    day: dt.date
    measure: str
    street: str
    unit: int
    category: str
    channel: str


Sums = dict[Figure, list[int]]


def measures(event: Event) -> Iterator[tuple[str, int]]:
    """What an act counts for, each with its seconds."""
    key = f"{event.act}.{event.step}" if event.step else event.act
    plain = PLAIN.get(key)
    if plain is not None:
        yield plain, event.seconds
    if event.act == "feed_back" and not event.late_before:
        yield ("overdue" if event.overdue else "on_time"), 0
    if event.satisfaction:
        yield "rated", event.satisfaction
        if event.satisfaction >= SATISFIED_FROM:
            yield "satisfied", 0


def add(sums: Sums, event: Event) -> None:
    """Add one act to the sums."""
    if event.training:
        return
    unit = event.was_unit if event.act in OF_THE_OLD_UNIT else event.unit
    day = event.at.astimezone(clock.ZONE).date()
    for measure, seconds in measures(event):
        found = sums[Figure(day, measure, event.street, unit, event.category, event.channel)]
        found[0] += 1
        found[1] += seconds


def sums_of(events: Iterable[Event]) -> Sums:
    """The sums of some acts."""
    sums: Sums = defaultdict(lambda: [0, 0])
    for event in events:
        add(sums, event)
    return sums


_ADD: Final = """
INSERT INTO cases_dayfigure AS f (day, measure, street, unit_id, category_id, channel, count, seconds)
SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::bigint[])
ON CONFLICT (day, measure, street, unit_id, category_id, channel)
DO UPDATE SET count = f.count + excluded.count, seconds = f.seconds + excluded.seconds
"""


def store(sums: Sums) -> None:
    """Add sums to the stored figures, in one order so that two writers never wait for each other in a ring."""
    if not sums:
        return
    order = sorted(sums, key=lambda k: (k.day, k.measure, k.street, k.unit, k.category, k.channel))
    columns: list[list[object]] = [
        [k.day for k in order],
        [k.measure for k in order],
        [k.street for k in order],
        [k.unit for k in order],
        [k.category for k in order],
        [k.channel for k in order],
        [sums[k][0] for k in order],
        [sums[k][1] for k in order],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, columns)

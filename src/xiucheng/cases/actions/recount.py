"""The calendar was corrected (日历更正): deadlines of running clocks move, with a preview first and a line in each history.

What has been frozen (feedback given, case ended) is never touched.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xiucheng.cases.actions.act import act
from xiucheng.cases.actions.columns import CLOCK_COLUMNS, clock_from
from xiucheng.cases.models import Clock
from xiucheng.city.registers import registers
from xiucheng.rules import clocks
from xiucheng.rules.workflow import Actor


@dataclass(frozen=True, slots=True)
class Shift:
    """One deadline that moves."""

    case_id: int
    number: str
    kind: str
    before: dt.datetime | None
    after: dt.datetime | None


def preview() -> Iterator[Shift]:
    """Every running deadline that today's calendar puts elsewhere."""
    calendar = registers().law.calendar
    running = Clock.objects.filter(stopped_at=None, running_since__isnull=False, case__ended_at=None).exclude(
        clock="natural"
    )
    for row in running.select_related("case").order_by("case_id", "id").iterator():
        now = clock_from({name: getattr(row, name) for name in CLOCK_COLUMNS})
        then = clocks.recount(calendar, now)
        if then.due_at != now.due_at:
            yield Shift(row.case_id, row.case.number, row.kind, now.due_at, then.due_at)


def apply(*, account: str) -> int:
    """Move them; gives how many cases changed."""
    cases = sorted({shift.case_id for shift in preview()})
    actor = Actor("system", "calendar", via=account)
    for case_id in cases:
        act(case_id, "note", actor, {"words": "工作日历更正，截止时间按新日历重算", "recount": True})
    return len(cases)

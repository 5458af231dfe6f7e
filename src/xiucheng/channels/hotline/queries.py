"""Questions to the call desk (话务查询): what rings at a seat, what is owed, the service by day, the calls of a case."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from xiucheng.cases.models import Case
from xiucheng.channels.hotline.actions.tasks import number
from xiucheng.channels.hotline.models import Call, CallTask, Seat
from xiucheng.city import clock


def ringing(account: int) -> list[Call]:
    """Calls at this person's seat that ring or are spoken, and those that ring at no known seat; the newest first."""
    since = clock.now() - dt.timedelta(hours=number("longest_call_hours"))
    mine = Q(account_id=account) | Q(account_id=None, answered_at=None, rung__contains=[account])
    nobodys = Q(account_id=None, answered_at=None, rung=[], rang_at__isnull=False)
    found = Call.objects.filter(mine | nobodys, created_at__gt=since, settled=False, ended_at=None, outcome="")
    return list(found.order_by("-created_at")[:5])


def find(pk: int) -> Call | None:
    """One call."""
    return Call.objects.filter(pk=pk).first() if 0 < pk < 2**62 else None


def owed(account: int | None) -> list[CallTask]:
    """Open tasks: calls to be returned, and forms that this person (None: anybody) or nobody in particular owes."""
    found = CallTask.objects.filter(done_at=None).select_related("call").order_by("due_at", "pk")
    if account is not None:
        found = found.filter(Q(account_id=account) | Q(account_id=None))
    return list(found[:100])


def newest(account: int | None, most: int = 50) -> list[Call]:
    """The last calls, of one person or of all."""
    found = Call.objects.order_by("-created_at").prefetch_related("reports")
    return list((found if account is None else found.filter(account_id=account))[:most])


def seat_of(account: int) -> str:
    """Where somebody sits; empty when nowhere."""
    return Seat.objects.filter(account_id=account).values_list("extension", flat=True).first() or ""


def cases_of(call: Call) -> list[str]:
    """The numbers of the cases that were taken in during a call."""
    found = Case.objects.filter(pk__in=call.reports.values_list("case_id", flat=True))
    return list(found.order_by("pk").values_list("number", flat=True))


def of_cases(cases: Collection[int]) -> list[Call]:
    """The calls in which these cases were reported."""
    return list(Call.objects.filter(reports__case_id__in=cases).order_by("created_at").distinct())


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the hotline. `quick` were answered in time; `wait` is the mean of those answered, in seconds."""

    day: dt.date | None
    calls: int
    answered: int
    quick: int
    waited: float | None

    @property
    def missed(self) -> int:
        """Ended without being answered."""
        return self.calls - self.answered

    @property
    def connected(self) -> float | None:
        """Share of the calls that were answered (接通率)."""
        return self.answered / self.calls if self.calls else None

    @property
    def in_time(self) -> float | None:
        """Share of the calls that were answered in time (15 秒接通率): of all calls, not only of those answered."""
        return self.quick / self.calls if self.calls else None


_DAYS: Final = """
SELECT (coalesce(rang_at, answered_at, ended_at, created_at) AT TIME ZONE %(zone)s)::date AS day, count(*),
  count(answered_at), count(*) FILTER (WHERE answered_at - rang_at <= make_interval(secs => %(within)s)),
  (avg(extract(epoch FROM greatest(answered_at - rang_at, interval '0')))
    FILTER (WHERE answered_at IS NOT NULL AND rang_at IS NOT NULL))::float8
FROM channel_hotline_call
WHERE coalesce(rang_at, answered_at, ended_at, created_at) >= %(since)s
  AND coalesce(rang_at, answered_at, ended_at, created_at) < %(until)s
  AND (ended_at IS NOT NULL OR answered_at IS NOT NULL)
GROUP BY GROUPING SETS ((day), ()) ORDER BY day NULLS LAST
"""


def days(first: dt.date, last: dt.date) -> tuple[list[Day], Day]:
    """The days that had calls and the whole span; a call that only rings is not counted yet. Both days included."""
    zone = clock.ZONE
    since, until = (dt.datetime.combine(d, dt.time(0), zone) for d in (first, last + dt.timedelta(days=1)))
    params: dict[str, Any] = {"zone": str(zone), "since": since, "until": until, "within": number("answer_seconds")}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, params)
        found = [Day(*row) for row in cursor.fetchall()]
    return found[:-1], found[-1]

"""What the phone asks (一线查询): conditions of a standard, what I reported, how quick a unit is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from xiucheng.cases.queries.case import Whole
from xiucheng.city import clock
from xiucheng.city.models import Category, Standard
from xiucheng.people.models import Account

DAYS: Final = 30


def standard(key: int | None) -> Standard | None:
    """Filing and closing condition of a case's standard."""
    return Standard.objects.filter(id=key).first() if key is not None else None


def filing_conditions(category: str | None) -> list[Standard]:
    """What must be seen on site for a category, so that the officer knows what to look for (立案条件)."""
    return list(Standard.objects.filter(category_id=category, active=True).order_by("code")[:6]) if category else []


def menu() -> list[Category]:
    """The common problems of the menu, then nothing: the rest is the centre's work."""
    return list(Category.objects.filter(menu__isnull=False, active=True).order_by("menu")[:12])


def colleagues(unit: int | None) -> list[tuple[int, str]]:
    """Who in the unit can be given a case."""
    if unit is None:
        return []
    rows = Account.objects.filter(unit_id=unit, is_active=True, left_at=None).order_by("pinyin", "id")
    return [(a.id, str(a)) for a in rows[:200]]


def before_and_after(found: Whole) -> tuple[list[Any], list[Any], list[Any]]:
    """Pictures of the report and of officers; those of the work; those of checks."""
    work = [p for p in found.pictures if p.stage == "after"]
    checks = [p for p in found.pictures if p.stage in {"check", "rework"}]
    return [p for p in found.pictures if p not in work and p not in checks], work, checks


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick a unit was in the last days (时效): mean seconds, natural time, of what was signed and fed back."""

    signed: int
    to_sign: int | None
    restored: int
    to_restore: int | None
    on_time: int
    reworked: int
    returned: int


_PACE: Final = """
WITH s AS (
  SELECT count(*) AS n, avg(extract(epoch FROM signed_at - dispatched_at)) AS mean FROM cases_case
  WHERE unit_id = %(unit)s AND signed_at >= %(since)s AND dispatched_at IS NOT NULL AND NOT training
), f AS (
  SELECT count(*) AS n, avg(extract(epoch FROM fed_back_at - opened_at)) AS mean,
    count(*) FILTER (WHERE NOT overdue OR excused) AS on_time, coalesce(sum(reworks), 0) AS reworked
  FROM cases_case WHERE unit_id = %(unit)s AND fed_back_at >= %(since)s AND NOT training
), r AS (
  SELECT coalesce(sum(returns), 0) AS n FROM cases_case WHERE unit_id = %(unit)s AND opened_at >= %(since)s AND NOT training
)
SELECT s.n, s.mean, f.n, f.mean, f.on_time, f.reworked, r.n FROM s, f, r
"""


def pace(unit: int, now: dt.datetime | None = None) -> Pace:
    """Time to sign and time to restoration of a unit in the last 30 days."""
    since = (now or clock.now()) - dt.timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_PACE, {"unit": unit, "since": since})
        signed, to_sign, restored, to_restore, on_time, reworked, returned = cursor.fetchone()
    return Pace(
        signed, None if to_sign is None else int(to_sign), restored,
        None if to_restore is None else int(to_restore), on_time, int(reworked), int(returned),
    )  # fmt: skip


_MINE: Final = """
SELECT c.number, c.state, c.summary, c.place, c.category_id, r.received_at, r.token
FROM cases_report r JOIN cases_case c ON c.id = r.case_id WHERE r.taken_by = %s ORDER BY r.id DESC LIMIT 30
"""


def reported_by(account: int) -> list[dict[str, Any]]:
    """What somebody found and reported himself, newest first."""
    names = ("number", "state", "summary", "place", "category_id", "received_at", "token")
    with connection.cursor() as cursor:
        cursor.execute(_MINE, [account])
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

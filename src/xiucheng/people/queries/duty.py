"""Who is on duty (值班查询): the A role, or the deputy who steps in while A is away."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from xiucheng.city.registers import registers
from xiucheng.people.models import Account


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the roster; `on_duty` is the person who really stands there, empty when nobody does."""

    id: int
    post: str
    begins: dt.datetime
    ends: dt.datetime
    account: int
    name: str
    deputy: int | None
    deputy_name: str
    absent: bool
    gone: bool
    note: str

    @property
    def on_duty(self) -> int | None:
        """A, or B while A is away or has left."""
        return self.deputy if self.absent or self.gone else self.account

    @property
    def on_duty_name(self) -> str:
        """The name of who stands there; empty when nobody does."""
        return self.deputy_name if self.absent or self.gone else self.name


_TURNS = """
SELECT d.id, d.post, d.begins, d.ends, d.account_id, a.name, b.id, COALESCE(b.name, ''), d.absent,
  a.left_at IS NOT NULL OR NOT a.is_active, d.note
FROM people_duty d JOIN people_account a ON a.id = d.account_id
LEFT JOIN people_account b ON b.id = d.deputy_id AND b.left_at IS NULL AND b.is_active
WHERE d.begins < %(until)s AND d.ends > %(since)s AND (%(post)s = '' OR d.post = %(post)s)
ORDER BY d.begins, d.post, d.id
"""


def turns(since: dt.datetime, until: dt.datetime, post: str = "") -> list[Turn]:
    """The roster's lines that touch this span; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, {"since": since, "until": until, "post": post})
        return [Turn(*row) for row in cursor.fetchall()]


def on_duty(post: str, at: dt.datetime) -> list[int]:
    """Accounts on duty at a post at a moment (在岗); the deputy steps in when A is away. May be empty."""
    found = (turn.on_duty for turn in turns(at, at + dt.timedelta(microseconds=1), post))
    return sorted({account for account in found if account is not None})


def holders_of(post: str) -> list[tuple[int, str]]:
    """Everybody who holds a post and has not left, by pinyin."""
    rows = Account.objects.filter(postings__post=post, is_active=True, left_at=None).order_by("pinyin", "id").distinct()
    return [(row.pk, row.name) for row in rows]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the roster page: its kind and its turns by post."""

    date: dt.date
    workday: bool
    known: bool
    turns: Mapping[str, Sequence[Turn]]


def week(monday: dt.date, posts: Sequence[str]) -> list[Day]:
    """Seven days with who stands where; a turn stands on the day on which it begins."""
    calendar = registers().law.calendar
    since = dt.datetime.combine(monday, dt.time(0), calendar.zone)
    found = turns(since, since + dt.timedelta(days=7))
    days = []
    for n in range(7):
        date = monday + dt.timedelta(days=n)
        mine = [turn for turn in found if turn.begins.astimezone(calendar.zone).date() == date]
        by_post: dict[str, list[Turn]] = {post: [t for t in mine if t.post == post] for post in posts}
        days.append(Day(date, calendar.is_workday(date), date.year in calendar.years, by_post))
    return days

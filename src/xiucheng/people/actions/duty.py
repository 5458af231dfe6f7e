"""The roster (值班表): who stands where and when, with the deputy who steps in (AB角); every change is recorded."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from xiucheng.audit.actions import record_change
from xiucheng.city.registers import registers
from xiucheng.people.models import Duty, Posting
from xiucheng.rules.refusals import Refused

LONGEST: Final = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of a day, local time; an end that is not later than the begin is on the next day."""

    begins: dt.time
    ends: dt.time


@transaction.atomic
def add_turn(
    *, post: str, begins: dt.datetime, ends: dt.datetime, account_id: int, deputy_id: int | None, note: str, by: int
) -> Duty:
    """Put a person on the roster. Raises `Refused` (bad_time, no_such_holder, twice_on_duty)."""
    if ends <= begins or ends - begins > LONGEST:
        raise Refused("bad_time", field="值班时间", why="结束要晚于开始，一班最长 24 小时")
    for person in filter(None, (account_id, deputy_id)):
        _check_holds(person, post)
    if deputy_id == account_id:
        raise Refused("bad_choice", field="B角")
    if Duty.objects.filter(account_id=account_id, begins__lt=ends, ends__gt=begins).exists():
        raise Refused("twice_on_duty")
    turn = Duty.objects.create(
        post=post, begins=begins, ends=ends, account_id=account_id, deputy_id=deputy_id, note=note[:100]
    )
    _record(turn, "add", by, {})
    return turn


def _check_holds(account_id: int, post: str) -> None:
    held = Posting.objects.filter(account_id=account_id, post=post, account__left_at=None, account__is_active=True)
    if not held.exists():
        raise Refused("no_such_holder")


def _facts(turn: Duty) -> dict[str, object]:
    return {
        "post": turn.post,
        "begins": turn.begins.isoformat(),
        "ends": turn.ends.isoformat(),
        "account": turn.account_id,
        "deputy": turn.deputy_id,
        "absent": turn.absent,
    }


def _record(turn: Duty, act: str, by: int, before: dict[str, object]) -> None:
    after = {} if act == "remove" else _facts(turn)
    record_change(account_id=by, table="people_duty", key=str(turn.pk), act=act, before=before, after=after)


def _turn(turn_id: int) -> Duty:
    turn = Duty.objects.select_for_update().filter(pk=turn_id).first()
    if turn is None:
        raise Refused("turn_unknown")
    return turn


@transaction.atomic
def set_absent(*, turn_id: int, absent: bool, by: int) -> Duty:
    """A is away: from now the deputy stands there; or A is back. Raises `Refused` when there is no deputy."""
    turn = _turn(turn_id)
    if absent and turn.deputy_id is None:
        raise Refused("no_deputy")
    before = _facts(turn)
    turn.absent = absent
    turn.save(update_fields=["absent"])
    _record(turn, "absent" if absent else "back", by, before)
    return turn


@transaction.atomic
def remove_turn(*, turn_id: int, now: dt.datetime, by: int) -> None:
    """Take a turn off the roster; what has begun stays, for it is part of the record."""
    turn = _turn(turn_id)
    if turn.begins <= now:
        raise Refused("turn_begun")
    _record(turn, "remove", by, _facts(turn))
    turn.delete()


@transaction.atomic
def plan(
    *,
    post: str,
    first: dt.date,
    days: int,
    people: Sequence[int],
    shifts: Sequence[Shift],
    holiday_shifts: Sequence[Shift],
    by: int,
) -> list[Duty]:
    """Fill a span in turn (排班): each shift takes the next person, the one after him is the deputy.

    Days off by the calendar use `holiday_shifts`. Raises `Refused` and plans nothing when somebody stands twice, or when
    the calendar does not know a year.
    """
    calendar = registers().law.calendar
    if not people or not 1 <= days <= 62:
        raise Refused("bad_choice", field="排班")
    made: list[Duty] = []
    for n in range(days):
        date = first + dt.timedelta(days=n)
        calendar.require(date.year)
        for shift in shifts if calendar.is_workday(date) else holiday_shifts:
            begins = dt.datetime.combine(date, shift.begins, calendar.zone)
            ends = dt.datetime.combine(date, shift.ends, calendar.zone)
            ends += dt.timedelta(days=1) if ends <= begins else dt.timedelta()
            turn = len(made)
            deputy = people[(turn + 1) % len(people)] if len(people) > 1 else None
            made.append(
                add_turn(
                    post=post,
                    begins=begins,
                    ends=ends,
                    account_id=people[turn % len(people)],
                    deputy_id=deputy,
                    note="",
                    by=by,
                )
            )
    return made


def hand_on_turns(*, leaver: int, successor: int, now: dt.datetime) -> tuple[int, int]:
    """Turns that have not begun go to the successor (离岗移交); gives how many, and how many clash with his own.

    Where he stands already then, the turn stays for somebody else to be found: its deputy stands there meanwhile.
    """
    mine = Duty.objects.filter(Q(account_id=leaver) | Q(deputy_id=leaver), begins__gt=now)
    moved = clashes = 0
    for turn in mine.select_for_update().order_by("account_id", "begins", "id"):
        stands = turn.account_id == leaver
        if _stands_elsewhere(successor, turn):
            clashes += 1
            if not stands:
                Duty.objects.filter(pk=turn.pk).update(deputy=None)
            continue
        if stands:
            facts = {"account": successor, "deputy": None if turn.deputy_id == successor else turn.deputy_id}
        else:
            facts = {"deputy": None if turn.account_id == successor else successor}
            moved -= turn.account_id == successor
        Duty.objects.filter(pk=turn.pk).update(**{f"{name}_id": value for name, value in facts.items()})
        moved += 1
    return moved, clashes


def _stands_elsewhere(account: int, turn: Duty) -> bool:
    """Whether a person is on duty in another turn at that time, or stands in for somebody who is away."""
    others = Duty.objects.filter(begins__lt=turn.ends, ends__gt=turn.begins).exclude(pk=turn.pk)
    return others.filter(Q(account_id=account) | Q(deputy_id=account, absent=True)).exists()

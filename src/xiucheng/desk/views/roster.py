"""The roster (值班表): a week at a glance, with holidays and deputies; shift leaders keep it."""

import datetime as dt
from typing import Any, Final

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xiucheng.city import clock
from xiucheng.city.models import CalendarDay
from xiucheng.desk.access import CENTRE, DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.people.actions import duty
from xiucheng.people.actions.duty import Shift
from xiucheng.people.queries.duty import holders_of, on_duty, turns, week
from xiucheng.rules.refusals import Refused

POSTS: Final = ("shift_leader", "operator", "dispatcher", "officer")
PLANS: Final[dict[str, tuple[Shift, ...]]] = {
    "day": (Shift(dt.time(8), dt.time(18)),),
    "two": (Shift(dt.time(8), dt.time(20)), Shift(dt.time(20), dt.time(8))),
    "three": (Shift(dt.time(0), dt.time(8)), Shift(dt.time(8), dt.time(16)), Shift(dt.time(16), dt.time(0))),
}
WHOLE_DAY: Final = (Shift(dt.time(8), dt.time(8)),)


@require_safe
@staff(*CENTRE)
def roster(request: DeskRequest) -> HttpResponseBase:
    """One week; `day` names any date in it."""
    return page(request, "duty/roster.html", _facts(request), active="desk:roster")


def _facts(request: DeskRequest) -> dict[str, Any]:
    now = clock.now()
    today = now.astimezone(clock.ZONE).date()
    monday = _date(request.GET.get("day", ""), today)
    monday -= dt.timedelta(days=monday.weekday())
    names = dict(
        CalendarDay.objects.filter(date__range=(monday, monday + dt.timedelta(days=6))).values_list("date", "name")
    )
    here = {turn.on_duty: turn.on_duty_name for turn in turns(now, now + dt.timedelta(seconds=1)) if turn.on_duty}
    keeps = request.viewer.has("shift_leader")
    return {
        "days": week(monday, POSTS),
        "names": names,
        "posts": POSTS,
        "today": today,
        "monday": monday,
        "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7),
        "on_duty": {post: [here.get(one, "") for one in on_duty(post, now)] for post in POSTS},
        "keeps": keeps,
        "holders": {post: holders_of(post) for post in POSTS} if keeps else {},
        "now": now,
    }


def _date(text: str, otherwise: dt.date | None = None) -> dt.date:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        if otherwise is None:
            raise Refused("bad_time", field="日期", why="看不懂这个日期") from None
        return otherwise
    if not 2000 <= found.year <= 2100:
        raise Refused("bad_time", field="日期", why="年份不对")
    return found


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Refused("bad_time", field="值班时间", why="看不懂这个时间") from None


def _whole(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused("missing", field=field)
    return int(text)


def _to(day: dt.date) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('desk:roster')}?day={day.isoformat()}")


@require_POST
@staff("shift_leader")
def add(request: DeskRequest) -> HttpResponseBase:
    """Put one turn on the roster."""
    given = request.POST
    day = _date(given.get("day", ""))
    begins, ends = (dt.datetime.combine(day, _time(given.get(n, "")), clock.ZONE) for n in ("begins", "ends"))
    duty.add_turn(
        post=given.get("post", ""),
        begins=begins,
        ends=ends + dt.timedelta(days=1 if ends <= begins else 0),
        account_id=_whole(given.get("account", ""), "A角"),
        deputy_id=_whole(given["deputy"], "B角") if given.get("deputy") else None,
        note=given.get("note", "").strip(),
        by=request.viewer.id,
    )
    return _to(day)


@require_POST
@staff("shift_leader")
def plan(request: DeskRequest) -> HttpResponseBase:
    """Fill a span in turn; days off by the calendar have one long turn."""
    given = request.POST
    first = _date(given.get("first", ""))
    shifts = PLANS.get(given.get("shifts", ""))
    if shifts is None:
        raise Refused("bad_choice", field="班次")
    people = [_whole(one, "人员") for one in given.getlist("people")]
    days = _whole(given.get("days", ""), "天数")
    duty.plan(
        post=given.get("post", ""), first=first, days=days, people=people, shifts=shifts, holiday_shifts=WHOLE_DAY,
        by=request.viewer.id,
    )  # fmt: skip
    return _to(first)


@require_POST
@staff("shift_leader")
def change(request: DeskRequest, turn: int) -> HttpResponseBase:
    """A is away, A is back, or the turn goes."""
    what = request.POST.get("what", "")
    if what in {"away", "back"}:
        duty.set_absent(turn_id=turn, absent=what == "away", by=request.viewer.id)
    elif what == "remove":
        duty.remove_turn(turn_id=turn, now=clock.now(), by=request.viewer.id)
    else:
        raise Refused("bad_choice", field="操作")
    return _to(_date(request.POST.get("day", ""), clock.today()))

"""The calendar is corrected while cases run (日历更正)."""

import datetime as dt

from django.utils import timezone
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.actions import recount
from xiucheng.cases.models import Case, Clock
from xiucheng.city import calendar
from xiucheng.city.clock import ZONE
from xiucheng.rules.workflow import Actor


def _handling(people: dict[str, Actor], district: District) -> int:
    case = actions.submit(actions.Submission(channel="web", kind="complaint", words="护栏"), people["resident"]).case_id
    actions.act(case, "register", people["operator"], {"category": district.category, "place": "南坪"})
    actions.act(case, "file", people["shift_leader"], {"standard": district.standard})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    return case


def _close_next_workdays() -> None:
    today = timezone.now().astimezone(ZONE).date()
    for n in range(10):
        day = today + dt.timedelta(days=n)
        if day.weekday() < 5:
            calendar.set_day(day=day, workday=False, name="停工", account_id=None)


def test_recount_moves_running_deadlines_and_writes_history(people: dict[str, Actor], district: District) -> None:
    case = _handling(people, district)
    before = Case.objects.get(id=case).due_at
    _close_next_workdays()
    assert [s.case_id for s in recount.preview()] == [case]
    assert recount.apply(account="1") == 1
    after = Case.objects.get(id=case)
    assert before is not None and after.due_at is not None and after.due_at > before
    assert (after.version, list(recount.preview())) == (5, [])


def test_closed_case_is_never_recounted(people: dict[str, Actor], district: District) -> None:
    case = _handling(people, district)
    actions.act(case, "feed_back", people["handler"], {"pictures": ["a" * 64], "words": "好了"})
    actions.act(case, "send_check", people["operator"], {"person": "4"})
    actions.act(case, "check", people["officer"], {"pictures": ["a" * 64], "condition": True})
    actions.act(case, "close", people["shift_leader"], {"standard": district.standard})
    before = list(Clock.objects.filter(case_id=case).order_by("id").values_list("due_at", "outcome"))
    _close_next_workdays()
    assert recount.apply(account="1") == 0
    assert list(Clock.objects.filter(case_id=case).order_by("id").values_list("due_at", "outcome")) == before


def test_seed_fills_in_known_years_and_keeps_edited_ones(db: None) -> None:
    first = calendar.seed()
    assert first == len(calendar.library_years())
    assert calendar.seed() == 0

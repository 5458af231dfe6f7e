"""A case that is handled again (重办) is judged anew: what was late before stays in history and figures, not on the case."""

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from tests.district import District
from tests.house import fold

from xiucheng.cases import actions
from xiucheng.cases.actions import changes, recompute
from xiucheng.cases.models import Case, Change, Clock, DayFigure, History
from xiucheng.city import clock
from xiucheng.desk import figures as desk
from xiucheng.rules.workflow import Actor

RAIL = actions.Submission(channel="web", kind="complaint", words="护栏倒了", lng=106.57, lat=29.53, street="500108001")
PICTURE = ["a" * 64]
People = dict[str, Actor]
APPEAL = (("ask", "unit", {"reason": "停电"}), ("agree", "dispatcher", {}), ("grant", "shift_leader", {}))


def _late() -> None:
    Clock.objects.filter(kind="handling", stopped_at=None).update(due_at=clock.now() - dt.timedelta(minutes=1))


def _handling(people: People, district: District) -> int:
    case = actions.submit(RAIL, people["resident"]).case_id
    for act, who, form in (
        ("register", "operator", {"category": district.category}),
        ("file", "shift_leader", {"standard": district.standard}),
        ("dispatch", "dispatcher", {"unit": district.unit}),
    ):
        actions.act(case, act, people[who], form)
    return case


def _feed_back(case: int, people: People, who: str = "handler") -> None:
    actions.act(case, "feed_back", people[who], {"pictures": PICTURE, "words": "已扶正"})


def _close(case: int, people: People, district: District) -> None:
    for act, who, form in (
        ("send_check", "operator", {"person": "4"}),
        ("check", "officer", {"pictures": PICTURE, "condition": True}),
        ("close", "shift_leader", {"standard": district.standard}),
    ):
        actions.act(case, act, people[who], form)


def _appeal(case: int, people: People) -> None:
    for step, who, form in APPEAL:
        actions.act(case, "appeal", people[who], form, step=step)


def _reopen(case: int, people: People, unit: int) -> None:
    actions.act(case, "dispute", people["resident"], {"words": "又倒了"})
    actions.act(case, "reopen", people["shift_leader"], {"unit": unit})


def _flags() -> tuple[bool, bool, bool]:
    case = Case.objects.get()
    return case.overdue, case.excused, case.appealed


def _figures() -> dict[str, int]:
    with transaction.atomic():
        changes.take()
    names = ("fed_back", "on_time", "overdue", "excused")
    found = DayFigure.objects.filter(measure__in=names).values_list("measure").annotate(Sum("count"))
    return {str(name): int(count) for name, count in found}


def test_reopened_case_begins_without_the_first_rounds_lateness(people: People, district: District) -> None:
    case = _handling(people, district)
    _late()
    _feed_back(case, people)
    _close(case, people, district)
    _appeal(case, people)
    before = _flags()
    _reopen(case, people, district.unit)
    assert (before, _flags()) == ((True, True, True), (False, False, False))
    assert fold.fold(fold.rows(case)) == fold.seen(fold.stored(case))


def test_lateness_of_the_second_round_is_judged_and_appealed_by_itself(people: People, district: District) -> None:
    case = _handling(people, district)
    _late()
    _feed_back(case, people)
    _close(case, people, district)
    _appeal(case, people)
    _reopen(case, people, district.unit)
    _late()
    _feed_back(case, people)
    _close(case, people, district)
    second = _flags()
    _appeal(case, people)
    assert (second, _flags()) == ((True, False, False), (True, True, True))
    assert _figures() == {"fed_back": 2, "overdue": 2, "excused": 2}


def test_case_that_stays_closed_keeps_its_round(people: People, district: District) -> None:
    case = _handling(people, district)
    _late()
    _feed_back(case, people)
    _close(case, people, district)
    actions.act(case, "dispute", people["resident"], {"words": "没修好"})
    actions.act(case, "call_back", people["operator"], {"reached": "reached"})
    actions.act(case, "uphold", people["shift_leader"], {"reason": "已修好"})
    assert _flags() == (True, False, False)


def _late_then_reworked(people: People, district: District) -> int:
    case = _handling(people, district)
    _late()
    _feed_back(case, people)
    actions.act(case, "send_check", people["operator"], {"person": "4"})
    actions.act(case, "rework", people["officer"], {"reason": "没扶正", "pictures": PICTURE})
    return case


def test_rework_after_late_feedback_is_late_once(people: People, district: District) -> None:
    case = _late_then_reworked(people, district)
    _feed_back(case, people)
    assert (_flags()[0], _figures()) == (True, {"fed_back": 2, "overdue": 1})


def test_appeal_takes_the_whole_lateness_of_a_reworked_round(people: People, district: District) -> None:
    case = _late_then_reworked(people, district)
    _feed_back(case, people)
    _close(case, people, district)
    _appeal(case, people)
    today = clock.today()
    assert (_figures(), desk.days(today, today)[0].on_time) == ({"fed_back": 2, "overdue": 1, "excused": 1}, 1.0)


def test_other_unit_is_not_late_for_the_one_before(people: People, district: District) -> None:
    case = _late_then_reworked(people, district)
    actions.act(case, "transfer", people["dispatcher"], {"unit": district.other_unit, "reason": "改派"})
    _feed_back(case, people, "other_unit")
    assert (_flags()[0], _figures()) == (False, {"fed_back": 2, "overdue": 1, "on_time": 1})


def test_excuse_counts_for_the_day_when_the_round_became_late(people: People, district: District) -> None:
    case = _late_then_reworked(people, district)
    late = History.objects.get(case_id=case, act="feed_back").at
    _feed_back(case, people)
    _close(case, people, district)
    _appeal(case, people)
    grant = Change.objects.get(facts__act="appeal", facts__step="grant")
    assert dt.datetime.fromisoformat(grant.facts["of"]) == late
    sums = recompute.from_history()
    assert sorted(key.measure for key in sums if key.measure in {"overdue", "excused", "on_time"}) == [
        "excused",
        "overdue",
    ]

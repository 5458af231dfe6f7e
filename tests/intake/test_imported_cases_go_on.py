"""Open cases of an older system go on here (迁入后接着办): from whatever state they come in, with or without a standard, and people hear of it."""

import dataclasses
import datetime as dt

import pytest
from tests.district import District
from tests.house import fold

from xiucheng.cases.actions import act, bring, changes, recompute
from xiucheng.cases.actions.bring import Brought
from xiucheng.cases.actions.figures import sums_of
from xiucheng.cases.models import Case, Change, Clock, Report, Task
from xiucheng.city import clock
from xiucheng.city.models import Generation
from xiucheng.dispatch.sweeps import tell_deadlines
from xiucheng.notices.models import Notice
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

PICTURES = [{"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 1, "height": 1}]
People = dict[str, Actor]


def brought(state: str, **more: object) -> Case:
    """One open case as the older system knew it, a day old and due in ten days."""
    now = clock.now()
    given = Brought(
        "old:1", now - dt.timedelta(days=1), state, words="护栏倒了", place="学府路", due_at=now + dt.timedelta(days=10)
    )
    assert bring.bring([dataclasses.replace(given, **more)]) == 1  # type: ignore[arg-type]  # fields by name
    return Case.objects.get()


def test_suspended_case_stands_still_and_can_be_taken_up_again(district: District, people: People) -> None:
    case = brought("suspended", unit=district.unit)
    standing = Clock.objects.get()
    assert (case.due_at, standing.running_since, standing.due_at) == (None, None, None)
    done = act(case.id, "resume", people["dispatcher"])
    resumed = Clock.objects.get()
    assert (done.state, resumed.stopped_at, resumed.due_at) == ("handling", None, Case.objects.get().due_at)
    assert resumed.due_at is not None
    report = Report.objects.get()
    history = fold.rows(case.id)
    assert fold.fold(history) == fold.seen(fold.stored(case.id))
    assert fold.chain(history, report.token) == [row["hash"] for row in history]


def test_suspended_case_without_a_unit_goes_on_to_be_dispatched(district: District, people: People) -> None:
    case = brought("suspended")
    assert act(case.id, "resume", people["dispatcher"]).state == "to_dispatch"


@pytest.mark.parametrize(("state", "kind"), [("verifying", "verify"), ("checking", "check")])
def test_case_on_its_way_to_the_place_is_a_task_of_its_street(district: District, state: str, kind: str) -> None:
    case = brought(state, unit=district.unit, street="500108001")
    task = Task.objects.get()
    assert (task.case_id, task.kind, task.pool, task.account_id, task.done_at) == (
        case.id,
        kind,
        "street:500108001",
        None,
        None,
    )


def test_case_without_a_standard_takes_its_closing_condition_with_it(district: District, people: People) -> None:
    case = brought("to_dispatch")
    act(case.id, "dispatch", people["dispatcher"], {"unit": district.unit})
    act(case.id, "feed_back", people["unit"], {"pictures": PICTURES, "words": "已扶正"})
    act(case.id, "send_check", people["operator"])
    act(case.id, "check", people["officer"], {"pictures": PICTURES, "condition": True})
    act(case.id, "close", people["shift_leader"], {"standard": district.standard})
    after = Case.objects.get()
    assert (after.state, after.standard_id, after.category_id) == ("closed", district.standard, district.category)


def test_closing_condition_is_one_of_the_cases_own_category(district: District, people: People) -> None:
    case = brought("to_close", unit=district.unit, category="C01")
    with pytest.raises(Refused, match="no_closing_condition"):
        act(case.id, "close", people["shift_leader"], {"standard": district.standard})


def test_people_hear_of_what_happens_to_it_here(district: District, people: People) -> None:
    case = brought("to_dispatch", contact={"email": "wang@example.org"})
    assert Notice.objects.count() == 0
    act(case.id, "dispatch", people["dispatcher"], {"unit": district.unit})
    assert list(Notice.objects.values_list("recipient_kind", "recipient_key", "template")) == [
        ("unit", str(district.unit), "dispatch")
    ]
    act(case.id, "void", people["shift_leader"], {"reason": "重复"})
    assert Notice.objects.filter(recipient_kind="reporter", template="void").count() == 1


def test_its_unit_is_told_when_the_old_deadline_passes(district: District) -> None:
    tell_deadlines()
    brought("handling", unit=district.unit, due_at=clock.now() - dt.timedelta(minutes=1))
    Generation.objects.filter(name="deadlines").update(number=int(clock.now().timestamp()) - 3600)
    assert (tell_deadlines(), Notice.objects.get().template) == (1, "late")


def test_disputed_case_is_upheld_after_a_call(district: District, people: People) -> None:
    case = brought("disputed", unit=district.unit, contact={"phone": "19900001111"})
    assert list(Task.objects.values_list("kind", "pool", "done_at")) == [("call_back", "call_back", None)]
    act(case.id, "call_back", people["operator"], {"reached": "reached", "rating": "4"})
    done = act(case.id, "uphold", people["shift_leader"], {"reason": "电话里说已修好"})
    after = Case.objects.get()
    assert (done.state, after.closed_at == after.ended_at, after.ended_at is not None) == ("closed", True, True)
    assert fold.fold(fold.rows(case.id)) == fold.seen(fold.stored(case.id))


def test_disputed_case_is_not_upheld_without_a_call(district: District, people: People) -> None:
    case = brought("disputed", unit=district.unit)
    with pytest.raises(Refused, match="call_first"):
        act(case.id, "uphold", people["shift_leader"], {"reason": "已修好"})


@pytest.mark.parametrize(
    ("named", "filed", "state", "kind"),
    [
        (True, True, "handling", "handling"),
        (False, True, "to_dispatch", "dispatch"),
        (False, False, "to_register", "registration"),
    ],
)
def test_merged_case_goes_on_as_if_never_merged(
    district: District, people: People, named: bool, filed: bool, state: str, kind: str
) -> None:
    then = clock.now() - dt.timedelta(hours=3)
    case = brought("merged", unit=district.unit if named else None, ended_at=then, filed_at=then if filed else None)
    frozen = Clock.objects.get()
    assert (frozen.kind, frozen.outcome, frozen.stopped_at) == (kind, "merged", then)
    done = act(case.id, "unmerge", people["operator"], {"reason": "不是一件事"})
    running, after = Clock.objects.get(), Case.objects.get()
    assert (done.state, after.ended_at, running.outcome, running.stopped_at) == (state, None, "", None)
    assert (after.due_at, running.due_at) == (frozen.due_at, frozen.due_at)
    assert fold.fold(fold.rows(case.id)) == fold.seen(fold.stored(case.id))


def test_merged_case_that_came_in_without_a_way_back_finds_one(district: District, people: People) -> None:
    """As they were stored before the way back was written down."""
    case = brought("merged", unit=district.unit, ended_at=clock.now())
    Case.objects.update(prior_state="")
    assert act(case.id, "unmerge", people["operator"], {"reason": "不是一件事"}).state == "handling"


def test_rating_stands_in_the_figures_of_its_day(district: District) -> None:
    ended = clock.now() - dt.timedelta(hours=2)
    brought("closed", unit=district.unit, ended_at=ended, satisfaction=5)
    told = sums_of(changes.events(list(Change.objects.values_list("case_id", "at", "facts"))))
    found = {(key.day, key.measure): value for key, value in told.items() if key.measure in {"rated", "satisfied"}}
    day = ended.astimezone(clock.ZONE).date()
    assert found == {(day, "rated"): [1, 5], (day, "satisfied"): [1, 0]}
    assert dict(recompute.from_history()) == dict(told)

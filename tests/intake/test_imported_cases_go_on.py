"""Open cases of an older system go on here (迁入后接着办): from whatever state they come in, with or without a standard, and people hear of it."""

import dataclasses
import datetime as dt

import pytest
from tests.district import District
from tests.house import fold

from xiucheng.cases.actions import act, bring
from xiucheng.cases.actions.bring import Brought
from xiucheng.cases.models import Case, Clock, Report, Task
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

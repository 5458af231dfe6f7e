"""Another system's deadline counts instead of ours (来文期限): on the unit's clock, through every act, until that system moves it."""

import datetime as dt

import pytest
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.models import Case, Clock
from xiucheng.city import clock
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

SYSTEM = Actor("system", "order12345")


def _handling(people: dict[str, Actor], district: District, days: float) -> tuple[int, dt.datetime]:
    until = clock.now() + dt.timedelta(days=days)
    given = actions.Submission(channel="web", kind="complaint", words="护栏", deadline=until)
    case = actions.submit(given, people["resident"]).case_id
    actions.act(case, "register", people["operator"], {"category": district.category, "place": "南坪"})
    actions.act(case, "file", people["shift_leader"], {"standard": district.standard})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    return case, until


@pytest.mark.parametrize("days", [0.5, 40.0])
def test_it_is_what_the_units_clock_shows(people: dict[str, Actor], district: District, days: float) -> None:
    case, until = _handling(people, district, days)
    row = Case.objects.get(id=case)
    assert (row.due_at, row.deadline) == (until, until)
    assert Clock.objects.get(case_id=case, kind="handling").clock == "natural"


def test_it_stays_when_the_case_comes_back_or_is_done_again(people: dict[str, Actor], district: District) -> None:
    case, until = _handling(people, district, 9)
    actions.act(case, "return", people["unit"], {"reason": "请重派"})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.other_unit})
    assert Case.objects.get(id=case).due_at == until


def test_it_cannot_be_extended_here(people: dict[str, Actor], district: District) -> None:
    case, _ = _handling(people, district, 9)
    with pytest.raises(Refused) as refused:
        actions.act(case, "extend", people["unit"], {"reason": "下雨"}, step="ask")
    assert refused.value.code == "outer_deadline"


def test_the_other_system_moves_it(people: dict[str, Actor], district: District) -> None:
    case, until = _handling(people, district, 9)
    later = until + dt.timedelta(days=3)
    actions.act(case, "note", SYSTEM, {"words": "12345 改期", "deadline": later})
    row = Case.objects.get(id=case)
    assert (row.due_at, row.deadline) == (later, later)


def test_nobody_at_the_desk_moves_it(people: dict[str, Actor], district: District) -> None:
    case, until = _handling(people, district, 9)
    actions.act(case, "note", people["operator"], {"words": "想改期", "deadline": until + dt.timedelta(days=3)})
    assert Case.objects.get(id=case).due_at == until


def test_feedback_after_it_is_late(people: dict[str, Actor], district: District) -> None:
    case, _ = _handling(people, district, -0.01)
    actions.act(case, "feed_back", people["handler"], {"pictures": ["a" * 64], "words": "好了"})
    assert Case.objects.get(id=case).overdue

"""A person leaves and another takes his work over (移交)."""

import datetime as dt

from tests.cases.test_way_of_a_case import _walk
from tests.district import District

from xiucheng.cases.actions.hand_over import hand_over, waiting
from xiucheng.cases.models import Case, History, Task
from xiucheng.rules.workflow import Actor

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def test_hand_over_moves_cases_and_tasks_to_the_successor(people: dict[str, Actor], district: District) -> None:
    from xiucheng.cases import actions

    case = _walk(people, district, "handling")
    actions.act(case, "assign", people["unit"], {"person": "12"})
    Task.objects.create(case_id=case, kind="call_back", account_id=12, created_at=NOW)
    assert hand_over(leaver=12, successor=15, by=1) == {"tasks": 1, "cases": 1}
    assert (Case.objects.get(id=case).handler_id, waiting(12), waiting(15)["cases"]) == (
        15,
        {"tasks": 0, "cases": 0},
        1,
    )
    last = History.objects.filter(case_id=case).order_by("-seq")[0]
    assert (last.act, last.actor_key, last.facts["via"]) == ("assign", "1", "hand_over")


def test_hand_over_without_successor_gives_tasks_back_to_the_pool(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "to_file")
    Task.objects.create(case_id=case, kind="verify", account_id=12, created_at=NOW)
    hand_over(leaver=12, successor=None, by=1)
    assert list(Task.objects.values_list("account_id", "pool")) == [(None, "street:")]

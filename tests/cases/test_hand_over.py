"""A person leaves and another takes his work over (移交)."""

import datetime as dt

import pytest
from tests.cases.test_way_of_a_case import _walk
from tests.district import District
from tests.house import fold

from xiucheng.cases.actions.hand_over import hand_over, waiting
from xiucheng.cases.models import Case, History, Task
from xiucheng.city import clock
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


@pytest.mark.parametrize("state", ["suspended", "to_check", "checking", "to_close"])
def test_hand_over_moves_cases_that_come_back_later(people: dict[str, Actor], district: District, state: str) -> None:
    from xiucheng.cases import actions

    until = clock.now() + dt.timedelta(days=9)
    case = _walk(people, district, "handling")
    actions.act(case, "assign", people["unit"], {"person": "12"})
    if state == "suspended":
        actions.act(case, "suspend", people["unit"], {"reason": "等材料", "until": until}, step="ask")
        actions.act(case, "suspend", people["dispatcher"], step="agree")
        actions.act(case, "suspend", people["shift_leader"], step="grant")
    else:
        picture = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 1, "height": 1}
        actions.act(case, "feed_back", people["unit"], {"pictures": [picture], "words": "好了"})
    if state in {"checking", "to_close"}:
        actions.act(case, "send_check", people["operator"])
    if state == "to_close":
        actions.act(case, "check", people["officer"], {"pictures": [picture], "condition": True})
    assert (Case.objects.get(id=case).state, waiting(12)["cases"]) == (state, 1)
    assert hand_over(leaver=12, successor=15, by=1)["cases"] == 1
    after = Case.objects.get(id=case)
    assert (after.state, after.handler_id) == (state, 15)
    last = History.objects.filter(case_id=case).order_by("-seq")[0]
    assert (last.act, last.actor_key, last.facts["via"]) == ("note", "hand_over", "1")
    assert fold.fold(fold.rows(case)) == fold.seen(fold.stored(case))


def test_hand_over_without_successor_gives_tasks_back_to_the_pool(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "to_file")
    Task.objects.create(case_id=case, kind="verify", account_id=12, created_at=NOW)
    hand_over(leaver=12, successor=None, by=1)
    assert list(Task.objects.values_list("account_id", "pool")) == [(None, "street:")]

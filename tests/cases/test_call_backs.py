"""Who reported by phone gives his verdict there (回访)."""

import pytest
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.models import Task
from xiucheng.rules.workflow import Actor


def _closed(people: dict[str, Actor], district: District, channel: str) -> int:
    given = actions.Submission(
        channel=channel, kind="complaint", words="护栏", place="南坪", contact={"phone": "19900001111"}
    )
    case = actions.submit(given, people["operator"]).case_id
    picture = ["a" * 64]
    for act, who, form in (
        ("register", "operator", {"category": district.category}),
        ("file", "shift_leader", {"standard": district.standard}),
        ("dispatch", "dispatcher", {"unit": district.unit}),
        ("feed_back", "handler", {"pictures": picture, "words": "好了"}),
        ("send_check", "operator", {"person": "4"}),
        ("check", "officer", {"pictures": picture, "condition": True}),
        ("close", "shift_leader", {"standard": district.standard}),
    ):
        actions.act(case, act, people[who], form)
    return case


def _calls(case: int) -> list[tuple[int, str, bool]]:
    rows = Task.objects.filter(case_id=case, kind="call_back").values_list("tries", "result", "done_at")
    return [(tries, result, done is not None) for tries, result, done in rows]


@pytest.mark.parametrize(("channel", "tasks"), [("hotline", [(0, "", False)]), ("web", [])])
def test_closing_asks_for_a_call_where_the_reporter_speaks(
    people: dict[str, Actor], district: District, channel: str, tasks: list[tuple[int, str, bool]]
) -> None:
    assert _calls(_closed(people, district, channel)) == tasks


def test_call_without_answer_is_tried_three_times(people: dict[str, Actor], district: District) -> None:
    case = _closed(people, district, "hotline")
    seen = []
    for _ in range(3):
        actions.act(case, "call_back", people["operator"], {"reached": "no_answer"})
        seen.append(_calls(case))
    assert seen == [[(1, "no_answer", False)], [(2, "no_answer", False)], [(3, "no_answer", True)]]


def test_call_that_is_answered_ends_the_task_with_a_rating(people: dict[str, Actor], district: District) -> None:
    case = _closed(people, district, "hotline")
    actions.act(case, "call_back", people["operator"], {"reached": "reached", "rating": "5"})
    assert _calls(case) == [(1, "reached", True)]

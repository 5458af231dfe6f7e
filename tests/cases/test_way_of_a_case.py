"""The way of a case (案件全流程) from report to verdict, through the gateway alone."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.models import Case, Clock, Errand, History, Report
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

RAIL = actions.Submission(channel="web", kind="complaint", words="南坪火锅店门口护栏倒了", lng=106.57, lat=29.53)


def _walk(people: dict[str, Actor], district: District, until: str) -> int:
    """Take a new case to a state on the straight road."""
    case = actions.submit(RAIL, people["resident"]).case_id
    picture = ["a" * 64]
    road = [
        ("to_file", "register", "operator", {"category": district.category}),
        ("to_dispatch", "file", "shift_leader", {"standard": district.standard}),
        ("handling", "dispatch", "dispatcher", {"unit": district.unit}),
        ("to_check", "feed_back", "handler", {"pictures": picture, "words": "已扶正"}),
        ("checking", "send_check", "operator", {"person": "4"}),
        ("to_close", "check", "officer", {"pictures": picture, "condition": True}),
        ("closed", "close", "shift_leader", {"standard": district.standard}),
    ]
    for state, act, who, form in road:
        outcome = actions.act(case, act, people[who], form)
        assert outcome.state == state
        if state == until:
            break
    return case


def test_submit_makes_report_case_history_clock_and_errand(people: dict[str, Actor], district: District) -> None:
    done = actions.submit(RAIL, people["resident"], key="once")
    case = Case.objects.get(id=done.case_id)
    assert (case.state, case.version, case.summary) == ("to_register", 1, RAIL.words)
    assert Report.objects.get(case=case).token == done.token
    assert list(Clock.objects.filter(case=case).values_list("kind", "limit")) == [("registration", 900)]
    assert list(History.objects.filter(case_id=case.id).values_list("seq", "act")) == [(1, "submit")]
    assert Errand.objects.get(case=case).kind == "triage"


def test_submit_twice_with_one_key_gives_the_first_answer(people: dict[str, Actor], district: District) -> None:
    first = actions.submit(RAIL, people["resident"], key="k1")
    second = actions.submit(RAIL, people["resident"], key="k1")
    assert (second.case_id, second.number, second.token, second.again) == (*_same(first), True)
    assert Case.objects.count() == 1


def _same(first: actions.Submitted) -> tuple[int, str, str]:
    return first.case_id, first.number, first.token


def test_submit_with_used_key_and_other_words_is_refused(people: dict[str, Actor], district: District) -> None:
    actions.submit(RAIL, people["resident"], key="k2")
    other = actions.Submission(channel="web", kind="complaint", words="别的")
    with pytest.raises(Refused) as refusal:
        actions.submit(other, people["resident"], key="k2")
    assert refusal.value.code == "key_reused"


@pytest.mark.parametrize(
    "other",
    [
        {"no_place": "说不清"}, {"said_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}, {"share_contact": True},
        {"component": "X1"}, {"reply_channel": "phone"}, {"language": "en"}, {"external_key": "A-1"},
        {"deadline": dt.datetime(2026, 3, 9, tzinfo=dt.UTC)}, {"category": "C0101"},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_used_key_with_any_other_content_is_refused(
    people: dict[str, Actor], district: District, other: dict[str, Any]
) -> None:
    actions.submit(RAIL, people["resident"], key="k3")
    with pytest.raises(Refused) as refusal:
        actions.submit(dataclasses.replace(RAIL, **other), people["resident"], key="k3")
    assert (refusal.value.code, refusal.value.status, Case.objects.count()) == ("key_reused", 409, 1)


@pytest.mark.parametrize(
    "ours", [{"street": "500108001"}, {"cell": "1"}, {"reply_until": timezone.now()}, {"raw": "again"}, {"taken_by": 7}]
)
def test_used_key_with_what_the_platform_made_of_it_gives_the_first_answer(
    people: dict[str, Actor], district: District, ours: dict[str, Any]
) -> None:
    first = actions.submit(RAIL, people["resident"], key="k4")
    assert actions.submit(dataclasses.replace(RAIL, **ours), people["resident"], key="k4").token == first.token


def test_straight_road_ends_closed_and_takes_a_verdict(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "closed")
    actions.act(case, "verdict", people["resident"], {"rating": "5"})
    row = Case.objects.get(id=case)
    assert (row.state, row.satisfaction, row.version, row.overdue) == ("closed", 5, 9, False)
    assert list(Clock.objects.filter(case_id=case, stopped_at=None)) == []


def test_return_to_same_unit_resumes_its_clock(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "handling")
    actions.act(case, "return", people["unit"], {"reason": "不是我们的"})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    assert Clock.objects.filter(case_id=case, kind="handling").count() == 1


def test_return_then_other_unit_gets_a_new_clock(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "handling")
    actions.act(case, "return", people["unit"], {"reason": "不是我们的"})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.other_unit})
    outcomes = Clock.objects.filter(case_id=case, kind="handling").order_by("id").values_list("unit_id", "outcome")
    assert list(outcomes) == [(district.unit, ""), (district.other_unit, "")]


def test_unit_that_gets_a_case_back_by_a_detour_has_no_new_limit(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "handling")
    actions.act(case, "return", people["unit"], {"reason": "不是我们的"})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.other_unit})
    actions.act(case, "return", people["other_unit"], {"reason": "也不是"})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    actions.act(case, "feed_back", people["handler"], {"pictures": ["a" * 64], "words": "好了"})
    clocks = Clock.objects.filter(case_id=case, kind="handling").order_by("id").values_list("unit_id", "outcome")
    assert list(clocks) == [(district.unit, "on_time"), (district.other_unit, "dropped")]


def _suspended(people: dict[str, Actor], case: int) -> None:
    later = timezone.now() + dt.timedelta(days=30)
    actions.act(case, "suspend", people["unit"], {"reason": "改造", "until": later}, step="ask")
    actions.act(case, "suspend", people["dispatcher"], step="agree")
    actions.act(case, "suspend", people["shift_leader"], step="grant")


def test_case_merged_while_suspended_finds_its_way_back(people: dict[str, Actor], district: District) -> None:
    main, case = _walk(people, district, "handling"), _walk(people, district, "handling")
    _suspended(people, case)
    actions.act(case, "merge", people["operator"], {"main": main})
    seen = [actions.act(case, "unmerge", people["operator"], {"reason": "不是同一处"}).state]
    seen.append(actions.act(case, "resume", people["dispatcher"]).state)
    assert seen == ["suspended", "handling"]


def test_case_suspended_at_the_dispatcher_leaves_the_units_clock_alone(
    people: dict[str, Actor], district: District
) -> None:
    case = _walk(people, district, "handling")
    actions.act(case, "return", people["unit"], {"reason": "不是我们的"})
    later = timezone.now() + dt.timedelta(days=30)
    actions.act(case, "suspend", people["dispatcher"], {"reason": "无处可派", "until": later}, step="ask")
    actions.act(case, "suspend", people["shift_leader"], step="grant")
    actions.act(case, "resume", people["dispatcher"])
    running = Clock.objects.filter(case_id=case, running_since__isnull=False).values_list("kind", flat=True)
    assert list(running) == ["dispatch"]


def test_request_does_not_outlive_the_dispatch(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "to_dispatch")
    later = timezone.now() + dt.timedelta(days=30)
    actions.act(case, "suspend", people["dispatcher"], {"reason": "无处可派", "until": later}, step="ask")
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    assert Case.objects.get(id=case).ask is None


def test_question_enters_the_loop_only_as_a_problem(people: dict[str, Actor], district: District) -> None:
    case = actions.submit(
        actions.Submission(channel="web", kind="question", words="井盖归谁管"), people["resident"]
    ).case_id
    with pytest.raises(Refused) as refusal:
        actions.act(case, "register", people["operator"], {"place": "南坪"})
    assert refusal.value.code == "kind_differs"
    actions.act(case, "register", people["operator"], {"place": "南坪", "kind": "complaint"})
    assert (Case.objects.get(id=case).state, Case.objects.get(id=case).kind) == ("to_file", "complaint")


def test_dispute_that_is_turned_down_keeps_the_first_closing_time(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "closed")
    closed = Case.objects.get(id=case).closed_at
    actions.act(case, "dispute", people["resident"], {"words": "没修好"})
    actions.act(case, "call_back", people["operator"], {"reached": "reached"})
    actions.act(case, "uphold", people["shift_leader"], {"reason": "已复核"})
    assert (Case.objects.get(id=case).state, Case.objects.get(id=case).closed_at) == ("closed", closed)


def test_old_version_is_refused_with_the_new_state(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "to_file")
    with pytest.raises(Refused) as refusal:
        actions.act(case, "file", people["shift_leader"], {"standard": district.standard}, version=1)
    assert (refusal.value.code, refusal.value.status, refusal.value.facts["case_state"]) == (
        "someone_faster", 409, "to_file",
    )  # fmt: skip


def test_merge_and_unmerge_give_everything_back(people: dict[str, Actor], district: District) -> None:
    main = _walk(people, district, "handling")
    other = _walk(people, district, "to_file")
    before = Clock.objects.filter(case_id=other).order_by("id").values_list("kind", "due_at", "stopped_at", "outcome")
    kept = list(before)
    actions.act(other, "merge", people["operator"], {"main": main})
    assert Case.objects.get(id=other).main_case_id == main
    actions.act(other, "unmerge", people["operator"], {"reason": "不是同一处"})
    assert list(before.all()) == kept
    assert (Case.objects.get(id=other).state, Case.objects.get(id=other).main_case_id) == ("to_file", None)


def test_extension_needs_two_people(people: dict[str, Actor], district: District) -> None:
    case = _walk(people, district, "handling")
    due = Case.objects.get(id=case).due_at
    actions.act(case, "extend", people["unit"], {"reason": "等材料"}, step="ask")
    both = Actor("account", "3", frozenset({"dispatcher", "shift_leader"}))
    actions.act(case, "extend", both, step="agree")
    with pytest.raises(Refused) as refusal:
        actions.act(case, "extend", both, step="grant")
    assert refusal.value.code == "same_approver"
    actions.act(case, "extend", people["shift_leader"], step="grant")
    row = Case.objects.get(id=case)
    assert row.extensions == 1 and due is not None and row.due_at is not None and row.due_at > due


def test_history_row_cannot_be_edited(people: dict[str, Actor], district: District) -> None:
    from django.db import IntegrityError

    case = _walk(people, district, "to_file")
    with pytest.raises(IntegrityError, match="never edited"):
        History.objects.filter(case_id=case).update(words="x")

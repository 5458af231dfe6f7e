"""Reports that wait are read once, whatever happens to the worker (分诊排队)."""

import threading

import pytest
from django.db import connection
from tests.triage.town import HERE, Town, build, model

from xiucheng.cases.models import Case, Errand, History
from xiucheng.intake.actions import Point, take_in
from xiucheng.notices.models import Notice
from xiucheng.run import errands
from xiucheng.triage import actions, way
from xiucheng.triage.model import Model
from xiucheng.triage.models import Proposal


@pytest.fixture
def town(db: None) -> Town:
    return build()


def _report(words: str = "路灯不亮", **given: object) -> int:
    return take_in(channel="web", words=words, point=Point(*HERE), **given).case_id  # type: ignore[arg-type]  # free form


def test_report_is_read_and_passed_on(town: Town) -> None:
    case = _report()
    assert actions.work(model()) == 1
    assert (Proposal.objects.get(case_id=case).category_id, Errand.objects.get(case_id=case).kind) == (
        "C0137",
        "route",
    )


def test_leased_report_is_not_read_by_another(town: Town) -> None:
    _report()
    actions.lease("triage")
    assert actions.work(model()) == 0


def test_lease_of_a_dead_worker_runs_out(town: Town) -> None:
    case = _report()
    actions.lease("triage")
    Errand.objects.update(leased_until="2026-01-01T00:00:00Z")
    assert actions.work(model()) == 1
    assert Errand.objects.get(case_id=case).kind == "route"


def test_who_finds_full_batches_only_is_behind_until_one_is_not_full(town: Town) -> None:
    for _ in range(3):
        _report()
    assert actions.behind() == 0.0
    actions.lease("triage", 2)
    assert actions.behind() > 0.0
    actions.lease("route", 2)
    assert actions.behind() > 0.0
    actions.lease("triage", 2)
    assert actions.behind() == 0.0


def test_while_messages_pass_only_danger_is_taken(town: Town) -> None:
    plain, danger = _report("路灯不亮"), _report("路灯漏电")
    way.give(60.0)
    try:
        assert list(actions.lease("triage")) == [danger]
        assert actions.behind() == 0.0
    finally:
        way.take()
    assert list(actions.lease("triage")) == [plain]


def test_messages_may_pass_for_so_long_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(way, "monotonic", lambda: now[0])
    way.take()
    try:
        for _ in range(int(way.LONGEST)):
            way.give(2.0)
            assert way.given()
            now[0] += 1.0
        way.give(2.0)
        assert not way.given()
        now[0] += 3.0  # nothing more came: the next crowd may pass again
        way.give(2.0)
        assert way.given()
    finally:
        way.take()


def test_second_hands_without_a_model_go_at_once(town: Town) -> None:
    assert errands.help_out(threading.Event()) == 0


def test_report_is_found_by_its_words(town: Town) -> None:
    case = _report("路灯不亮")
    actions.work(model())
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id FROM case_search WHERE grams @@ '灯不 & 不亮'::tsquery")
        assert cursor.fetchall() == [(case,)]


def test_danger_is_marked_in_history_and_told_at_once(town: Town) -> None:
    case = _report("路灯漏电，我不想活了")
    actions.work(model())
    row = Case.objects.get(id=case)
    assert (row.urgency, row.flags) == (2, ["self_harm"])
    assert History.objects.filter(case_id=case).values_list("act", "actor_kind").last() == ("note", "system")
    told = Notice.objects.filter(template="flag").values_list("recipient_key", flat=True)
    assert sorted(told) == ["operator", "shift_leader"]


def test_case_that_ended_meanwhile_is_left_alone(town: Town) -> None:
    from xiucheng.intake.actions import follow_up

    made = take_in(channel="web", words="路灯不亮", point=Point(*HERE))
    follow_up(made.token, "withdraw")
    actions.work(model())
    assert (Errand.objects.count(), Proposal.objects.count()) == (0, 0)


def test_one_that_fails_is_tried_again_and_then_left_to_people(town: Town) -> None:
    case = _report()
    broken = Model("broken", ("a",), model().weights[:1], model().bias[:1], model().lens, 1.0)
    for _ in range(actions.TRIES):
        Errand.objects.update(due_at="2026-01-01T00:00:00Z")
        assert actions.work(broken) == 1
    assert Errand.objects.get(case_id=case).kind == "stuck"
    assert Case.objects.get(id=case).state == "to_register"


def test_same_problem_nearby_is_listed(town: Town) -> None:
    first = _report("路灯不亮")
    second = _report("这里的路灯不亮")
    while actions.work(model()):
        pass
    like = Proposal.objects.get(case_id=second).similar[0]
    assert (like["case"], like["metres"], like["same_reporter"]) == (first, 0.0, False)

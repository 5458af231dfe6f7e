"""Straight through (智能派单): certain reports reach the unit by themselves, all others stay with people."""

import datetime as dt

import pytest
from tests.house import fold
from tests.triage.town import HERE, Town, build, model

from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Clock, Errand, History
from xiucheng.city import clock
from xiucheng.city.models import Generation
from xiucheng.dispatch import actions as dispatch
from xiucheng.dispatch import sweeps
from xiucheng.intake.actions import Point, take_in
from xiucheng.notices.models import Notice
from xiucheng.rules.workflow import Actor
from xiucheng.triage import actions as triage
from xiucheng.triage import same


@pytest.fixture
def town(db: None) -> Town:
    return build()


def _sent(words: str, *, point: tuple[float, float] | None = HERE, **given: object) -> Case:
    pin = Point(*point) if point else None
    made = take_in(**{"channel": "web", "words": words, "point": pin, **given})  # type: ignore[arg-type]  # free form
    while triage.work(model()) or dispatch.work():
        pass
    return Case.objects.get(id=made.case_id)


def test_certain_report_is_with_its_unit(town: Town) -> None:
    case = _sent("晚上路灯不亮")
    assert (case.state, case.category_id, case.standard_id, case.unit_id, case.by_system) == (
        "handling", "C0137", town.lamp_out, town.lamps, True,
    )  # fmt: skip
    rows = History.objects.filter(case_id=case.id).order_by("seq").values_list("act", "actor_kind", "actor_key")
    assert list(rows)[1:] == [(a, "system", "straight_through") for a in ("register", "file", "dispatch")]
    assert Clock.objects.get(case=case, stopped_at=None).kind == "handling"
    assert Errand.objects.count() == 0


def test_history_tells_the_case_that_the_platform_made(town: Town) -> None:
    case = _sent("学府路51号门口路灯不亮，漏水", point=None)
    assert fold.fold(fold.rows(case.id)) == fold.seen(fold.stored(case.id))


def test_history_of_a_flagged_case_tells_its_urgency(town: Town) -> None:
    case = _sent("路灯漏电，路灯不亮")
    assert fold.fold(fold.rows(case.id)) == fold.seen(fold.stored(case.id))


def test_history_names_the_certainty(town: Town) -> None:
    case = _sent("晚上路灯不亮")
    facts = History.objects.filter(case_id=case.id, act="dispatch").get().facts
    assert 0.6 <= facts["certainty"] <= 1.0


def test_place_from_the_words_is_written_at_registration(town: Town) -> None:
    case = _sent("学府路51号门口路灯不亮", point=None)
    assert (case.state, case.lng, case.lat, case.place, case.street) == (
        "handling", 106.515, 29.51, "学府路51号", "500999001",
    )  # fmt: skip


def test_unknown_place_in_words_is_enough_where_one_unit_has_it_all(town: Town) -> None:
    case = _sent("万科花园3栋楼下路灯不亮", point=None)
    assert (case.state, case.place, case.lng) == ("handling", "万科花园3栋", None)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("路灯不亮", {"point": None}),
        ("路灯不亮", {"point": (-76.6, 39.3)}),
        ("好烦啊", {}),
        ("路灯漏电，路灯不亮", {}),
        ("建议增设路灯", {"kind": "suggestion"}),
        ("请问路灯什么时候亮？", {}),
        ("学府路露天烧烤油烟大", {"point": (106.58, 29.52)}),
    ],
)
def test_uncertain_report_stays_with_people(town: Town, words: str, given: dict[str, object]) -> None:
    case = _sent(words, **given)  # type: ignore[arg-type]  # free form
    assert (case.state, Errand.objects.count()) == ("to_register", 0)


def test_same_person_saying_it_twice_follows_his_first_report(town: Town) -> None:
    contact = {"phone": "13800138000"}
    first = _sent("路灯不亮了", contact=contact)
    second = _sent("路灯不亮了！", contact=contact)
    assert (second.state, second.main_case_id) == ("merged", first.id)


def test_same_person_through_another_door_follows_his_first_report(town: Town) -> None:
    door = {"contact": {"reply": "oMe"}, "reply_channel": "wechat"}
    call = _sent("路灯不亮了", channel="hotline", contact={"phone": "13800138000"})
    page = _sent("烧烤摊油烟大", contact={"reply": "oMe", "phone": "13800138000"}, reply_channel="wechat")
    talk = _sent("路灯不亮了！", channel="wechat", **door)
    assert (page.main_case_id, talk.state, talk.main_case_id) == (None, "merged", call.id)


def _routed_again(case: int) -> str:
    """Put a case back for routing with what was proposed before; its state afterwards."""
    Errand.objects.update_or_create(
        case_id=case, defaults={"kind": "route", "due_at": clock.now(), "leased_until": None}
    )
    assert dispatch.work() == 1
    return Case.objects.get(id=case).state


def test_a_no_between_reading_and_routing_stops_the_merge(town: Town) -> None:
    contact = {"phone": "13800138000"}
    first = _sent("路灯不亮了", contact=contact)
    second = take_in(channel="web", words="路灯不亮了！", point=Point(*HERE), contact=contact).case_id
    triage.work(model())
    same.deny(second, first.id, by=1)
    dispatch.work()
    assert Case.objects.get(id=second).state == "handling"


def test_a_merge_taken_apart_is_not_made_again(town: Town) -> None:
    contact = {"phone": "13800138000"}
    _sent("路灯不亮了", contact=contact)
    second = _sent("路灯不亮了！", contact=contact)
    act(second.id, "unmerge", Actor("account", "1", frozenset({"operator"})), {"reason": "是另一盏"})
    assert _routed_again(second.id) == "handling"


def test_somebody_else_nearby_is_shown_to_an_operator(town: Town) -> None:
    _sent("路灯不亮了")
    assert _sent("路灯不亮了").state == "to_register"


def test_people_who_were_faster_are_right(town: Town) -> None:
    made = take_in(channel="web", words="晚上路灯不亮", point=Point(*HERE))
    triage.work(model())
    ((case_id, seen),) = dispatch.ready([made.case_id])
    act(made.case_id, "register", Actor("account", "1", frozenset({"operator"})), {})
    assert dispatch.route(case_id, seen).why == "wrong_state"
    assert Case.objects.get(id=case_id).state == "to_file"


def test_fault_in_the_middle_leaves_the_case_untouched(town: Town) -> None:
    case = take_in(channel="web", words="晚上路灯不亮", point=Point(*HERE)).case_id
    triage.work(model())
    from xiucheng.triage.models import Proposal

    Proposal.objects.update(standard_id=999_999)
    dispatch.work()
    assert (Case.objects.get(id=case).state, History.objects.filter(case_id=case).count()) == ("to_register", 1)


def test_suspended_case_resumes_on_its_date(town: Town) -> None:
    case = _sent("晚上路灯不亮").id
    until = clock.now() + dt.timedelta(days=3)
    unit = Actor("account", "11", frozenset({"unit"}), unit=town.lamps)
    act(case, "suspend", unit, {"reason": "等材料", "until": until}, step="ask")
    act(case, "suspend", Actor("account", "2", frozenset({"dispatcher"})), step="agree")
    act(case, "suspend", Actor("account", "3", frozenset({"shift_leader"})), step="grant")
    assert sweeps.resume_suspended() == 0
    Case.objects.filter(id=case).update(suspended_until=clock.now() - dt.timedelta(minutes=1))
    assert sweeps.resume_suspended() == 1
    assert Case.objects.get(id=case).state == "handling"


def test_deadline_that_passed_is_told_once(town: Town) -> None:
    sweeps.tell_deadlines()
    case = _sent("晚上路灯不亮").id
    Generation.objects.filter(name="deadlines").update(number=int(clock.now().timestamp()) - 3600)
    Case.objects.filter(id=case).update(due_at=clock.now() - dt.timedelta(minutes=1))
    assert (sweeps.tell_deadlines(), sweeps.tell_deadlines()) == (1, 0)
    told = Notice.objects.get(template="late")
    assert (told.recipient_kind, told.recipient_key) == ("unit", str(town.lamps))


def test_many_deadlines_that_pass_together_are_all_told(town: Town) -> None:
    sweeps.tell_deadlines()
    case = _sent("晚上路灯不亮")
    Generation.objects.filter(name="deadlines").update(number=int(clock.now().timestamp()) - 3600)
    many = 1002
    due = clock.now() - dt.timedelta(minutes=1)
    fields = {
        f.attname: getattr(case, f.attname)
        for f in Case._meta.concrete_fields
        if f.attname not in {"id", "number", "due_at"}
    }
    Case.objects.bulk_create(Case(**fields, number=f"X{n}", due_at=due) for n in range(many))
    assert sweeps.tell_deadlines() == many

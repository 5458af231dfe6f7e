"""The roster (值班表) and its deputies (AB角)."""

import datetime as dt

import pytest

from xiucheng.audit.models import Change
from xiucheng.city import registers
from xiucheng.city.models import CalendarDay, CalendarYear
from xiucheng.people.actions import duty
from xiucheng.people.actions.duty import Shift
from xiucheng.people.models import Account, Duty
from xiucheng.people.queries.duty import on_duty, week
from xiucheng.rules.calendar import ZONE
from xiucheng.rules.refusals import Refused


def at(text: str) -> dt.datetime:
    """`03-02 09:00` of 2026 in the district; 2 March is a Monday."""
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def _turn(crew: list[Account], begins: str = "03-02 08:00", ends: str = "03-02 18:00", who: int = 0) -> Duty:
    return duty.add_turn(
        post="shift_leader", begins=at(begins), ends=at(ends), account_id=crew[who].pk,
        deputy_id=crew[(who + 1) % 3].pk, note="", by=crew[0].pk,
    )  # fmt: skip


def test_on_duty_is_the_person_of_the_turn(crew: list[Account]) -> None:
    _turn(crew)
    assert on_duty("shift_leader", at("03-02 09:00")) == [crew[0].pk]


@pytest.mark.parametrize(
    ("moment", "there"), [("07:59:59", False), ("08:00", True), ("17:59:59", True), ("18:00", False)]
)
def test_on_duty_at_the_borders_of_the_turn(crew: list[Account], moment: str, there: bool) -> None:
    _turn(crew)
    assert on_duty("shift_leader", at(f"03-02 {moment}")) == ([crew[0].pk] if there else [])


def test_deputy_steps_in_when_a_is_away(crew: list[Account]) -> None:
    turn = _turn(crew)
    duty.set_absent(turn_id=turn.pk, absent=True, by=crew[2].pk)
    assert on_duty("shift_leader", at("03-02 09:00")) == [crew[1].pk]


def test_deputy_steps_in_when_a_has_left_the_house(crew: list[Account]) -> None:
    _turn(crew)
    Account.objects.filter(pk=crew[0].pk).update(left_at=at("03-01 00:00"))
    assert on_duty("shift_leader", at("03-02 09:00")) == [crew[1].pk]


def test_nobody_is_on_duty_when_both_are_gone(crew: list[Account]) -> None:
    turn = _turn(crew)
    duty.set_absent(turn_id=turn.pk, absent=True, by=crew[2].pk)
    Account.objects.filter(pk=crew[1].pk).update(is_active=False)
    assert on_duty("shift_leader", at("03-02 09:00")) == []


def test_other_posts_are_not_on_duty_here(crew: list[Account]) -> None:
    _turn(crew)
    assert on_duty("operator", at("03-02 09:00")) == []


def test_add_turn_is_recorded(crew: list[Account]) -> None:
    turn = _turn(crew)
    row = Change.objects.get(table="people_duty")
    assert (row.act, row.key, row.account_id, row.after["account"]) == ("add", str(turn.pk), crew[0].pk, crew[0].pk)


def _refusal(crew: list[Account], **change: object) -> str:
    """The code with which a turn is refused; nothing of it is kept."""
    facts: dict[str, object] = {
        "post": "shift_leader", "begins": at("03-02 12:00"), "ends": at("03-02 20:00"), "account_id": crew[0].pk,
        "deputy_id": None, "note": "", "by": crew[0].pk,
    }  # fmt: skip
    before = Duty.objects.count()
    with pytest.raises(Refused) as refusal:
        duty.add_turn(**{**facts, **change})  # type: ignore[arg-type]  # the facts fit by name
    assert Duty.objects.count() == before
    return refusal.value.code


def test_add_turn_refuses_somebody_who_stands_elsewhere_then(crew: list[Account]) -> None:
    _turn(crew)
    assert _refusal(crew) == "twice_on_duty"


def test_add_turn_refuses_somebody_without_the_post(crew: list[Account]) -> None:
    assert _refusal(crew, post="dispatcher") == "no_such_holder"


def test_add_turn_refuses_an_end_before_the_begin(crew: list[Account]) -> None:
    assert _refusal(crew, ends=at("03-02 12:00")) == "bad_time"


def test_add_turn_refuses_a_person_as_his_own_deputy(crew: list[Account]) -> None:
    assert _refusal(crew, deputy_id=crew[0].pk) == "bad_choice"


def test_absence_without_deputy_is_refused(crew: list[Account]) -> None:
    turn = _turn(crew)
    Duty.objects.update(deputy=None)
    with pytest.raises(Refused) as refusal:
        duty.set_absent(turn_id=turn.pk, absent=True, by=crew[0].pk)
    assert refusal.value.code == "no_deputy"


def test_turn_that_has_begun_is_not_removed(crew: list[Account]) -> None:
    turn = _turn(crew)
    with pytest.raises(Refused) as refusal:
        duty.remove_turn(turn_id=turn.pk, now=at("03-02 08:00"), by=crew[0].pk)
    assert refusal.value.code == "turn_begun"


def test_coming_turn_is_removed(crew: list[Account]) -> None:
    turn = _turn(crew)
    duty.remove_turn(turn_id=turn.pk, now=at("03-02 07:59"), by=crew[0].pk)
    assert (Duty.objects.count(), Change.objects.filter(act="remove").count()) == (0, 1)


def _holidays() -> None:
    CalendarYear.objects.create(year=2026, source="test")
    CalendarDay.objects.create(date=dt.date(2026, 4, 6), workday=False, name="清明节")
    registers.touch()


DAY, NIGHT = Shift(dt.time(8), dt.time(18)), Shift(dt.time(18), dt.time(8))


def _plan(crew: list[Account], days: int, first: dt.date = dt.date(2026, 4, 5)) -> list[Duty]:
    return duty.plan(
        post="shift_leader", first=first, days=days, people=[a.pk for a in crew], shifts=[DAY, NIGHT],
        holiday_shifts=[Shift(dt.time(9), dt.time(9))], by=crew[0].pk,
    )  # fmt: skip


def test_plan_follows_the_calendar(crew: list[Account]) -> None:
    _holidays()
    made = _plan(crew, 3)  # Sunday, Monday off, Tuesday works
    assert [(t.begins, t.ends, t.account_id, t.deputy_id) for t in made] == [
        (at("04-05 09:00"), at("04-06 09:00"), crew[0].pk, crew[1].pk),
        (at("04-06 09:00"), at("04-07 09:00"), crew[1].pk, crew[2].pk),
        (at("04-07 08:00"), at("04-07 18:00"), crew[2].pk, crew[0].pk),
        (at("04-07 18:00"), at("04-08 08:00"), crew[0].pk, crew[1].pk),
    ]


def test_plan_that_meets_a_standing_turn_plans_nothing(crew: list[Account]) -> None:
    _holidays()
    _turn(crew, "04-07 08:00", "04-07 18:00", who=2)
    with pytest.raises(Refused) as refusal:
        _plan(crew, 3)
    assert (refusal.value.code, Duty.objects.count()) == ("twice_on_duty", 1)


def test_plan_into_an_unknown_year_is_loud(crew: list[Account]) -> None:
    with pytest.raises(Refused) as refusal:
        _plan(crew, 1, dt.date(2031, 4, 5))
    assert (refusal.value.code, refusal.value.facts) == ("calendar_year_unknown", {"year": 2031})


def test_week_shows_each_turn_on_the_day_on_which_it_begins(crew: list[Account]) -> None:
    _holidays()
    _turn(crew, "04-06 18:00", "04-07 08:00")
    days = week(dt.date(2026, 4, 6), ["shift_leader"])
    assert [(d.workday, [t.on_duty_name for t in d.turns["shift_leader"]]) for d in days[:2]] == [
        (False, ["甲"]), (True, []),
    ]  # fmt: skip


def test_turns_to_come_go_to_the_successor(crew: list[Account]) -> None:
    _turn(crew, "03-02 08:00", "03-02 18:00")
    _turn(crew, "03-03 08:00", "03-03 18:00")
    _turn(crew, "03-04 08:00", "03-04 18:00", who=2)
    moved = duty.hand_on_turns(leaver=crew[0].pk, successor=crew[1].pk, now=at("03-02 12:00"))
    found = list(Duty.objects.order_by("begins").values_list("account_id", "deputy_id"))
    assert (moved, found) == ((2, 0), [(crew[0].pk, crew[1].pk), (crew[1].pk, None), (crew[2].pk, crew[1].pk)])


def test_turn_in_which_the_successor_stands_elsewhere_stays_with_its_deputy(crew: list[Account]) -> None:
    clash = _turn(crew, "03-03 08:00", "03-03 18:00", who=2)
    Duty.objects.filter(pk=clash.pk).update(deputy=crew[1])
    _turn(crew, "03-03 12:00", "03-03 20:00")
    _turn(crew, "03-04 08:00", "03-04 18:00")
    moved = duty.hand_on_turns(leaver=crew[2].pk, successor=crew[0].pk, now=at("03-02 12:00"))
    Account.objects.filter(pk=crew[2].pk).update(left_at=at("03-02 12:00"))
    assert (moved, on_duty("shift_leader", at("03-03 13:00"))) == ((0, 1), [crew[0].pk, crew[1].pk])


def test_successor_is_no_deputy_while_he_stands_elsewhere(crew: list[Account]) -> None:
    own = _turn(crew, "03-03 08:00", "03-03 18:00", who=1)
    _turn(crew, "03-03 12:00", "03-03 20:00")
    assert duty.hand_on_turns(leaver=crew[2].pk, successor=crew[0].pk, now=at("03-02 12:00")) == (0, 1)
    own.refresh_from_db()
    assert (own.account_id, own.deputy_id) == (crew[1].pk, None)

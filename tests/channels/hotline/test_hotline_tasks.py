"""What the centre owes a caller: a call back, a form; and what pays it off."""

import datetime as dt

import pytest
from tests.channels.hotline.conftest import CALLER, Say
from tests.district import District

from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import desk as at_desk
from xiucheng.channels.hotline.actions import tasks
from xiucheng.channels.hotline.models import Call, CallTask, Seat
from xiucheng.city import clock
from xiucheng.intake.actions import take_in
from xiucheng.people.models import Account
from xiucheng.rules.refusals import Refused

Desk = dict[str, Account]


def ago(minutes: float) -> str:
    return (clock.now() - dt.timedelta(minutes=minutes)).isoformat()


def missed(say: Say, call: str = "c1", minutes: float = 1, **more: str) -> None:
    say("ring", call, **{"agent": "8001", "caller": CALLER, **more}, at=ago(minutes + 0.5))
    say("hangup", call, at=ago(minutes))


def spoken(say: Say, call: str = "c1", minutes: float = 1, caller: str = CALLER) -> None:
    say("ring", call, agent="8001", caller=caller, at=ago(minutes + 2))
    say("answer", call, agent="8001", at=ago(minutes + 1.9))
    say("hangup", call, at=ago(minutes))


def open_tasks() -> list[tuple[str, str]]:
    return list(CallTask.objects.filter(done_at=None).values_list("call__call_id", "kind"))


def test_a_missed_call_is_to_be_returned(say: Say, desk: Desk) -> None:
    missed(say)
    assert (tasks.settle(), tasks.settle(), open_tasks()) == (1, 0, [("c1", "missed")])


def test_a_hang_up_just_now_waits_for_an_answer_that_was_overtaken(say: Say) -> None:
    missed(say, minutes=0)
    tasks.settle()
    assert open_tasks() == []


def test_a_withheld_number_cannot_be_called_back(say: Say) -> None:
    missed(say, caller="anonymous")
    tasks.settle()
    assert (open_tasks(), Call.objects.get().settled) == ([], True)


@pytest.mark.parametrize("paid", ["form", "word"])
def test_who_was_written_down_need_not_be_called_back(say: Say, desk: Desk, district: District, paid: str) -> None:
    """The answer was never told, but the operator spoke with him."""
    missed(say)
    if paid == "form":
        at_desk.link(Call.objects.get(), take_in(channel="hotline", words="护栏倒了").case_id, desk["8001"].pk)
    else:
        at_desk.wrap_up(Call.objects.get(), "answered", desk["8001"].pk)
    tasks.settle()
    assert open_tasks() == []


def test_three_missed_calls_of_one_number_are_one_call_back(say: Say) -> None:
    for n in range(3):
        missed(say, f"c{n}", minutes=9 - n)
        tasks.settle()
    assert open_tasks() == [("c0", "missed")]


def test_who_rings_again_and_is_answered_need_not_be_called(say: Say) -> None:
    missed(say, minutes=5)
    tasks.settle()
    say("ring", "c2", agent="8001", caller=CALLER)
    say("answer", "c2", agent="8001")
    tasks.settle()
    assert list(CallTask.objects.values_list("call__call_id", "result")) == [("c1", "spoke")]


def test_a_second_call_whose_answer_is_told_late_pays_the_first_off(say: Say) -> None:
    """He had been answered before the task began, only nobody knew it yet."""
    missed(say)
    tasks.settle()
    say("ring", "c2", agent="8001", caller=CALLER, at=ago(0.9))
    say("answer", "c2", agent="8001", at=ago(0.8))
    tasks.settle()
    assert (open_tasks(), CallTask.objects.get().result) == ([], "spoke")


def test_a_call_that_was_missed_after_the_answered_one_is_still_owed(say: Say) -> None:
    say("ring", "c0", agent="8001", caller=CALLER, at=ago(9))
    say("answer", "c0", agent="8001", at=ago(8.9))
    missed(say)
    tasks.settle()
    tasks.settle()
    assert open_tasks() == [("c1", "missed")]


def test_an_answer_that_arrives_late_takes_the_call_back_away(say: Say) -> None:
    missed(say)
    tasks.settle()
    say("answer", agent="8001", at=ago(1.2))
    tasks.settle()
    assert (open_tasks(), CallTask.objects.get().result) == ([], "spoke")


def test_no_form_ten_minutes_after_the_call_is_a_task_of_who_answered(say: Say, desk: Desk) -> None:
    spoken(say, minutes=9)
    tasks.settle()
    assert open_tasks() == []
    spoken(say, "c2", minutes=11)
    tasks.settle()
    assert list(CallTask.objects.values_list("call__call_id", "kind", "account_id")) == [
        ("c2", "no_form", desk["8001"].pk)
    ]
    assert [queries.owed(desk[n].pk) != [] for n in ("8001", "8002")] == [True, False]


def test_a_call_answered_at_a_seat_that_nobody_knows_is_a_task_of_all(say: Say, desk: Desk) -> None:
    Seat.objects.all().delete()
    spoken(say, minutes=11)
    tasks.settle()
    assert [len(queries.owed(desk[n].pk)) for n in ("8001", "8002")] == [1, 1]


@pytest.mark.parametrize("late", [False, True])
def test_a_form_pays_the_call_off(say: Say, desk: Desk, district: District, late: bool) -> None:
    spoken(say, minutes=11)
    if late:
        tasks.settle()
    case = take_in(channel="hotline", words="护栏倒了").case_id
    at_desk.link(Call.objects.get(), case, desk["8001"].pk)
    tasks.settle()
    assert (open_tasks(), [c.call_id for c in queries.of_cases([case])]) == ([], ["c1"])


def test_a_word_why_no_form_is_needed_pays_it_off_too(say: Say, desk: Desk) -> None:
    spoken(say, minutes=11)
    tasks.settle()
    at_desk.wrap_up(Call.objects.get(), "wrong", desk["8001"].pk)
    assert (open_tasks(), CallTask.objects.get().result) == ([], "wrong")
    with pytest.raises(Refused):
        at_desk.wrap_up(Call.objects.get(), "because", desk["8001"].pk)


def test_a_call_back_without_answer_is_tried_three_times(say: Say, desk: Desk) -> None:
    missed(say)
    tasks.settle()
    for n in range(3):
        assert len(open_tasks()) == 1, n
        at_desk.call_back(Call.objects.get(), "no_answer", desk["8002"].pk)
    task = CallTask.objects.get()
    assert (open_tasks(), task.tries, task.done_by) == ([], 3, desk["8002"].pk)
    with pytest.raises(Refused):
        at_desk.call_back(Call.objects.get(), "reached", desk["8002"].pk)


def test_one_sits_at_one_seat_and_a_seat_has_one(desk: Desk) -> None:
    at_desk.sit("8002", desk["8001"].pk)
    assert dict(Seat.objects.values_list("extension", "account_id")) == {"8002": desk["8001"].pk}
    at_desk.sit("", desk["8001"].pk)
    assert not Seat.objects.exists()
    with pytest.raises(Refused):
        at_desk.sit("80 02", desk["8001"].pk)


def test_a_call_whose_end_was_never_told_is_let_go(say: Say, desk: Desk) -> None:
    say("ring", agent="8001", caller=CALLER)
    assert len(queries.ringing(desk["8001"].pk)) == 1
    Call.objects.update(created_at=clock.now() - dt.timedelta(hours=5))
    tasks.settle()
    assert (queries.ringing(desk["8001"].pk), Call.objects.get().settled) == ([], True)


def test_each_desk_sees_its_own_calls(say: Say, desk: Desk) -> None:
    say("ring", "c1", agent="8001")
    say("ring", "c2", agent="8001")
    say("ring", "c2", agent="8002")
    say("ring", "c3", agent="8009")
    seen = {n: [c.call_id for c in queries.ringing(desk[n].pk)] for n in ("8001", "8002")}
    assert seen == {"8001": ["c3", "c2", "c1"], "8002": ["c3", "c2"]}
    say("answer", "c2", agent="8002")
    say("hangup", "c3")
    seen = {n: [c.call_id for c in queries.ringing(desk[n].pk)] for n in ("8001", "8002")}
    assert seen == {"8001": ["c1"], "8002": ["c2"]}


def _call(name: str, ring: dt.datetime, answer: float | None, end: float | None) -> None:
    after = [ring + dt.timedelta(seconds=s) if s is not None else None for s in (answer, end)]
    Call.objects.create(call_id=name, created_at=ring, rang_at=ring, answered_at=after[0], ended_at=after[1])


def test_the_service_of_a_day_by_hand(desk: Desk) -> None:
    """Monday: answered after 5, 15 and 40 s, one missed, one only rings; 23:59 belongs to Monday, 00:01 to Tuesday."""
    monday = dt.datetime(2026, 11, 23, 9, 0, tzinfo=clock.ZONE)
    for n, (answer, end) in enumerate([(5.0, 60.0), (15.0, 90.0), (40.0, 80.0), (None, 20.0), (None, None)]):
        _call(f"m{n}", monday + dt.timedelta(minutes=n), answer, end)
    _call("late", monday.replace(hour=23, minute=59), 10.0, 300.0)
    _call("early", monday.replace(hour=0, minute=1) + dt.timedelta(days=1), None, 3.0)
    found, whole = queries.days(monday.date(), monday.date() + dt.timedelta(days=1))
    assert [(d.calls, d.answered, d.missed, d.quick, d.connected, d.in_time, d.waited) for d in found] == [
        (5, 4, 1, 3, 0.8, 0.6, 17.5), (1, 0, 1, 0, 0.0, 0.0, None),
    ]  # fmt: skip
    assert (whole.calls, whole.answered, whole.quick, whole.waited) == (6, 4, 3, 17.5)
    assert queries.days(dt.date(2026, 1, 1), dt.date(2026, 1, 2)) == ([], queries.Day(None, 0, 0, 0, None))

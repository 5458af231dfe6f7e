"""The platform learns from what people decide (学习), and never gets worse by it."""

import pytest
from tests.triage.town import HERE, TAUGHT, Town, build

from xiucheng.cases.actions import act
from xiucheng.city.models import Example
from xiucheng.intake.actions import Point, take_in
from xiucheng.rules.workflow import Actor
from xiucheng.triage import actions, jobs, learn, models
from xiucheng.triage.model import NOT_OURS, load

OPERATOR = Actor("account", "1", frozenset({"operator"}))
LEADER = Actor("account", "2", frozenset({"shift_leader"}))


@pytest.fixture
def town(db: None) -> Town:
    found = build()
    for code, texts in TAUGHT.items():
        Example.objects.bulk_create(Example(category_id=code, words=words) for words in texts)
    return found


def _read(words: str) -> int:
    model = jobs.current()
    assert model is not None
    case = take_in(channel="web", words=words, point=Point(*HERE)).case_id
    actions.work(model)
    return case


def test_pack_alone_teaches_a_model_that_is_taken(town: Town) -> None:
    told = learn.learn("first")
    row = models.Model.objects.get()
    assert (row.name, row.accepted, told["judged"] > 0) == ("first", True, True)
    model = load(row.name, bytes(row.body))
    assert model.classes[int(model.reads("巷子里路灯不亮").argmax())] == "C0137"


def test_nothing_to_learn_from_keeps_nothing(db: None) -> None:
    assert (learn.learn()["accepted"], models.Model.objects.count()) == (False, 0)


def test_correction_is_written_once_when_a_person_decides_otherwise(town: Town) -> None:
    learn.learn("first")
    case = _read("路灯不亮")
    act(case, "register", OPERATOR, {"category": "C0102"})
    assert (learn.gather_corrections(), learn.gather_corrections()) == (1, 0)
    kept = models.Correction.objects.get()
    assert (kept.case_id, kept.field, kept.proposed, kept.chosen) == (case, "category", "C0137", "C0102")


def test_agreement_is_no_correction(town: Town) -> None:
    learn.learn("first")
    case = _read("路灯不亮")
    act(case, "register", OPERATOR, {"category": "C0137"})
    assert learn.gather_corrections() == 0


def test_refusal_of_what_looked_ours_teaches_not_ours(town: Town) -> None:
    learn.learn("first")
    case = _read("路灯不亮")
    act(case, "refuse", OPERATOR, {"reason": "小区自管", "whose": "物业"})
    learn.gather_corrections()
    assert models.Correction.objects.get().chosen == NOT_OURS
    assert [lesson.code for _, lesson in learn.from_cases()] == [NOT_OURS]


def test_what_people_filed_is_a_lesson(town: Town) -> None:
    learn.learn("first")
    case = _read("喷泉不喷水了")
    act(case, "register", OPERATOR, {"category": "C0137"})
    act(case, "file", LEADER, {"category": "C0137", "standard": town.lamp_out})
    assert [(key, lesson.code) for key, lesson in learn.from_cases()] == [(case, "C0137")]


def test_model_that_got_worse_is_not_taken(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    learn.learn("first")
    monkeypatch.setattr(learn, "ENOUGH", 1)
    monkeypatch.setattr(learn, "HELD_BACK", 1)
    marks = iter((0.9, 0.5))
    monkeypatch.setattr(learn, "_right", lambda *_: next(marks))
    case = _read("路灯不亮")
    act(case, "register", OPERATOR, {"category": "C0137"})
    act(case, "file", LEADER, {"category": "C0137", "standard": town.lamp_out})
    assert learn.learn("second")["accepted"] is False
    newest = learn.newest()
    assert newest is not None
    assert newest.name == "first"

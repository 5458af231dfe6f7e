"""Whose it is (责任单位): the duties table first, then what people decided, and why."""

import pytest
from tests.triage.town import HERE, Town, build

from xiucheng.cases.actions import Submission, act, submit
from xiucheng.city import models as city
from xiucheng.city import queries, registers
from xiucheng.rules.workflow import Actor
from xiucheng.triage import whose


@pytest.fixture
def town(db: None) -> Town:
    return build()


def _sent(town: Town, unit: int, times: int, *, system: bool = False) -> list[int]:
    made = []
    for n in range(times):
        given = Submission(
            channel="web", kind="complaint", words=f"第{n}盏", lng=HERE[0], lat=HERE[1], street="500999001"
        )
        case = submit(given, Actor("resident")).case_id
        act(case, "register", Actor("account", "1", frozenset({"operator"})), {"category": "C0137"})
        who = Actor("system", "rule", certainty=0.99) if system else Actor("account", "2", frozenset({"shift_leader"}))
        act(case, "file", who, {"standard": town.lamp_out})
        act(case, "dispatch", Actor("account", "3", frozenset({"dispatcher"})), {"unit": unit})
        made.append(case)
    return made


def _chosen() -> list[tuple[int, float, str]]:
    found = whose.choose("C0137", queries.locate(*HERE))
    return [(choice.unit.id, choice.certainty, "；".join(choice.reasons)) for choice in found]


def _duty(*units: int) -> None:
    city.Duty.objects.filter(category_id="C0137").delete()
    for unit in units:
        city.Duty.objects.create(unit_id=unit, category_id="C0137")
    registers.touch()


def test_the_table_alone_decides_where_nothing_was_learned(town: Town) -> None:
    assert [row[0] for row in _chosen()] == [town.lamps]


def test_the_table_comes_first_and_what_people_did_is_said(town: Town) -> None:
    _sent(town, town.lamps, 3)
    whose.gather()
    ((unit, sure, why),) = _chosen()
    assert (unit, sure) == (town.lamps, 1.0) and "3 件，3 件给了照明所" in why


def test_where_the_table_is_silent_people_are_followed_but_never_by_itself(town: Town) -> None:
    _duty()
    assert _chosen() == []
    _sent(town, town.roads, 4)
    whose.gather()
    ((unit, sure, why),) = _chosen()
    assert (unit, sure) == (town.roads, whose.ONLY_LEARNED) and "职责表没有写" in why


def test_of_units_that_the_table_names_alike_the_one_people_chose_comes_first(town: Town) -> None:
    _duty(town.lamps, town.roads)
    before = _chosen()[0][0]
    other = town.roads if before == town.lamps else town.lamps
    _sent(town, other, 3)
    whose.gather()
    assert [row[0] for row in _chosen()] == [other, before]


def test_where_people_keep_deciding_otherwise_the_table_is_doubted(town: Town) -> None:
    _sent(town, town.west_street, 5)
    whose.gather()
    first = _chosen()[0]
    assert first[:2] == (town.lamps, whose.ONLY_LEARNED) and "给了西坪城管办" in first[2]


def test_two_cases_or_those_the_platform_sent_teach_nothing(town: Town) -> None:
    _duty()
    _sent(town, town.roads, 2)
    _sent(town, town.roads, 4, system=True)
    whose.gather()
    assert _chosen() == []


def test_a_case_that_was_taken_elsewhere_speaks_for_the_unit_that_has_it(town: Town) -> None:
    _duty()
    for case in _sent(town, town.lamps, 3):
        act(case, "return", Actor("account", "4", frozenset({"unit"}), unit=town.lamps), {"reason": "归市政"})
        act(case, "dispatch", Actor("account", "3", frozenset({"dispatcher"})), {"unit": town.roads})
    whose.gather()
    assert [row[0] for row in _chosen()] == [town.roads]


def test_counting_again_changes_nothing(town: Town) -> None:
    _sent(town, town.roads, 3)
    assert (whose.gather(), whose.gather()) == (2, 2)

"""Names of places are learned from confirmed cases (地名学习): several that agree, lying together, and nothing the registers know."""

from hypothesis import given
from hypothesis import strategies as st
from tests.triage.town import Town, build

from xiucheng.cases.actions import Submission, act, submit
from xiucheng.rules.workflow import Actor
from xiucheng.triage import places
from xiucheng.triage.gazetteer import gazetteer
from xiucheng.triage.places import Said, learn

HERE, AWAY = (106.52, 29.51), (106.58, 29.54)


def said(*texts: str, at: tuple[float, float] = HERE, first: int = 1) -> list[Said]:
    return [Said(first + n, text, at[0] + n * 1e-4, at[1]) for n, text in enumerate(texts)]


def names(cases: list[Said], known: tuple[str, ...] = ()) -> list[str]:
    return [found.name for found in learn(cases, known)]


def test_three_cases_that_agree_teach_a_name() -> None:
    cases = said("老猫儿石菜市场门口很脏", "我家楼下老猫儿石菜市场", "老猫儿石菜市场旁边路灯不亮")
    assert [(f.name, f.cases) for f in learn(cases, ())] == [("老猫儿石菜市场", 3)]


def test_two_cases_teach_nothing() -> None:
    assert names(said("老猫儿石菜市场门口", "老猫儿石菜市场旁边")) == []


def test_cases_far_from_each_other_teach_nothing() -> None:
    cases = said("红星广场有人摆摊", "红星广场很吵") + said("红星广场垃圾多", "红星广场有积水", at=AWAY, first=11)
    assert names(cases) == []


def test_one_person_far_off_does_not_matter() -> None:
    cases = said(*["红星广场有人摆摊"] * 6) + said("红星广场垃圾多", at=AWAY, first=11)
    assert names(cases) == ["红星广场"]


def test_what_the_registers_know_is_not_learned() -> None:
    cases = said(*["南坪二贸市场门口很脏"] * 4)
    assert names(cases, ("南坪二贸市场",)) == []


def test_a_kind_of_place_is_no_name() -> None:
    assert names(said("我们小区", "这个小区", "小区里面")) == []


WORDS = st.lists(st.sampled_from(["幸福", "光明", "广场", "小区", "门口", "路", "的", "我家", "3栋"]), max_size=6).map(
    "".join
)


@given(st.lists(st.tuples(WORDS, st.sampled_from([HERE, AWAY])), max_size=12))
def test_what_is_learned_is_said_by_enough_cases_there(given_cases: list[tuple[str, tuple[float, float]]]) -> None:
    cases = [Said(n, text, *at) for n, (text, at) in enumerate(given_cases)]
    for found in learn(cases, ()):
        there = [c for c in cases if found.name in c.text and abs(c.lng - found.lng) < 0.002]
        assert len(there) >= found.cases >= places.LEAST


def _confirmed(town: Town, words: str, at: tuple[float, float]) -> None:
    given_one = Submission(channel="web", kind="complaint", words=words, lng=at[0], lat=at[1], place="见描述")
    case = submit(given_one, Actor("resident")).case_id
    act(case, "register", Actor("account", "1", frozenset({"operator"})), {"category": "C0137"})
    act(case, "file", Actor("account", "2", frozenset({"shift_leader"})), {"standard": town.lamp_out})
    act(case, "dispatch", Actor("account", "3", frozenset({"dispatcher"})), {"unit": town.lamps})


def test_a_learned_name_leads_to_its_place_and_says_why(db: None) -> None:
    town = build()
    assert gazetteer().find("老猫儿石菜市场路灯不亮") is None
    for n in range(3):
        _confirmed(town, f"老猫儿石菜市场第{n}盏路灯不亮", (HERE[0] + n * 1e-4, HERE[1]))
    assert places.gather(gazetteer().registered()) == 1
    found = gazetteer().find("老猫儿石菜市场又积水了")
    assert found is not None
    assert (found.how, found.said, found.lng, found.place.street) == (
        "learned",
        "老猫儿石菜市场",
        106.5201,
        "500999001",
    )
    assert places.gather(gazetteer().registered()) == 1

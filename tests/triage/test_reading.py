"""What the platform makes of words (分诊): category, condition, place, unit, urgency, kind, with certainty and reasons."""

import pytest
from tests.triage.town import HERE, Town, build, model

from xiucheng.city import clock
from xiucheng.triage import kinds, standards, text, watch
from xiucheng.triage.model import load
from xiucheng.triage.propose import Matter, Understood, propose


@pytest.fixture
def town(db: None) -> Town:
    return build()


def _read(words: str, *, pin: bool = True, category: str = "", place: str = "") -> Understood:
    lng, lat = HERE if pin else (None, None)
    matter = Matter(0, "complaint", words, words[:200], place, lng, lat, False, "", category, False, ())
    return propose(matter, model(), clock.now())


def test_clear_words_give_category_standard_and_unit(town: Town) -> None:
    found = _read("晚上路灯不亮，看不见路")
    assert (found.category, found.standard, found.unit, found.understood) == (
        "C0137", town.lamp_out, town.lamps, True,
    )  # fmt: skip


def test_condition_follows_what_happened(town: Town) -> None:
    assert _read("路灯的灯杆歪了快倒了").standard == town.lamp_leans


def test_unit_depends_on_the_place(town: Town) -> None:
    assert _read("楼下露天烧烤油烟大").unit == town.west_street


def test_what_the_resident_chose_counts_first(town: Town) -> None:
    assert _read("坏了", category="C0102").category == "C0102"


def test_words_without_sense_are_not_understood(town: Town) -> None:
    found = _read("好烦", pin=False)
    assert (found.understood, found.category) == (False, "")


def test_not_ours_says_whose_it_is(town: Town) -> None:
    found = _read("养老金什么时候到账", pin=False)
    whose = next(r for r in found.reasons if r["field"] == "whose")
    assert (found.understood, whose["whose"], whose["reach"]) == (False, "社保部门", "拨打 12333")


def test_danger_and_despair_are_urgent_and_flagged(town: Town) -> None:
    seen = watch.look("路灯漏电，我不想活了")
    assert (seen.urgency, seen.flags) == (2, ("self_harm",))


def test_a_pin_far_from_what_the_words_say_counts_and_is_shown(town: Town) -> None:
    found = _read("学府大道101号路灯不亮")
    shown = next(r for r in found.reasons if r["field"] == "place_differs")
    assert (found.where.how, found.where.certainty) == ("pin", 0.5)
    assert "学府大道101号" in shown["zh"] and "1.7 公里" in shown["zh"] and "1.7 km" in shown["en"]


@pytest.mark.parametrize("words", ["学府路30号路灯不亮", "学府路路灯不亮", "路灯不亮"])
def test_a_pin_that_agrees_with_the_words_is_sure(town: Town, words: str) -> None:
    found = _read(words)
    assert found.where.certainty == 1.0 and not [r for r in found.reasons if r["field"] == "place_differs"]


def test_two_places_in_the_words_are_shown_and_are_unsure(town: Town) -> None:
    found = _read("学府大道101号和学府路1号路灯不亮", pin=False)
    (shown,) = [r for r in found.reasons if r["field"] == "place_differs"]
    assert found.where.certainty == 0.5 and "学府大道101号、学府路1号" in shown["zh"] and "two places" in shown["en"]


def test_a_place_taken_from_the_words_names_nobody(town: Town) -> None:
    assert "瞿大爷" not in _read("瞿大爷家万科花园3栋路灯不亮", pin=False).where.said


def test_a_road_far_from_the_pin_is_shown_too(town: Town) -> None:
    found = _read("江滨路路灯不亮")
    (shown,) = [r for r in found.reasons if r["field"] == "place_differs"]
    assert found.where.certainty == 0.5 and "江滨路" in shown["zh"] and "2.2 公里" in shown["zh"]


@pytest.mark.parametrize("words", ["学府路30号和学府大道101号路灯不亮", "我住江滨路，学府路路灯不亮"])
def test_one_place_that_agrees_with_the_pin_is_enough(town: Town, words: str) -> None:
    found = _read(words)
    assert found.where.certainty == 1.0 and not [r for r in found.reasons if r["field"] == "place_differs"]


def test_the_place_that_was_given_counts_before_the_words(town: Town) -> None:
    near = _read("从学府路40号过来路灯不亮", pin=False, place="学府路51号")
    assert (near.where.said, near.where.certainty) == ("学府路51号", 0.9)
    far = _read("学府大道101号路灯不亮", pin=False, place="学府路51号")
    assert (far.where.said, far.where.certainty, far.where.other) == ("学府路51号", 0.5, "学府大道101号")


def test_pin_beats_the_words(town: Town) -> None:
    found = _read("学府大道101号路灯不亮")
    assert (found.where.how, found.where.lng, found.where.lat) == ("pin", *HERE)


def test_reasons_name_the_words(town: Town) -> None:
    found = _read("路灯不亮")
    assert next(r for r in found.reasons if r["field"] == "category")["words"][0] in {"路灯", "路灯不", "灯不亮"}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("请问垃圾分类什么时候开始", "question"),
        ("建议在河边增设路灯", "suggestion"),
        ("感谢师傅及时修好了路灯", "praise"),
        ("谢谢你们把路灯修好了", "praise"),
        ("路灯修好了，谢谢", "praise"),
        ("路灯修好了谢谢，但是又不亮了", "complaint"),
        ("求助，家门口被堵住了", "help"),
        ("路灯坏了没人修", "complaint"),
    ],
)
def test_turns_of_phrase_tell_the_kind(words: str, kind: str) -> None:
    assert kinds.guess(words)[0] == kind


@pytest.mark.parametrize(
    "words",
    [
        "你好，我想反映一下路灯坏了，请问什么时候修",
        "领导好，路灯坏了麻烦处理一下谢谢",
        "您好！路灯坏了，请问啥时候才能修好？",
    ],
)
def test_courtesy_says_nothing_about_the_matter(town: Town, words: str) -> None:
    assert kinds.without_courtesy(words).strip("，。！ ") == "路灯坏了"
    assert _read(words).category == "C0137"


@pytest.mark.parametrize("words", ["你好", "请问一下", "谢谢你们"])
def test_who_says_nothing_else_keeps_his_words(words: str) -> None:
    assert kinds.without_courtesy(words) == words


def test_standard_of_unknown_category_is_none(town: Town) -> None:
    assert standards.fitting("X0000", "坏了") == (None, 0.0)


def test_model_reads_the_same_after_storing() -> None:
    again = load("again", model().dump())
    words = "路灯不亮，下水道井盖破了"
    assert abs(again.reads(words) - model().reads(words)).max() < 0.01


def test_certainties_of_a_message_add_up_to_one() -> None:
    total = float(model().reads("你好。路灯不亮了。请快点来修！谢谢").sum())
    assert total == pytest.approx(1.0, abs=1e-3)


def test_long_text_is_cut_into_pieces() -> None:
    assert text.segments("路灯坏了。井盖没了！") == ["路灯坏了", "井盖没了"]


def test_any_characters_can_be_read() -> None:
    assert model().reads("𠮷\x00 <b>'\"; DROP TABLE --").shape == (len(model().classes),)


def test_nothing_at_all_can_be_read() -> None:
    assert model().reads("").shape == (len(model().classes),)

"""Has it been reported before? (疑似重复): pictures that look alike, and signs weighed as operators decide."""

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance
from tests.triage.town import HERE, Town, build, model

from xiucheng.cases import pictures
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case
from xiucheng.intake.actions import Point, take_in
from xiucheng.rules.workflow import Actor
from xiucheng.triage import actions, looks, same
from xiucheng.triage.models import PictureLook, Proposal, TwinWeights
from xiucheng.triage.same import Decided

OPERATOR = Actor("account", "1", frozenset({"operator"}))


def picture(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A street scene of sorts: bands and blocks that the seed lays."""
    image = Image.new("RGB", size, (90, 120, 150))
    draw = ImageDraw.Draw(image)
    for n in range(14):
        value = (seed * 7919 + n * 104_729) % 1_000_003
        x, y = value % size[0], value // 7 % size[1]
        draw.rectangle(
            [x, y, x + 60 + value % 200, y + 40 + value % 150], fill=(value % 256, value // 3 % 256, value // 5 % 256)
        )
    return image


def saved(image: Image.Image, quality: int = 85) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def known(image: Image.Image) -> int:
    found = looks.look(image)
    assert found is not None
    return found


def test_a_picture_made_smaller_or_brighter_or_saved_again_looks_the_same() -> None:
    """Nearly always: what whitens out in a picture made brighter may take a bit or two more."""
    apart = []
    for seed in range(1, 201):
        image = picture(seed)
        again = Image.open(io.BytesIO(saved(ImageEnhance.Brightness(image.resize((400, 300))).enhance(1.15), 60)))
        apart.append(looks.apart(known(image), known(again)))
    assert sum(bits <= looks.ALIKE for bits in apart) >= 0.97 * len(apart) and max(apart) <= 2 * looks.ALIKE


def test_other_pictures_look_different() -> None:
    found = [known(picture(seed)) for seed in range(1, 60)]
    near = sum(looks.apart(a, b) <= looks.ALIKE for i, a in enumerate(found) for b in found[:i])
    assert near == 0


@pytest.mark.parametrize("colour", ["black", "white", (120, 121, 119)])
def test_a_plain_picture_has_no_look(colour: str) -> None:
    assert looks.look(Image.new("RGB", (320, 240), colour)) is None


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_the_distance_is_a_distance(one: int, other: int) -> None:
    assert looks.apart(one, one) == 0 and 0 <= looks.apart(one, other) == looks.apart(other, one) <= 64


@pytest.fixture
def town(db: None) -> Town:
    return build()


def _report(words: str, content: bytes | None = None, at: tuple[float, float] = HERE) -> int:
    kept = [pictures.keep(content).facts()] if content else []
    case = take_in(channel="web", words=words, point=Point(*at), pictures=kept).case_id
    actions.work(model())
    return case


def test_a_picture_sent_on_through_another_channel_is_recognised_and_only_asked_about(town: Town) -> None:
    first = _report("路灯不亮", saved(picture(7)))
    second = _report("巷子里太黑了", saved(picture(7).resize((480, 360)), 50), at=(HERE[0] + 0.0003, HERE[1]))
    (like,) = Proposal.objects.get(case_id=second).similar
    assert (like["case"], like["same_picture"], like["like_picture"]) == (first, False, True)
    assert 0.7 <= like["certainty"] < 0.98


@pytest.mark.parametrize(
    ("words", "by_itself"), [("露天烧烤油烟大", False), ("路灯坏了", True), ("路灯不亮。", True), ("", True)]
)
def test_the_very_same_picture_is_the_same_problem_unless_other_words_stand_beside_it(
    town: Town, words: str, by_itself: bool
) -> None:
    content = saved(picture(7))
    first = _report("路灯不亮", content)
    Case.objects.filter(id=first).update(category_id="C0137")
    second = _report(words, content)
    (like,) = Proposal.objects.get(case_id=second).similar
    assert (like["case"], like["same_picture"]) == (first, True)
    assert (like["certainty"] >= 0.7, like["certainty"] >= 0.98) == (True, by_itself)


def test_a_picture_whose_file_is_gone_has_no_look_and_stops_nothing(town: Town) -> None:
    kept = pictures.keep(saved(picture(9)))
    pictures.path(kept.sha256, "thumb").unlink()
    take_in(channel="web", words="路灯不亮", point=Point(*HERE), pictures=[kept.facts()])
    assert actions.work(model()) == 1
    assert PictureLook.objects.get().look is None


SIGNS = st.tuples(*[st.floats(0.0, 1.0)] * len(same.SIGNS))
WEIGHTS = st.one_of(st.none(), st.tuples(*[st.floats(-20, 20)] * (len(same.SIGNS) + 1)))


@given(SIGNS, WEIGHTS)
def test_nothing_learned_is_ever_sure_enough_to_merge_by_itself(
    found: tuple[float, ...], weights: tuple[float, ...] | None
) -> None:
    assert 0.0 <= same.sure(found, weights) <= same.MOST < 0.98


def _decided(n: int, *, contrary: bool = False) -> list[Decided]:
    """Operators who look at the words alone: near ones with other words are not the same for them."""
    found = []
    for k in range(n):
        alike = (k * 37 % 100) / 100
        close = (k * 61 % 100) / 100
        found.append(Decided(k, (close, 1.0, 1.0, alike, 0.0, 0.0), (alike < 0.5) == contrary))
    return found


def test_weights_follow_what_operators_decide() -> None:
    weights = same.fit(_decided(200))
    assert weights is not None
    like, unlike = (same.by_weights((0.6, 1.0, 1.0, alike, 0.0, 0.0), weights) for alike in (0.95, 0.05))
    assert like > 0.8 and unlike < 0.2 and all(map(math.isfinite, weights))


def test_a_few_decisions_or_only_one_kind_teach_nothing() -> None:
    assert same.fit(_decided(same.ENOUGH - 1)) is None
    assert same.fit([Decided(one.case, one.signs, True) for one in _decided(200)]) is None


def test_a_merge_is_a_yes_and_filing_beside_a_twin_a_no(town: Town) -> None:
    first = _report("路灯不亮")
    second, third = _report("路灯不亮了"), _report("路灯还是不亮")
    act(second, "merge", OPERATOR, {"main": first})
    act(third, "register", OPERATOR, {"category": "C0137"})
    act(third, "file", Actor("account", "2", frozenset({"shift_leader"})), {"standard": town.lamp_out})
    said = {(one.case, one.same) for one in same.decisions()}
    assert said == {(second, True), (third, False)}
    act(second, "unmerge", OPERATOR, {"reason": "不是同一盏"})
    assert {one.same for one in same.decisions()} == {False}


def test_a_persons_no_is_a_no_at_once(town: Town) -> None:
    first, second = _report("路灯不亮"), _report("路灯不亮了")
    same.deny(second, first, by=1)
    same.deny(second, first, by=2)
    assert same.denied(second, [first]) == {first}
    assert [(one.case, one.same) for one in same.decisions()] == [(second, False)]
    act(second, "merge", OPERATOR, {"main": first})
    assert [(one.case, one.same) for one in same.decisions()] == [(second, True)]


def _similar(case: int) -> list[int]:
    return [like["case"] for like in Proposal.objects.get(case_id=case).similar]


def _again(case: int) -> list[int]:
    """Have a case understood anew; what is proposed as the same now."""
    actions.understand(actions.matters([case])[0], model())
    return _similar(case)


@pytest.mark.parametrize("turned", [False, True])
def test_a_no_is_never_proposed_again_from_either_side(town: Town, turned: bool) -> None:
    first, second = _report("路灯不亮"), _report("路灯不亮了")
    assert _similar(second) == [first]
    same.deny(*((first, second) if turned else (second, first)), by=1)
    assert _again(second) == []
    assert (same.denied(first, [second]), same.denied(second, [first])) == ({second}, {first})


def test_a_no_holds_for_the_twins_of_either_case(town: Town) -> None:
    main, twin, other = _report("路灯不亮"), _report("路灯不亮了"), _report("路灯又不亮")
    act(twin, "merge", OPERATOR, {"main": main})
    same.deny(other, twin, by=1)
    assert same.denied(other, [main, twin]) == {main, twin} and _again(other) == []
    late = _report("路灯还是不亮")
    act(late, "merge", OPERATOR, {"main": other})
    assert same.denied(late, [main]) == {main} and same.denied(twin, [late, other]) == {late, other}


def test_a_merge_taken_apart_is_a_no_and_other_twins_stay(town: Town) -> None:
    first, second, third = _report("路灯不亮"), _report("路灯不亮了"), _report("路灯还是不亮")
    act(second, "merge", OPERATOR, {"main": first})
    assert same.denied(second, [first]) == frozenset()
    act(second, "unmerge", OPERATOR, {"reason": "不是同一盏"})
    assert same.denied(second, [first, third]) == {first} == same.denied(second, [first])
    assert same.denied(first, [second]) == {second} and set(_again(third)) == {first, second}


def test_learned_weights_are_used(town: Town) -> None:
    TwinWeights.objects.create(at="2026-11-28T00:00:00Z", decisions=50, weights=[0.0] * len(same.SIGNS) + [0.8])
    _report("路灯不亮")
    (like,) = Proposal.objects.get(case_id=_report("完全是别的话")).similar
    assert like["certainty"] == pytest.approx(1 / (1 + math.exp(-0.8)), abs=0.001)


def test_weights_of_other_signs_are_left_alone(db: None) -> None:
    TwinWeights.objects.create(at="2026-11-28T00:00:00Z", decisions=50, weights=[1.0, 2.0])
    assert same.current() is None

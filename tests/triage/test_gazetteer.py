"""Names of places in the words (地名): exact or not at all."""

import pytest
from tests.triage.town import build

from xiucheng.city import registers
from xiucheng.city.models import Landmark
from xiucheng.triage.gazetteer import Found, gazetteer, somewhere


def _find(words: str) -> Found | None:
    build()
    return gazetteer().find(words)


def test_house_number_is_put_on_the_road(db: None) -> None:
    found = _find("学府路51号门口路灯不亮")
    assert found is not None
    assert (found.how, found.lng, found.lat, found.place.street) == ("number", 106.515, 29.51, "500999001")


def test_longer_name_is_not_mistaken_for_the_shorter(db: None) -> None:
    found = _find("学府大道101号对面")
    assert found is not None
    assert (found.said, found.lng, found.lat) == ("学府大道101号", 106.515, 29.525)


def test_number_beyond_the_road_gives_no_point(db: None) -> None:
    found = _find("学府路900号")
    assert found is not None
    assert (found.how, found.lng) == ("road", None)


def test_two_roads_meet_at_their_crossing(db: None) -> None:
    found = _find("学府路和学府大道交叉口红绿灯坏了")
    assert found is not None
    assert (found.how, found.lng, found.lat) == ("crossing", 106.515, 29.51)


def test_road_in_one_street_gives_the_street(db: None) -> None:
    found = _find("学府路路灯不亮")
    assert found is not None
    assert (found.how, found.place.street, found.lng) == ("road", "500999001", None)


def test_road_through_two_streets_gives_neither(db: None) -> None:
    found = _find("江滨路路灯不亮")
    assert found is not None
    assert (found.place.street, found.place.inside) == ("", True)


def test_alias_of_a_compound_is_its_point(db: None) -> None:
    found = _find("柳荫苑3栋楼下")
    assert found is not None
    assert (found.how, found.lng, found.lat) == ("spot", 106.512, 29.512)


def test_name_of_two_places_is_half_as_sure(db: None) -> None:
    found = _find("新村门口")
    assert found is not None
    assert found.certainty == pytest.approx(0.46)


@pytest.mark.parametrize("words", ["北学府路路灯", "柳荫小区路路灯", "什么地方也没说"])
def test_part_of_another_name_is_no_mention(db: None, words: str) -> None:
    assert _find(words) is None


def test_names_are_taken_out_of_the_matter(db: None) -> None:
    build()
    assert gazetteer().without_names("学府路51号路灯不亮") == "51号路灯不亮"


@pytest.mark.parametrize(
    ("words", "place"), [("万科花园3栋楼下有坑", "万科花园3栋"), ("我们小区很脏", ""), ("今天很冷", "")]
)
def test_unknown_place_is_kept_as_it_was_said(words: str, place: str) -> None:
    assert somewhere(words) == place


def test_a_house_of_the_citys_list_is_surer_than_its_road(db: None) -> None:
    build()
    Landmark.objects.create(name="学府路51号", kind="house", pinyin="x", lng=106.5091, lat=29.5123)
    registers.touch()
    found = gazetteer().find("学府路51号建设银行外的人行道")
    assert found is not None
    assert (found.how, found.lng, found.lat) == ("number", 106.5091, 29.5123)
    beside = gazetteer().find("学府路5号")
    assert beside is not None and beside.lat == 29.51

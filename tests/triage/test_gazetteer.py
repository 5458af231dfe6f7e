"""Names of places in the words (地名): exact or not at all."""

import pytest
from tests.triage.town import build

from xiucheng.city import registers
from xiucheng.city.models import Area, Landmark
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


def test_number_beyond_the_road_gives_no_point_and_says_so(db: None) -> None:
    found = _find("学府路900号")
    assert found is not None
    assert (found.how, found.said, found.lng, found.place.street) == ("beyond", "学府路900号", None, "500999001")


def test_a_number_in_words_and_wide_digits_lead_there_too(db: None) -> None:
    build()
    for words in ("学府路五十一号", "学府路５１号", "学府路五一号门口", "学府路51附2号"):
        found = gazetteer().find(words)
        assert found is not None and (found.said, found.lng) == ("学府路51号", 106.515), words


def test_where_somebody_lives_is_not_where_the_trouble_is(db: None) -> None:
    build()
    for words in ("我家住学府路1号，学府大道101号路灯不亮", "学府大道101号路灯不亮，我住学府路1号"):
        found = gazetteer().find(words)
        assert found is not None and (found.said, found.certainty, found.other) == ("学府大道101号", 0.9, ""), words
    alone = gazetteer().find("我住学府路1号，路灯不亮")
    assert alone is not None and alone.said == "学府路1号"


def test_two_exact_places_far_apart_leave_doubt_and_are_both_told(db: None) -> None:
    found = _find("学府大道101号和学府路1号的路灯都不亮")
    assert found is not None and (found.certainty, found.other) == (0.5, "学府路1号")
    near = gazetteer().find("柳荫苑旁边学府路40号路灯不亮")
    assert near is not None and near.certainty == 0.92 and not near.other


def test_a_street_before_a_place_that_lies_in_another_leaves_doubt(db: None) -> None:
    found = _find("东坪街道学府路51号路灯不亮")
    assert found is not None and (found.said, found.certainty, found.other) == ("学府路51号", 0.5, "东坪街道")
    right = gazetteer().find("西坪街道学府路51号路灯不亮")
    assert right is not None and (right.certainty, right.other) == (0.9, "")


def test_roads_that_do_not_meet_give_only_what_they_share(db: None) -> None:
    found = _find("学府路与江滨路交叉口红绿灯坏了")
    assert found is not None and (found.how, found.lng, found.place.street, found.place.inside) == (
        "road",
        None,
        "",
        True,
    )


def test_a_road_of_another_district_is_not_ours(db: None) -> None:
    found = _find("渝中区学府路51号路灯不亮")
    assert found is not None
    assert (found.how, found.said, found.certainty, found.place.inside) == ("abroad", "渝中区学府路51号", 0.2, False)
    own = gazetteer().find("试区学府路51号路灯不亮")
    assert own is not None and own.how == "number"


def test_a_road_that_is_there_twice_is_half_as_sure(db: None) -> None:
    build()
    far = {"type": "LineString", "coordinates": [[106.58, 29.52], [106.59, 29.52]]}
    Landmark.objects.create(
        name="学府路", kind="road", pinyin="x", lng=106.585, lat=29.52, line=far, house_from=1, house_to=101,
        area_id="500999002",
    )  # fmt: skip
    registers.touch()
    number, road = gazetteer().find("学府路51号"), gazetteer().find("学府路路灯不亮")
    assert number is not None and number.certainty == pytest.approx(0.45)
    assert road is not None and (road.place.street, road.place.inside) == ("", True)


def test_a_short_name_inside_another_word_is_no_place(db: None) -> None:
    build()
    Landmark.objects.create(name="桂庭", kind="compound", pinyin="g", lng=106.512, lat=29.512)
    registers.touch()
    found = gazetteer().find("我住桂庭小区，路灯不亮")
    assert found is not None and found.said == "桂庭"
    assert gazetteer().find("丹桂庭院路灯不亮") is None


def test_a_community_is_known_by_its_usual_name(db: None) -> None:
    build()
    Area.objects.filter(code="500999001001").update(name="柳荫社区居民委员会")
    registers.touch()
    found = gazetteer().find("柳荫社区路灯不亮")
    assert found is not None and (found.how, found.place.community) == ("area", "500999001001")


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


@pytest.mark.parametrize("words", ["柳荫小区路灯不亮", "柳荫小区路面破损", "柳荫小区路口红绿灯", "柳荫小区街面"])
def test_a_lamp_or_a_surface_after_a_name_is_no_road(db: None, words: str) -> None:
    found = _find(words)
    assert found is not None and found.said == "柳荫小区"


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


@pytest.mark.parametrize("door", ["5栋2单元501漏水", "五幢二单元501室", "5-3-2漏水", "5号楼501", "５栋５０１", "5栋"])
def test_a_building_is_found_whatever_door_is_named_with_it(db: None, door: str) -> None:
    build()
    Landmark.objects.create(name="柳荫小区五栋", kind="compound", lng=106.5123, lat=29.5123)
    registers.touch()
    found = gazetteer().find(f"柳荫小区{door}")
    assert found is not None
    assert (found.said, found.lng, found.how) == ("柳荫小区五栋", 106.5123, "spot")


def test_a_building_that_is_not_listed_leads_to_its_compound_and_a_door_to_no_house(db: None) -> None:
    build()
    found, road = gazetteer().find("柳荫小区7栋2单元501"), gazetteer().find("学府路69号3栋2单元501")
    assert found is not None and road is not None
    assert (found.said, road.said) == ("柳荫小区", "学府路69号")

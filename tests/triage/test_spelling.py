"""Places as they are written and spoken (写法): numbers, other districts, homes, short names inside other words."""

import pytest

from xiucheng.triage import spelling


@pytest.mark.parametrize(
    ("after", "number"),
    [
        ("238号建设银行外", 238), (" 238 号", 238), ("２３８号", 238), ("238-2号", 238), ("238附2号", 238), ("238号附2号", 238),
        ("12、14号", 12), ("12至18号", 12), ("第1号", 1), ("二百三十八号", 238), ("二三八号", 238), ("一百零八号", 108), ("一百二号", 120),
        ("十二号门口", 12), ("两百号", 200), ("69号门口", 69), ("1号楼", None), ("1号线", None), ("1号门", None), ("一号桥", None), ("3路车", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_house_number_however_it_is_written(after: str, number: int | None) -> None:
    assert spelling.house(after) == number


@pytest.mark.parametrize(
    ("before", "other"),
    [
        ("渝中区", "渝中区"), ("我住江北区", "江北区"), ("巴南区龙洲湾街道", "巴南区龙洲湾街道"), ("垫江县", "垫江县"), ("重庆市南岸区", ""),
        ("石柱土家族自治县", "石柱土家族自治县"), ("我住彭水苗族土家族自治县汉葭街道", "彭水苗族土家族自治县汉葭街道"), ("荆州市洪湖市", "荆州市洪湖市"),
        ("重庆市", ""), ("重庆市菜市", ""), ("骑龙社区", ""), ("南湖小区", ""), ("老城区", ""), ("回龙湾小区北区", ""), ("茶园经济开发区", ""), ("我们区", ""), ("渝中区过来，", ""), ("", ""),
    ],
)  # fmt: skip
def test_another_district_before_a_name(before: str, other: str) -> None:
    assert spelling.elsewhere(before, {"南岸区"}) == other


@pytest.mark.parametrize(
    ("before", "own"),
    [
        ("重庆市垫江县", "垫江县"), ("石柱土家族自治县", "石柱土家族自治县"), ("石柱县", "石柱土家族自治县"), ("巴里坤县", "巴里坤哈萨克自治县"),
        ("我住湖北省仙桃市", "仙桃市"), ("荆州市洪湖市", "洪湖市"), ("荆州市", "洪湖市"), ("鄂温克旗", "鄂温克族自治旗"),
    ],
)  # fmt: skip
def test_our_own_district_before_a_name_whatever_kind_it_is(before: str, own: str) -> None:
    assert spelling.elsewhere(before, {own}) == ""


@pytest.mark.parametrize(
    ("after", "number"),
    [
        ("3栋2单元501", "3"), ("三栋", "3"), ("５－３－２", "5"), ("十二幢", "12"), ("二十一座", "21"), ("3号楼", "3"), (" 第03栋", "3"), ("12#1203", "12"),
        ("3号", ""), ("12-14号", ""), ("2026-11-28", ""), ("5-3-2-1", ""), ("门口3栋", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_building_whatever_door_follows_it(after: str, number: str) -> None:
    assert spelling.building(after) == number


@pytest.mark.parametrize(
    ("before", "lives"),
    [("我家住", True), ("本人住在南坪", True), ("我住", True), ("车把路堵住了，", False), ("堵住", False)],
)
def test_where_somebody_lives(before: str, lives: bool) -> None:
    assert spelling.home(before) is lives


@pytest.mark.parametrize(
    ("words", "alone"),
    [
        ("桂庭门口", True),
        ("我住桂庭小区", True),
        ("丹桂庭院", False),
        ("桂庭院子", False),
        ("，桂庭", True),
        ("金桂庭", False),
    ],
)
def test_a_short_name_stands_alone(words: str, alone: bool) -> None:
    at = words.index("桂庭")
    assert spelling.stands_alone(words, at, at + 2, False) is alone


def test_a_community_is_called_without_its_office() -> None:
    assert spelling.called("白鹤苑社区居民委员会") == ["白鹤苑社区居民委员会", "白鹤苑社区"]
    assert spelling.called("白沙村村民委员会")[1] == "白沙村"
    assert spelling.called("南坪街道") == ["南坪街道"]

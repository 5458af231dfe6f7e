"""Names of persons are hidden, names of places stay (人名脱敏)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xiucheng.city
from xiucheng.rules.masking import mask

PACK = Path(xiucheng.city.__file__).parent / "packs" / "demo"
PLACES = [
    name
    for row in json.loads((PACK / "places.geojson").read_text(encoding="utf-8"))["features"]
    for name in (row["properties"]["name"], *row["properties"].get("aliases", ()))
]
UNITS = [line.split(",")[1] for line in (PACK / "units.csv").read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫王小明，住在南坪", "我叫王**，住在南坪"),
        ("我叫王小明住在南坪", "我叫王**住在南坪"),
        ("我叫李伟，", "我叫李*，"),
        ("我叫李伟住在南坪", "我叫李*住在南坪"),
        ("我叫欧阳建国。", "我叫欧阳**。"),
        ("我是张丰。", "我是张*。"),
        ("我是陈建明，电话13812345678", "我是陈**，电话138****5678"),
        ("姓名：刘建民", "姓名：刘**"),
        ("联系人:高伟 13812345678", "联系人:高* 138****5678"),
        ("联系人周芳电话", "联系人周*电话"),
        ("请联系王先生", "请联系某先生"),
        ("请联系王小明先生", "请联系某先生"),
        ("陈建华女士反映", "某女士反映"),
        ("学府路王女士说路灯不亮", "学府路某女士说路灯不亮"),
        ("小区江边张女士", "小区江边某女士"),
        ("我叫：张三", "我叫：张*"),
        ("我叫 张三，", "我叫 张*，"),
        ("本人李四，住南坪", "本人李*，住南坪"),
        ("我姓王，叫王小明", "我姓王，叫王**"),
        ("我是业主张三", "我是业主张*"),
        ("业主王小明反映", "业主王**反映"),
        ("居民李秀英说路灯坏了", "居民李**说路灯坏了"),
        ("邻居叫张伟", "邻居叫张*"),
        ("收件人:王强", "收件人:王*"),
        ("联系人-张三", "联系人-张*"),
        ("姓名：买买提·艾力", "姓名：买" + "*" * 5),
        ("王小明 13812345678", "王** 138****5678"),
        ("13812345678（王小明）", "138****5678（王**）"),
        ("我是南坪街道的王小明，", "我是南坪街道的王**，"),
        ("我是这里的周边住户，", "我是这里的周边住户，"),
        ("我是李强的妻子", "我是李*的妻子"),
        ("此致 张伟", "此致 张*"),
        ("陈涛，男，45岁", "陈*，男，45岁"),
        ("覃先生、岑女士和瞿大爷", "某先生、某女士和某大爷"),
        ("物业张经理和社区刘书记", "物业某经理和社区某书记"),
        ("李孃孃、周奶奶、陈叔说", "某孃孃、某奶奶、某叔说"),
        ("李 女士来电", "某 女士来电"),
        ("冲向杨女士", "冲向某女士"),
        # what looks like a name and is none
        ("由于老板不在", "由于老板不在"),
        ("工程队长不管", "工程队长不管"),
        ("收了钱老板不认", "收了钱老板不认"),
        ("任何经理都没有来", "任何经理都没有来"),
        ("每周医生来一次", "每周医生来一次"),
        ("居民张贴小广告，", "居民张贴小广告，"),
        ("小孩黄疸，", "小孩黄疸，"),
        ("全归于老师", "全归于老师"),
        ("代课老师", "代课老师"),
        ("向书记反映过", "向书记反映过"),
        ("李先生牛肉面门口油烟大", "李先生牛肉面门口油烟大"),
        ("我是南坪街道居民", "我是南坪街道居民"),
        ("我是江北人，来办事", "我是江北人，来办事"),
        ("我是高中生，放学晚", "我是高中生，放学晚"),
        ("我是花园路的业主", "我是花园路的业主"),
        ("我叫安装师傅来看过", "我叫安装师傅来看过"),
        ("我叫物业来修", "我叫物业来修"),
        ("我叫了三次都没人来", "我叫了三次都没人来"),
        ("请联系人民医院", "请联系人民医院"),
        ("姓名牌被风吹掉", "姓名牌被风吹掉"),
        ("当事人曾经在这里，本人连续2个月没睡好", "当事人曾经在这里，本人连续2个月没睡好"),
        ("联系人员到场", "联系人员到场"),
        ("先生您好，女士优先", "先生您好，女士优先"),
    ],
)
def test_names_are_hidden_and_nothing_else(text: str, masked: str) -> None:
    assert mask(text) == masked


FAMILY = st.sampled_from("王李张刘陈杨赵黄周吴徐孙胡朱郭何罗宋郑谢韩唐冯")
GIVEN = st.text(st.sampled_from("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛超霞平刚桂琴鹏宇婷雪浩凯"), min_size=1, max_size=2)
SAYS = st.sampled_from(
    ["我叫{0}，", "我是{0}，", "姓名：{0} ", "联系人：{0}，", "请找{0}先生。", "{0}女士反映：", "我叫{0}住在"]
)


@given(FAMILY, GIVEN, SAYS, st.sampled_from(PLACES))
def test_no_name_is_left_and_the_place_stays(family: str, given_name: str, says: str, place: str) -> None:
    masked = mask(f"{says.format(family + given_name)}{place}门口路灯不亮")
    assert family + given_name not in masked and masked.endswith(f"{place}门口路灯不亮")


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "around", ["{}门口路灯不亮", "我是{}的居民", "我住{}", "请联系{}", "{}3栋楼下", "联系人在{}", "我是{}。"]
)
def test_every_place_and_unit_stays(around: str) -> None:
    wrong = [name for name in (*PLACES, *UNITS) if name not in mask(around.format(name))]
    assert wrong == []


def test_a_long_text_is_masked_at_once() -> None:
    assert mask("我叫王" * 5000) and mask("王李张刘" * 5000)

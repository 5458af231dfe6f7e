"""A small town for tests of triage: two streets with squares for polygons, two roads that cross, four categories, three units."""

import functools
from dataclasses import dataclass

from xiucheng.city import models as city
from xiucheng.city import registers
from xiucheng.triage.elsewhere import SENTENCES
from xiucheng.triage.lessons import Lesson, fit, look
from xiucheng.triage.model import NOT_OURS, Model

WEST, EAST, SOUTH, NORTH = 106.50, 106.60, 29.50, 29.55
HERE = (106.51, 29.51)
TAUGHT = {
    "C0137": ("路灯不亮", "路灯坏了", "灯杆歪了", "晚上路灯一闪一闪", "巷子里路灯全黑"),
    "C0102": ("井盖不见了", "下水道井盖破了", "污水井盖松动", "窨井盖翘起来", "井盖没了好危险"),
    "E0129": ("烧烤摊油烟大", "露天烧烤很吵", "夜市烧烤半夜还在烤", "楼下烧烤", "烧烤店摆到路上烤"),
    "E0113": ("路面有坑", "马路破损", "道路坑坑洼洼", "路面烂了一个洞", "柏油路裂开"),
}
NAMES = {"C0137": "路灯", "C0102": "污水井盖", "E0129": "露天烧烤", "E0113": "道路破损"}


@dataclass(frozen=True)
class Town:
    """Keys of the rows that tests name."""

    lamps: int
    roads: int
    west_street: int
    lamp_out: int
    lamp_leans: int


def _square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _areas() -> None:
    middle = (WEST + EAST) / 2
    for code, level, name, parent, box in (
        ("500999", "district", "试区", None, (WEST, SOUTH, EAST, NORTH)),
        ("500999001", "street", "西坪街道", "500999", (WEST, SOUTH, middle, NORTH)),
        ("500999002", "street", "东坪街道", "500999", (middle, SOUTH, EAST, NORTH)),
        ("500999001001", "community", "柳荫社区", "500999001", (WEST, SOUTH, middle, NORTH)),
        ("500999002001", "community", "桐花社区", "500999002", (middle, SOUTH, EAST, NORTH)),
    ):
        city.Area.objects.create(
            code=code, level=level, name=name, pinyin=code, parent_id=parent, polygon=_square(*box)
        )


def _marks() -> None:
    def line(*points: tuple[float, float]) -> dict[str, object]:
        return {"type": "LineString", "coordinates": [list(p) for p in points]}

    roads = {
        "学府路": ((106.505, 29.51), (106.525, 29.51)),
        "学府大道": ((106.515, 29.505), (106.515, 29.525)),
        "江滨路": ((106.51, 29.53), (106.59, 29.53)),
    }
    for name, ends in roads.items():
        middle = [(a + b) / 2 for a, b in zip(*ends, strict=True)]
        city.Landmark.objects.create(
            name=name, kind="road", pinyin=name, lng=middle[0], lat=middle[1], line=line(*ends), house_from=1,
            house_to=101,
        )  # fmt: skip
    city.Landmark.objects.create(
        name="柳荫小区",
        kind="compound",
        aliases=["柳荫苑"],
        pinyin="l",
        lng=106.512,
        lat=29.512,
        area_id="500999001001",
    )
    for code in ("500999001001", "500999002001"):
        city.Landmark.objects.create(
            name="新村", kind="compound", pinyin="x", lng=106.52 if code[8] == "1" else 106.58, lat=29.52, area_id=code
        )


def build() -> Town:
    """Lay the town and let every process read it."""
    _areas()
    _marks()
    for code, name in (("C", "部件"), ("E", "事件"), ("C01", "公用设施"), ("E01", "市容环境"), *NAMES.items()):
        city.Category.objects.create(
            code=code, kind="component" if code[0] == "C" else "event", level=len(code) // 2, name=name, pinyin=name,
            parent_id={1: None, 3: code[0], 5: code[:3]}[len(code)],
        )  # fmt: skip
    units = {
        code: city.Unit.objects.create(code=code, name=name, short=name, pinyin=code, kind="department").id
        for code, name in (("LAMP", "照明所"), ("ROAD", "市政所"), ("WEST", "西坪城管办"))
    }
    for unit, category, area in (("LAMP", "C0137", None), ("ROAD", "C0102", None), ("ROAD", "E0113", None),
                                 ("WEST", "E0129", "500999001")):  # fmt: skip
        city.Duty.objects.create(unit_id=units[unit], category_id=category, area_id=area)
    found = {}
    for code, category, words in (
        ("C0137-1", "C0137", "路灯不亮或时亮时灭"),
        ("C0137-2", "C0137", "灯杆倾斜或倒伏"),
        ("C0102-1", "C0102", "井盖丢失或破损"),
        ("E0129-1", "E0129", "露天经营烧烤"),
        ("E0113-1", "E0113", "路面破损、有坑"),
    ):
        found[code] = city.Standard.objects.create(
            category_id=category, code=code, filing_condition=words, limit_text="2工作日", clock="working",
            limit_seconds=57_600, closing_condition="恢复正常",
        ).id  # fmt: skip
    for purpose, word, weight, whose in (
        ("danger", "漏电", 3.0, ""), ("self_harm", "不想活", 3.0, ""), ("not_ours", "养老金", 2.0, "社保部门"),
    ):  # fmt: skip
        city.Word.objects.create(purpose=purpose, word=word, weight=weight, whose=whose, reach="拨打 12333")
    city.Setting.objects.create(key="straight_through", value=0.6)
    city.CalendarYear.objects.create(year=2026, source="test")
    registers.touch()
    return Town(units["LAMP"], units["ROAD"], units["WEST"], found["C0137-1"], found["C0137-2"])


@functools.cache
def model() -> Model:
    """Taught once a run from a handful of sentences."""
    lessons = [Lesson(text, code) for code, texts in TAUGHT.items() for text in texts]
    lessons += [Lesson(text, NOT_OURS, 0.3) for text in SENTENCES[:40]]
    return fit(look(lessons), "test", sharpness=8.0)

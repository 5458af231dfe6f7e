"""What the demo's residents say (演示市民): own sentences of the pack, said in many ways at places of the pack.

Everything is drawn from a seed, so that the same day can be played again.
"""

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PACK: Final = Path(__file__).resolve().parents[2] / "city" / "packs" / "demo"

OPENINGS: Final = (
    "", "", "", "你好，", "您好，", "请问有人管吗，", "麻烦你们看一下，", "师傅些，", "我是附近的居民，", "跟你们反映一下：",
    "刚刚路过看到，", "今天早上送娃儿上学发现，", "昨晚下班回来看到，", "都好几天了，", "这个问题说了几次了，",
)  # fmt: skip
ENDINGS: Final = (
    "", "", "", "，麻烦尽快处理，谢谢", "，希望早点解决", "。老人小孩经过很不安全", "，请派人来看看嘛", "，照片里看得清楚",
    "，谢谢你们！", "。下雨天更恼火", "，不晓得归哪个管", "，晚上看不见很危险", "，已经有人差点摔倒了", "，辛苦了",
)  # fmt: skip
PLACES: Final = (
    "{place}",
    "{place}门口",
    "{place}旁边",
    "{place}附近",
    "{place}对面",
    "{place}公交站旁",
    "{place}路口",
)
QUESTIONS: Final = (
    "请问门前要放花箱需要到哪里办手续？", "小区里的树枝挡光，业主可以自己修剪吗？", "建筑垃圾装修完了应该怎么清运？",
    "夜市摆摊的时间有没有规定？", "请问共享单车乱停应该找谁？", "垃圾分类的大件垃圾怎么预约回收？",
)  # fmt: skip
SUGGESTIONS: Final = (
    "建议在{place}增加几张休息椅，老年人走累了有个坐处", "{place}缺健身器材，建议装几样适合老人的",
    "建议{place}周边多设几个分类垃圾桶", "希望{place}的路灯能早点亮，冬天天黑得早",
    "建议把{place}的盲道和树池一起改一改，轮椅也好走",
)  # fmt: skip
PRAISES: Final = (
    "{place}的环卫工人天不亮就在扫地，辛苦了，给他们点个赞", "上次反映的栏杆当天就修好了，谢谢",
    "{place}现在干净多了，表扬一下你们",
)  # fmt: skip
FAMILY: Final = "陈李王张刘周杨吴罗黄"
GIVEN: Final = ("师傅", "阿姨", "先生", "女士", "同学", "婆婆")


@dataclass(frozen=True, slots=True)
class Order:
    """What a resident sends and what it truly is (`category` empty: nothing that the city mends)."""

    body: dict[str, Any]
    category: str
    picture: bool


class Citizens:
    """An endless stream of residents."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a play, not a secret
        with (PACK / "examples.csv").open(encoding="utf-8") as file:
            self.examples = [(row["category"], row["words"]) for row in csv.DictReader(file)]
        with (PACK / "categories.csv").open(encoding="utf-8") as file:
            self.names = {row["code"]: row["name"] for row in csv.DictReader(file)}
        places = json.loads((PACK / "places.geojson").read_text(encoding="utf-8"))["features"]
        self.places = [(f["properties"]["name"], _middle(f["geometry"])) for f in places]

    def next(self) -> Order:
        """The next resident."""
        luck = self.dice.random()
        if luck < 0.05:
            return self._other("question", self.dice.choice(QUESTIONS), placed=False)
        if luck < 0.09:
            return self._other("suggestion", self.dice.choice(SUGGESTIONS), placed=True)
        if luck < 0.11:
            return self._other("praise", self.dice.choice(PRAISES), placed=True)
        return self._problem()

    def _where(self) -> tuple[str, float, float]:
        name, (lng, lat) = self.dice.choice(self.places)
        shake = self.dice.uniform
        return name, round(lng + shake(-0.0006, 0.0006), 6), round(lat + shake(-0.0005, 0.0005), 6)

    def _other(self, kind: str, sentence: str, *, placed: bool) -> Order:
        name, lng, lat = self._where()
        body: dict[str, Any] = {"kind": kind, "words": sentence.format(place=name), "contact": self._contact()}
        if placed:
            body |= {"lng": lng, "lat": lat, "place": name}
        return Order(body, "", picture=False)

    def _problem(self) -> Order:
        category, sentence = self.dice.choice(self.examples)
        name, lng, lat = self._where()
        words = self.dice.choice(OPENINGS) + sentence.rstrip("。！!") + self.dice.choice(ENDINGS)
        body: dict[str, Any] = {"kind": self.dice.choice(("complaint", "complaint", "help")), "words": words}
        if self.dice.random() < 0.85:
            body |= {"lng": lng, "lat": lat}
        body["place"] = self.dice.choice(PLACES).format(place=name)
        if self.dice.random() < 0.5:
            body["contact"] = self._contact()
        return Order(body, category, picture=self.dice.random() < 0.4)

    def _contact(self) -> dict[str, str]:
        """An invented person: numbers of the range 199-0000 that nobody has."""
        name = self.dice.choice(FAMILY) + self.dice.choice(GIVEN)
        return {"name": name, "phone": f"1990000{self.dice.randrange(10_000):04d}"}


def _middle(geometry: dict[str, Any]) -> tuple[float, float]:
    """A point on or in a geometry."""
    points = geometry["coordinates"]
    while isinstance(points[0], list):
        points = points[len(points) // 2]
    return float(points[0]), float(points[1])

"""Names of places that stand in a message (地名提及), without a gazetteer: what comes before a word for a kind of place.

`丽发新城` is known by its ending, not by a list. Where a name begins is not sure, so that a mention keeps up to four letters before
the ending; what several messages share tells the name (`shared`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

BEFORE: Final = 4
AGREE: Final = 0.6
MANY: Final = 0.5
_ENDINGS: Final = [
    "小区",
    "公寓",
    "新城",
    "花园",
    "广场",
    "公园",
    "社区",
    "学校",
    "小学",
    "中学",
    "幼儿园",
    "学院",
    "大学",
    "医院",
    "国际",
    "公馆",
    "大道",
    "市场",
    "商城",
    "车站",
    "家园",
    "名城",
    "华府",
    "山庄",
    "新村",
    "路",
    "街",
    "城",
    "村",
    "镇",
    "苑",
    "园",
    "府",
    "湾",
    "里",
    "郡",
    "庭",
    "院",
    "站",
    "厂",
    "桥",
    "寺",
    "湖",
    "洲",
    "巷",
    "栋",
    "期",
    "公司",
]
_PLACE: Final = re.compile("|".join(_ENDINGS))
_CODED: Final = re.compile(r"[A-Z]\d*[市区县]")
_OTHER: Final = re.compile(r"[^\u3400-\u9fff]+|[的了在是而且也和与及或被把对为从到于我你您他她这那该各请]")


def mentions(text: str, before: int = BEFORE) -> list[str]:
    """Names as they stand there, each with up to `before` letters before its ending; `A3区` and the like are no names."""
    plain = _CODED.sub(" ", text)
    found = []
    for hit in _PLACE.finditer(plain):
        name = _OTHER.split(plain[max(0, hit.start() - before) : hit.end()])[-1]
        if len(name) > len(hit.group(0)):
            found.append(name)
    return found


def shared(each: Sequence[Sequence[str]]) -> str:
    """The name that most messages share: the commonest ending piece, drawn out to the left as long as most agree. Empty if none."""
    counts: Counter[str] = Counter()
    for names in each:
        counts.update({name[-width:] for name in names for width in range(3, len(name) + 1)})
    common = [(n, piece) for piece, n in counts.items() if n >= max(2, MANY * len(each))]
    if not common:
        return ""
    most, best = max(common, key=lambda pair: (pair[0], len(pair[1]), pair[1]))
    while longer := [p for p in counts if len(p) == len(best) + 1 and p.endswith(best) and counts[p] >= AGREE * most]:
        best = max(longer, key=lambda p: (counts[p], p))
    return best

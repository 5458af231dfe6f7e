"""Names of places that stand in a message (地名提及), without a gazetteer: what comes before a word for a kind of place.

`丽发新城` is known by its ending, not by a list. Where a name begins is not sure, so that a mention keeps up to four letters before
the ending; what several messages share tells the name (`shared`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

BEFORE: Final = 4
AGREE: Final = 0.6
MANY: Final = 0.5
OWN: Final = 0.3
"""A name belongs to a topic if so many of the messages that have it are in the topic."""
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


def shared(each: Sequence[Sequence[str]], usual: Mapping[str, int] | None = None) -> str:
    """The name that most messages share: the commonest ending piece, drawn out to the left as long as most agree. Empty if none.

    `usual` says how many of all messages have a piece: what stands everywhere (`高峰期`) is the name of no place.
    """
    counts: Counter[str] = Counter()
    for names in each:
        counts.update(pieces(names))
    common = [
        (n, piece)
        for piece, n in counts.items()
        if n >= max(2, MANY * len(each)) and (usual is None or n >= OWN * usual.get(piece, 0))
    ]
    if not common:
        return ""
    most, best = max(common, key=lambda pair: (pair[0], len(pair[1]), pair[1]))
    while longer := [p for p in counts if len(p) == len(best) + 1 and p.endswith(best) and counts[p] >= AGREE * most]:
        best = max(longer, key=lambda p: (counts[p], p))
    return best


def pieces(names: Iterable[str]) -> set[str]:
    """The endings of names that may be a name themselves: of three letters and more."""
    return {name[-width:] for name in names for width in range(3, len(name) + 1)}

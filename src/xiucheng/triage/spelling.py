"""How places are written (写法): wide digits and `七` for `7`, house numbers in words, what stands before and after a name. Pure."""

import re
from collections.abc import Iterable
from typing import Final

_HAN: Final = "零一二三四五六七八九"
_SAME: Final = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **{ord(letter): str(n) for n, letter in enumerate(_HAN)},
    ord("〇"): "0",
    0x3000: " ",
}
_NUMBER: Final = re.compile(
    r"\s*(?:第|门牌)?(?:(\d{1,5})|([零〇一二两三四五六七八九十百千]{1,7}))"
    r"(?:\s*[-~、,，至到]\s*\d{1,5}){0,3}\s*(?:号(?!楼|院线|线|店|机|桥|井|门(?![口前外面旁牌边]))|(?:号\s*)?附\s*\d{1,4}号?)"
)
_BUILDING: Final = re.compile(
    r"\s*第?(?:(\d{1,3})\s*(?:栋|幢|座|号楼|#)|(\d{1,3})\s*-\s*\d{1,2}\s*-\s*\d{1,4}(?![\d-])|(\d?十\d?)(?:栋|幢|座|号楼))"
)
BUILDINGS: Final = ("栋", "幢", "座", "号楼", "#")
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_LETTER: Final = r"(?:(?![住在从到是于我的去叫])[\u4e00-\u9fff])"
_DISTRICT: Final = re.compile(
    rf"({_LETTER}{{1,4}}?[区县]|{_LETTER}{{2,16}}?自治[县旗]|{_LETTER}{{2,4}}?[市州盟]{_LETTER}{{2,4}}?(?<![超菜夜早花门城都区])市)"
    r"(?:[\u4e00-\u9fff]{1,6}(?:街道|镇|乡))?$"
)
"""Of two cities in a row (荆州市洪湖市) the second is a district; one alone may be the city that we belong to."""
_NEAR: Final = 28
_COMMON: Final = frozenset(
    "小社片景园城校库厂矿山地辖街新发开税宅活业务车舍老市郊灾特范民属我本全各该住管林湖港学院片厨教湿营战"
)
"""Letters before `区` that make it a part of a town, not a district of its own: 小区, 社区, 园区."""
_SIDE: Final = re.compile(r"(?:小区|花园|社区|家园|苑|村|园|城|期|[A-Za-z0-9])[东西南北中]区$")
_HOME: Final = re.compile(
    r"(?:我们?家?|本人|家)?(?:住在|家住|住址是?|家在|我住|(?<![堵拦挡围封记抓困停踩站])住)[^，。,；;！!？?]{0,5}$"
)
_LEADS: Final = frozenset("在住到是于去从的我们家这里边面旁口区镇道社村路街市县和与跟过往近离经给把对由，")
_GOES_ON: Final = frozenset("院园苑城台洲湾居坊府邸阁轩不得寺庙桥")
_OFFICE: Final = re.compile(r"(?:居民委员会|村民委员会|居委会|村委会)$")


def plain(text: str) -> str:
    """The text with every digit as an ordinary one, letter for letter: `花园七村` and `花园７村` are `花园7村`."""
    return text.translate(_SAME)


def house(after: str) -> int | None:
    """The house number that stands right after a road's name; none if there is none."""
    hit = _NUMBER.match(after.translate({wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF1A)}))
    if hit is None:
        return None
    return int(hit[1]) if hit[1] else spoken(hit[2])


def spoken(words: str) -> int | None:
    """`二百三十八` and `二三八` are 238."""
    words = words.replace("〇", "零").replace("两", "二")
    if not any(unit in words for unit in _UNITS):
        return int("".join(str(_HAN.index(letter)) for letter in words))
    total, digit, last = 0, 0, 1
    for letter in words:
        if letter in _UNITS:
            last = _UNITS[letter]
            total += (digit or 1) * last
            digit = 0
        else:
            digit, last = _HAN.index(letter), 1 if letter == "零" else last
    return total + digit * max(1, last // 10)


def elsewhere(before: str, own: Iterable[str]) -> str:
    """The other district that stands right before a name (渝中区学府路), as it is written; empty if there is none."""
    near = before[-_NEAR:]
    hit = _DISTRICT.search(near)
    if hit is None:
        return ""
    name = hit[1]
    part = name[-1] == "区" and (name[-2] in _COMMON or _SIDE.search(near[: hit.end(1)]) is not None)
    return "" if part or len(name) < 3 or _ours(name, own) else hit[0]


def _ours(name: str, own: Iterable[str]) -> bool:
    """Whether it is one of our districts; people call 石柱土家族自治县 石柱县."""
    return any(name.endswith(one) or (one[-3:-1] == "自治" and name.endswith(_short(one))) for one in own)


def _short(one: str) -> tuple[str, ...]:
    return tuple(one[:width] + one[-1] for width in range(2, len(one) - 3))


def building(after: str) -> str:
    """The number of the building that stands right after a name, whatever door follows it: `3栋2单元501`, `5-3-2`, `3号楼`; empty if none does."""
    hit = _BUILDING.match(plain(after))
    if hit is None or hit[3] is None:
        return str(int(hit[1] or hit[2])) if hit else ""
    tens, _, ones = hit[3].partition("十")
    return str(10 * int(tens or 1) + int(ones or 0))


def home(before: str) -> bool:
    """Whether what follows is where somebody lives, which need not be where the trouble is."""
    return _HOME.search(before[-14:]) is not None


def stands_alone(words: str, at: int, end: int, follows: bool) -> bool:
    """Whether a name of two letters stands there by itself, not inside another word; `follows`: right after another name."""
    before, after = words[at - 1 : at], words[end : end + 1]
    leads = follows or not before or not "\u3400" <= before <= "\u9fff" or before in _LEADS
    return leads and after not in _GOES_ON


def called(area: str) -> list[str]:
    """What an area is called: `白鹤苑社区居民委员会` is `白鹤苑社区` to everybody."""
    short = _OFFICE.sub("", area)
    return [area, short] if short != area and len(short) > 2 else [area]

"""Reasons as an operator reads them (依据): one sentence for each field, in Chinese and English, with the words behind it."""

from collections.abc import Sequence
from typing import Any, Final

from xiucheng.city.registers import registers
from xiucheng.rules.workflow import KINDS

Reason = dict[str, Any]

FLAGS: Final = {
    "self_harm": ("有轻生苗头", "signs of self-harm"),
    "petition": ("有信访或聚集苗头", "signs of a petition or gathering"),
    "opinion": ("有舆情风险", "risk to public opinion"),
}
PLACES: Final = {
    "pin": ("反映人在地图上标了点", "the reporter set a pin"),
    "component": ("按部件的登记位置", "the registered place of the component"),
    "number": ("文字里有路名和门牌号：{said}", "road and house number in the words: {said}"),
    "crossing": ("文字里有路口：{said}", "a crossing in the words: {said}"),
    "spot": ("文字里有地名：{said}", "a known place in the words: {said}"),
    "learned": ("以前办过的案件这样叫这里：{said}", "earlier cases call this place so: {said}"),
    "road": ("文字里只有路名，没有门牌：{said}", "a road without a number: {said}"),
    "beyond": ("路名登记过，这个门牌号没有：{said}", "the road is known, this number is not: {said}"),
    "abroad": ("文字里的地点像在别的区县：{said}", "the place seems to be in another district: {said}"),
    "area": ("文字里只有镇街或社区：{said}", "only a street or community: {said}"),
    "named": ("文字里有地点，但本区地名库里没有：{said}", "a place that the gazetteer does not know: {said}"),
}
LEFT: Final = {
    "people_first": ("紧急或敏感，由人来办", "urgent or sensitive: for people"),
    "no_problem": ("不是投诉或求助，由人来答复", "no problem to fix: for people to answer"),
    "not_understood": ("没有看懂，由人来判断", "not understood"),
    "what_unsure": ("类别或立案条件不够有把握", "category or condition not certain enough"),
    "where_unsure": ("地点不够有把握", "place not certain enough"),
    "whose_unsure": ("责任单位不够有把握", "unit not certain enough"),
    "perhaps_the_same": ("附近可能有同一问题，请看是否并案", "perhaps the same as a case nearby: merge?"),
}


def _quoted(words: Sequence[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def _name(code: str) -> str:
    known = registers().categories.get(code)
    return known.name if known else code


def words_like(code: str, words: Sequence[str], certainty: float) -> Reason:
    """The words read like the category."""
    percent = round(100 * certainty)
    said = _quoted(words) or "文字"
    return {
        "field": "category", "words": list(words), "zh": f"{said}像“{_name(code)}”（把握 {percent}%）",
        "en": f"{said} reads like “{_name(code)}” ({percent} % certain)",
    }  # fmt: skip


def chosen(code: str) -> Reason:
    """The reporter chose it himself."""
    return {
        "field": "category", "words": [], "zh": f"反映人自己选了“{_name(code)}”",
        "en": f"the reporter chose “{_name(code)}”",
    }  # fmt: skip


def whose_duty(reasons: Sequence[str], english: Sequence[str]) -> Reason:
    """The unit's duty, as the register says it; empty where nobody has it."""
    return {"field": "unit", "words": [], "zh": "；".join(reasons), "en": "; ".join(english)} if reasons else {}


def place(how: str, said: str, lng: float | None, lat: float | None) -> Reason:
    """Where it is, and how that is known; the point that the words gave, if they gave one."""
    zh, en = PLACES[how]
    facts = {"how": how, "said": said, "lng": lng, "lat": lat}
    return {
        "field": "place",
        "words": [said] if said else [],
        "zh": zh.format(said=said),
        "en": en.format(said=said),
        **facts,
    }


def elsewhere(said: str, metres: float) -> Reason:
    """The words name a place far from the pin; the pin counts, people look."""
    far = f"{metres / 1000:.1f}"
    return {
        "field": "place_differs", "words": [said], "metres": round(metres),
        "zh": f"文字里说的是{said}，离标的点约 {far} 公里，请核对地点", "en": f"the words say {said}, about {far} km from the pin: please check",
    }  # fmt: skip


def two_places(said: str, other: str) -> Reason:
    """The words name two exact places; people look which is meant."""
    return {
        "field": "place_differs", "words": [said, other], "zh": f"文字里说了两处：{said}、{other}，请核对是哪一处",
        "en": f"the words name two places, {said} and {other}: please check which",
    }  # fmt: skip


def urgent(words: Sequence[str]) -> Reason:
    """Words of danger."""
    said = _quoted(words)
    return {"field": "urgency", "words": list(words), "zh": f"有危险的字眼：{said}", "en": f"words of danger: {said}"}


def past(words: Sequence[str]) -> Reason:
    """Danger that is denied, or mended by now."""
    said = _quoted(words)
    return {
        "field": "past", "words": list(words), "zh": f"{said}像是没有发生或已经好了，请核对",
        "en": f"{said} seems denied or mended: please check",
    }  # fmt: skip


def urgent_condition(condition: str) -> Reason:
    """The filing condition itself speaks of danger."""
    return {
        "field": "urgency", "words": [], "zh": f"立案条件本身就有危险：{condition}",
        "en": f"the filing condition itself speaks of danger: {condition}",
    }  # fmt: skip


def flagged(flag: str, words: Sequence[str]) -> Reason:
    """A sensitive matter."""
    (zh, en), said = FLAGS[flag], _quoted(words)
    return {"field": "flag", "flag": flag, "words": list(words), "zh": f"{zh}：{said}", "en": f"{en}: {said}"}


def not_ours(words: Sequence[str], unit: str, reach: str) -> Reason:
    """Somebody else's business: whose, and how to reach them."""
    said = _quoted(words)
    return {
        "field": "whose", "words": list(words), "whose": unit, "reach": reach,
        "zh": f"{said}可能不归中心管，归{unit}（{reach}）", "en": f"{said}: perhaps not ours but {unit} ({reach})",
    }  # fmt: skip


def other_kind(kind: str) -> Reason:
    """The turns of phrase are those of another kind."""
    word = KINDS[kind]
    return {"field": "kind", "kind": kind, "words": [], "zh": f"说法更像{word.zh}", "en": f"sounds like a {word.en}"}


def left(why: str) -> Reason:
    """Why the platform did not send it straight through; empty where there is nothing to say."""
    if why not in LEFT:
        return {}
    zh, en = LEFT[why]
    return {"field": "left", "why": why, "words": [], "zh": f"没有自动派单：{zh}", "en": f"not sent by itself: {en}"}

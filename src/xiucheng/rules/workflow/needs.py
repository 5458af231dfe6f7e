"""What an act asks for (要素): one field of its form, from which pages and API build and check input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow.words import KINDS


@dataclass(frozen=True, slots=True)
class Need:
    """One field: `kind` is text, choice, unit, units, person, category, standard, date, picture, number, case, place or flag."""

    name: str
    kind: str
    zh: str
    en: str
    required: bool = True
    most: int = 2000
    choices: tuple[tuple[str, str, str], ...] = ()


def optional(need: Need) -> Need:
    """The same field, not required."""
    return Need(need.name, need.kind, need.zh, need.en, False, need.most, need.choices)


REASON: Final = Need("reason", "text", "原因", "reason", most=1000)
WORDS: Final = Need("words", "text", "内容", "words")
REPORT: Final = Need("words", "text", "内容", "words", required=False, most=20_000)
WHOSE: Final = Need("whose", "text", "归谁管、怎么联系", "whose it is", most=300)
CATEGORY: Final = Need("category", "category", "类别", "category")
STANDARD: Final = Need("standard", "standard", "立案条件", "filing condition")
KIND: Final = Need(
    "kind",
    "choice",
    "诉求类型",
    "kind",
    required=False,
    choices=tuple((code, word.zh, word.en) for code, word in KINDS.items()),
)
PLACE: Final = Need("place", "place", "地点", "place", required=False)
UNIT: Final = Need("unit", "unit", "责任单位", "unit")
BODY: Final = Need("unit", "unit", "转给哪个单位", "passed on to", required=False)
HELPERS: Final = Need("helpers", "units", "协办单位", "helping units", required=False)
PERSON: Final = Need("person", "person", "承办人", "person", required=False)
TEAM: Final = Need("team", "text", "班组", "team", required=False, most=40)
UNTIL: Final = Need("until", "date", "日期", "date")
AFTER: Final = Need("pictures", "picture", "处置后照片", "after-picture")
SEEN: Final = Need("pictures", "picture", "现场照片", "picture from the place")
CASE: Final = Need("main", "case", "主案件", "main case")
FINDING: Final = Need(
    "finding",
    "choice",
    "核实结果",
    "finding",
    choices=(
        ("found", "属实", "found"),
        ("not_found", "未发现", "not found"),
        ("solved", "已自行解决", "already solved"),
    ),
)
CONDITION: Final = Need("condition", "flag", "已达到结案条件", "closing condition met")
CLOSING: Final = Need("standard", "standard", "结案条件", "closing condition")
LEVEL: Final = Need(
    "level",
    "choice",
    "督办级别",
    "level",
    choices=(("1", "一级（工作群）", "1"), ("2", "二级（社会单位群）", "2"), ("3", "三级（大城智管群）", "3")),
)
CLAIM: Final = Need(
    "claim",
    "choice",
    "认领意见",
    "claim",
    choices=(("ours", "是我们的", "ours"), ("not_ours", "不是我们的", "not ours"), ("look", "要到现场看", "must look")),
)
REACHED: Final = Need(
    "reached",
    "choice",
    "回访结果",
    "result",
    choices=(
        ("reached", "已接通", "reached"),
        ("no_answer", "无人接听", "no answer"),
        ("wrong_number", "号码有误", "wrong number"),
        ("declined", "不愿评价", "declined"),
    ),
)
RATING: Final = Need(
    "rating",
    "choice",
    "满意度",
    "rating",
    choices=(
        ("5", "非常满意", "very satisfied"),
        ("4", "满意", "satisfied"),
        ("3", "一般", "fair"),
        ("2", "不满意", "dissatisfied"),
        ("1", "非常不满意", "very dissatisfied"),
    ),
)
STOPPED: Final = Need("stopped", "flag", "已先行制止", "stopped on the spot", required=False)


def check(needs: tuple[Need, ...], form: Mapping[str, Any]) -> None:
    """Refuse a form that lacks a field, is too long or names a choice that there is not."""
    for need in needs:
        value = form.get(need.name)
        if value in (None, "", [], ()) or (need.kind == "flag" and not value):
            if need.required:
                raise Refused("no_picture" if need.kind == "picture" else "missing", field=need, which=need)
            continue
        if isinstance(value, str) and not value.strip() and need.required:
            raise Refused("missing", field=need)
        if isinstance(value, str) and len(value) > need.most:
            raise Refused("too_long", field=need, most=need.most)
        if need.choices and str(value) not in {c[0] for c in need.choices}:
            raise Refused("bad_choice", field=need)

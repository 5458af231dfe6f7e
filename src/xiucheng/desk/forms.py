"""The form of an act (操作表单), derived from what the table says it needs; nothing is written here per act.

A field knows its kind; the page draws it. Choices come from the registers and from the case.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_

from xiucheng.cases.queries import nearby
from xiucheng.cases.queries.case import Whole
from xiucheng.desk import proposals, queries, words
from xiucheng.desk.access import Viewer
from xiucheng.desk.answers import answers
from xiucheng.pages.filters import metres
from xiucheng.rules.workflow import Row
from xiucheng.rules.workflow.needs import Need

LONG: Final = frozenset({"reason", "words"})
REPLIES: Final = {
    "refuse": ("refuse",), "decline": ("decline",), "answer": ("answer", "suggestion", "praise"),
    "consider": ("suggestion",), "close": ("closing",), "call_back": ("call_back",),
}  # fmt: skip


LABELS: Final = {"suspend": n_("挂账到哪一天"), "consider": n_("哪一天前答复")}
"""What the date of an act is, where the table only calls it a date."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `search` is what it is found by besides its text."""

    value: str
    text: str
    group: str = ""
    search: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form as the page draws it."""

    name: str
    kind: str
    label: str
    required: bool
    value: Any = ""
    most: int = 2000
    options: list[Option] = field(default_factory=list)
    hint: str = ""


def new_key() -> str:
    """A key that makes a second sending of the same form give the first answer."""
    return f"desk:{secrets.token_urlsafe(16)}"


def fields(row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> list[Field]:
    """The fields of an act for this case, filled with what was typed or what is known."""
    return [_field(need, row, found, viewer, typed) for need in row.needs]


def _field(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Field:
    label = (
        _(LABELS[row.act]) if need.name == "until" and row.act in LABELS else need.en if words.english() else need.zh
    )
    make = _MAKERS.get(need.kind)
    options, value, hint = make(need, row, found, viewer, typed) if make else ([], "", "")
    kept = typed.get(need.name)
    if need.kind == "place":
        kept = None
    return Field(
        need.name, need.kind, label, need.required, kept if kept not in (None, "") else value, need.most, options, hint
    )


Made = tuple[list[Option], Any, str]


def _text(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    if need.name not in LONG or not viewer.holder.centre:
        return [], "", ""
    ready = queries.replies(*REPLIES.get(row.act, ())) if row.act in REPLIES else []
    known = answers(found.line.summary) if row.act == "answer" else []
    return (
        [*(Option(text, asked) for asked, text in known), *(Option(body, title) for _code, title, body in ready)],
        "",
        "",
    )


def _choice(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    known = found.line.kind if need.name == "kind" else ""
    return [Option(value, en if words.english() else zh) for value, zh, en in need.choices], known, ""


def _unit(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    proposed = queries.proposal(found.line.id) if viewer.holder.centre else None
    best = next((one.unit for one in proposals.units(found, proposed)), None) if viewer.holder.centre else None
    known = found.line.unit_id if row.act == "reopen" else best
    value = known if known is not None and row.act not in {"transfer", "refuse"} else ""
    return (
        [
            Option(str(i), name, _(_KINDS[kind]) if kind in _KINDS else "", search)
            for i, name, search, kind in queries.units()
        ],
        value,
        "",
    )


_KINDS: Final = {
    "department": "部门", "street": "镇街", "zone": "经济区", "body": "区级其他单位", "social": "社会单位",
    "squad": "志愿服务小队",
}  # fmt: skip


def _person(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    if row.act == "assign":
        mates = queries.people_for(["handler", "unit"], unit=viewer.holder.unit)
        return [Option(str(i), name, "", pinyin) for i, name, pinyin, _near in mates], found.line.handler_id or "", ""
    several = queries.people_for(["officer", "chief"], street=found.line.street)
    groups = {True: _("本镇街"), False: _("其他镇街")}
    hint = _("不指定：进入%(street)s的任务池，谁先看到谁去") % {"street": words.area(found.line.street) or _("本区")}
    return [Option(str(i), name, groups[near], pinyin) for i, name, pinyin, near in several], "", hint


def _category(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    proposed = queries.proposal(found.line.id)
    value = found.line.category_id or (proposed.category if proposed else "")
    options = [Option(code, name, major, search) for code, name, major, search in queries.categories()]
    return options, value, _("一时看不清可以先不选") if row.act == "register" else ""


def _standard(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    closing = row.act == "close"
    code = str(typed.get("category") or found.line.category_id or "")
    value: Any = found.row["standard_id"] or ""
    if not closing:
        proposed = queries.proposal(found.line.id)
        code = code or (proposed.category if proposed else "")
        value = value or (proposed.standard if proposed and proposed.standard else "")
    known = queries.conditions(code) if code else []
    if closing and value:
        known = [one for one in known if one.id == value] or [c for c in [queries.condition(value)] if c]
    elif closing and not code:
        known = queries.conditions()
    if len(known) == 1:
        value = known[0].id
    return [
        Option(str(c.id), c.closing if closing else c.filing, c.code, "", c.limit if closing else f"{c.limit}｜{c.closing}")
        for c in known
    ], value, "" if known else _("先选类别，再选立案条件")  # fmt: skip


def _case(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    one = found.line
    if one.lng is None or one.lat is None:
        return [], "", _("本案没有坐标，请写主案件的编号")
    near = nearby.near(one.lng, one.lat, viewer.scope, metres=500, but=one.id, most=10)
    return [
        Option(
            str(n.id), f"{words.category(n.category_id)} {n.summary[:40]}", words.state(n.state), n.number,
            f"{metres(n.metres)} · {n.number[-9:]}",
        )
        for n in near
    ], "", ""  # fmt: skip


def _place(need: Need, row: Row, found: Whole, viewer: Viewer, typed: Mapping[str, Any]) -> Made:
    row_value = found.row
    names = ("lng", "lat", "place", "no_place")
    return [], {name: typed.get(name) or row_value[name] or "" for name in names}, ""


_MAKERS: Final[dict[str, Any]] = {
    "text": _text,
    "choice": _choice,
    "unit": _unit,
    "units": lambda *given: (_unit(*given)[0], "", _("可以不选")),
    "person": _person,
    "category": _category,
    "standard": _standard,
    "case": _case,
    "place": _place,
}

"""How a case goes, in words that anybody understands (办理进度): no office Chinese, never "passed to the unit concerned"."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiucheng.cases.queries.case import Entry
from xiucheng.city.registers import registers
from xiucheng.pages.filters import when
from xiucheng.rules.masking import mask

STAGES: Final = (
    gettext_noop("收到"),
    gettext_noop("看明白"),
    gettext_noop("派下去"),
    gettext_noop("正在办"),
    gettext_noop("去复看"),
    gettext_noop("办结"),
)
"""The stages of a problem; a question or suggestion has only the first and the last."""

STATES: Final[Mapping[str, tuple[int, str, str]]] = {
    "to_register": (0, "info", gettext_noop("已收到，正在看")),
    "considering": (3, "info", gettext_noop("正在研究")),
    "to_file": (1, "info", gettext_noop("已受理，正在核对")),
    "verifying": (1, "info", gettext_noop("已派人去现场看")),
    "to_dispatch": (2, "info", gettext_noop("正在确定由谁办")),
    "handling": (3, "warn", gettext_noop("正在办理")),
    "to_check": (4, "info", gettext_noop("已办，等人复看")),
    "checking": (4, "info", gettext_noop("有人去现场复看")),
    "to_close": (4, "info", gettext_noop("复看通过，即将办结")),
    "suspended": (3, "warn", gettext_noop("暂缓，到日子接着办")),
    "disputed": (4, "warn", gettext_noop("您说没办好，正在复核")),
    "closed": (5, "good", gettext_noop("已办结")),
    "answered": (5, "good", gettext_noop("已答复")),
    "refused": (5, "bad", gettext_noop("不归城管办")),
    "declined": (5, "bad", gettext_noop("不符合办理条件")),
    "withdrawn": (5, "", gettext_noop("您已撤回")),
    "merged": (3, "info", gettext_noop("和同一个问题一起办")),
    "void": (5, "", gettext_noop("已取消")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: what happened, who, and the words that belong to it."""

    at: dt.datetime
    title: str
    words: str = ""
    tone: str = ""


def state_words(state: str) -> tuple[int, str, str]:
    """Stage, tone and plain words of a state."""
    stage, tone, words = STATES[state]
    return stage, tone, _(words)


def _unit(key: Any) -> str:
    known = registers().units.get(int(key)) if key else None
    return known.name if known else _("有关单位")


def _date(text: Any) -> str:
    return when(dt.datetime.fromisoformat(str(text))) if text else ""


def _due(entry: Entry) -> str:
    due = entry.after.get("due_at")
    return _("，%(when)s前办好") % {"when": _date(due)} if due else ""


def _filed(entry: Entry) -> tuple[str, str]:
    name = registers().categories.get(str(entry.after.get("category_id") or ""))
    return _("核对清楚了，马上派人办"), _("问题：%(name)s") % {"name": name.plain or name.name} if name else ""


def _verified(entry: Entry) -> tuple[str, str]:
    found = {
        "found": _("现场看过，情况属实"),
        "not_found": _("现场看过，没有发现问题"),
        "solved": _("现场看过，问题已经解决"),
    }
    return found.get(str(entry.facts.get("finding")), _("现场看过")), entry.words


def _refused(entry: Entry) -> tuple[str, str]:
    whose = entry.facts.get("whose") or entry.words
    reason = str(entry.facts.get("reason") or "")
    unit = entry.after.get("unit_id")
    passed = _("已转给%(unit)s。") % {"unit": _unit(unit)} if unit else ""
    return _("这件事不归城管管，该找：%(whose)s") % {"whose": whose}, f"{passed}{reason}"


def _considered(entry: Entry) -> tuple[str, str]:
    until = _date(entry.facts.get("until"))
    facts = {"unit": _unit(entry.after.get("unit_id")), "until": until}
    return _("请%(unit)s研究，%(until)s 前答复您") % facts, ""


def _dispatched(entry: Entry) -> tuple[str, str]:
    return _("交给%(unit)s办%(due)s") % {"unit": _unit(entry.after.get("unit_id")), "due": _due(entry)}, ""


def _moved(entry: Entry) -> tuple[str, str]:
    return _("改由%(unit)s办%(due)s") % {"unit": _unit(entry.after.get("unit_id")), "due": _due(entry)}, ""


def _by_unit(sentence: str, *, words: bool = False) -> Callable[[Entry], tuple[str, str]]:
    def tell(entry: Entry) -> tuple[str, str]:
        return _(sentence) % {"unit": _unit(entry.unit_id)}, entry.words if words else ""

    return tell


def _reason(sentence: str) -> Callable[[Entry], tuple[str, str]]:
    def tell(entry: Entry) -> tuple[str, str]:
        return _(sentence), str(entry.facts.get("reason") or entry.words)

    return tell


def _plain(sentence: str, *, words: bool = False) -> Callable[[Entry], tuple[str, str]]:
    def tell(entry: Entry) -> tuple[str, str]:
        return _(sentence), entry.words if words else ""

    return tell


def _suspended(entry: Entry) -> tuple[str, str]:
    until = _date(entry.after.get("suspended_until"))
    return _("眼下办不了，先放一放，%(until)s接着办") % {"until": until}, str(
        (entry.before.get("ask") or {}).get("reason", "")
    )


def _extended(entry: Entry) -> tuple[str, str]:
    return _("办的人需要多一点时间%(due)s") % {"due": _due(entry)}, str(
        (entry.before.get("ask") or {}).get("reason", "")
    )


def _urged(entry: Entry) -> tuple[str, str]:
    title = _("您催了一次，已经提醒办的人") if entry.actor_kind == "resident" else _("我们催了办的人")
    return title, entry.words if entry.actor_kind == "resident" else ""


def _added(entry: Entry) -> tuple[str, str]:
    if entry.actor_kind == "resident":
        return _("您补充了情况"), entry.words
    return _("我们补充了情况"), ""


def _rated(entry: Entry) -> tuple[str, str]:
    return _("您给了%(stars)s分") % {"stars": entry.facts.get("rating", "")}, entry.words


TELLERS: Final[Mapping[str, Callable[[Entry], tuple[str, str]]]] = {
    "submit": _plain(gettext_noop("收到您的诉求")),
    "register": _plain(gettext_noop("已受理，正在核对情况")),
    "refuse": _refused,
    "consider": _considered,
    "answer": _plain(gettext_noop("答复您"), words=True),
    "send_verify": _plain(gettext_noop("已安排人去现场看")),
    "verify": _verified,
    "file": _filed,
    "decline": _plain(gettext_noop("看过了，不符合办理条件"), words=True),
    "object": _plain(gettext_noop("您请我们再看一次，已交值班长"), words=True),
    "withdraw": _plain(gettext_noop("您撤回了")),
    "dispatch": _dispatched,
    "sign": _by_unit(gettext_noop("%(unit)s已接单")),
    "assign": _by_unit(gettext_noop("%(unit)s已安排人手")),
    "return": _reason(gettext_noop("原来的单位说不归他们办，我们正在换人办")),
    "transfer": _moved,
    "feed_back": _by_unit(gettext_noop("%(unit)s说办好了，等人去现场复看"), words=True),
    "send_check": _plain(gettext_noop("已安排人去现场复看")),
    "check": _plain(gettext_noop("现场复看，确实办好了")),
    "rework": _reason(gettext_noop("现场复看，没办好，要求重做")),
    "close": _plain(gettext_noop("办结")),
    "dispute": _plain(gettext_noop("您说没办好，已交值班长"), words=True),
    "reopen": _moved,
    "uphold": _reason(gettext_noop("复核过了，确实已办好")),
    "suspend.grant": _suspended,
    "resume": _plain(gettext_noop("接着办")),
    "extend.grant": _extended,
    "merge": _plain(gettext_noop("有人反映过同一个问题，合在一起办，办好一样告诉您")),
    "unmerge": _plain(gettext_noop("经核对不是同一个问题，单独办")),
    "supervise": _plain(gettext_noop("已升级督办，上级盯着办")),
    "verdict": _rated,
    "void": _reason(gettext_noop("已取消")),
    "urge": _urged,
    "supplement": _added,
}
"""What residents are told of each act; an act that is not here (notes, requests among offices) is not their concern."""

_WORDS_OF: Final = {"resident": "", "account": "", "system": ""}


def steps(entries: Iterable[Entry]) -> list[Step]:
    """The timeline, oldest first; personal data in staff's words is hidden."""
    found = []
    for entry in entries:
        teller = TELLERS.get(f"{entry.act}.{entry.step}" if entry.step else entry.act)
        if teller is None or (entry.act == "supplement" and entry.actor_kind == "system"):
            continue
        title, words = teller(entry)
        own = entry.actor_kind == "resident"
        found.append(Step(entry.at, title, words if own else mask(words), "own" if own else ""))
    return found

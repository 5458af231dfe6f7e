"""The two guides, made from the table of the workflow and the settings (指南生成)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiucheng.city.registers import registers
from xiucheng.pages.filters import duration
from xiucheng.pages.jinja import speaks_english
from xiucheng.portal.progress import STATES
from xiucheng.rules.workflow import ACTS, ROWS, SETTINGS, Row

WORKDAY_HOURS: Final = 8
ANYBODY: Final = 6
ROAD: Final = (
    (gettext_noop("收到"), ("submit", "register", "refuse", "answer", "consider"), "registration"),
    (gettext_noop("看明白"), ("send_verify", "verify", "file", "decline"), "verification"),
    (gettext_noop("派下去"), ("dispatch", "return", "transfer", "claim"), "dispatch"),
    (gettext_noop("办"), ("sign", "feed_back", "extend", "suspend", "supervise"), ""),
    (gettext_noop("复看"), ("send_check", "check", "rework"), "check"),
    (gettext_noop("办结"), ("close",), "closing"),
    (gettext_noop("您来评"), ("verdict", "dispute", "reopen", "uphold"), ""),
)
"""The road of a problem in seven parts; every act named here must stand in the table (a test looks)."""

DOERS: Final = {
    "resident": gettext_noop("您"),
    "operator": gettext_noop("受理人员"),
    "shift_leader": gettext_noop("值班长"),
    "dispatcher": gettext_noop("派单人员"),
    "officer": gettext_noop("现场查看人员"),
    "chief": gettext_noop("街长、路长等"),
    "unit": gettext_noop("负责单位"),
    "handler": gettext_noop("办理人员"),
    "leader": gettext_noop("区领导"),
    "system": gettext_noop("系统自动"),
}


PLAIN: Final = {
    "submit": gettext_noop("您来反映"),
    "register": gettext_noop("收下，告诉您"),
    "refuse": gettext_noop("不归我们的，告诉您找谁"),
    "answer": gettext_noop("能答的马上答"),
    "consider": gettext_noop("建议请人研究，到期答复"),
    "send_verify": gettext_noop("看不准的，派人去看"),
    "verify": gettext_noop("现场看"),
    "file": gettext_noop("核对清楚，定下来办"),
    "decline": gettext_noop("不符合条件的，说明理由"),
    "dispatch": gettext_noop("派给负责的单位"),
    "return": gettext_noop("派错了退回来重派"),
    "transfer": gettext_noop("换一家来办"),
    "claim": gettext_noop("不知归谁的，请大家认领"),
    "sign": gettext_noop("接单"),
    "feed_back": gettext_noop("办好，拍照为证"),
    "extend": gettext_noop("时间不够，先申请"),
    "suspend": gettext_noop("暂时办不了，先放一放"),
    "supervise": gettext_noop("办得慢，上级盯"),
    "send_check": gettext_noop("派人去复看"),
    "check": gettext_noop("复看通过"),
    "rework": gettext_noop("没办好，重做"),
    "close": gettext_noop("办结"),
    "verdict": gettext_noop("您打分"),
    "dispute": gettext_noop("没办好，您可以请求重办"),
    "reopen": gettext_noop("重新办"),
    "uphold": gettext_noop("确已办好的，说明理由"),
    "supplement": gettext_noop("补充情况"),
    "urge": gettext_noop("催一下"),
    "withdraw": gettext_noop("撤回"),
    "object": gettext_noop("不同意答复，请再看一次"),
}
"""How the acts are called for residents; the official name stands beside it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the road: its plain and its official name, who does it, why, what it needs."""

    act: str
    plain: str
    name: str
    who: str
    why: str
    needs: str
    to: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the road with its limit, if it has one."""

    name: str
    limit: str
    lines: tuple[Line, ...]


def _setting(name: str) -> int:
    return int(registers().settings.get(name, SETTINGS[name]))


def limits() -> list[tuple[str, str]]:
    """The stages' own limits in this district."""
    named = (
        (_("受理"), "registration"),
        (_("核对立案"), "filing"),
        (_("现场核实"), "verification"),
        (_("派单"), "dispatch"),
        (_("现场复看"), "check"),
        (_("办结"), "closing"),
    )
    return [(label, duration(_setting(name))) for label, name in named]


def _line(row: Row) -> Line:
    doers = [_(word) for who, word in DOERS.items() if who in row.who]
    if len(doers) > ANYBODY:
        doers = [_("人人都可以")]
    needs = [need.zh for need in row.needs if need.required and need.kind in {"picture", "text", "standard", "unit"}]
    known = STATES.get(row.to)
    name = ACTS[row.act].en if speaks_english() else ACTS[row.act].zh
    return Line(
        row.act, _(PLAIN[row.act]), name, "、".join(doers), row.why, "、".join(needs), _(known[2]) if known else ""
    )


def plain_limit(seconds: int, natural: bool) -> str:
    """A standard's limit as residents count: `2小时（不分昼夜）`, `4个工作小时`, `5个工作日`."""
    if natural:
        return _("%(time)s（不分昼夜）") % {"time": duration(seconds)}
    hours = seconds / 3600
    if hours < WORKDAY_HOURS or hours % WORKDAY_HOURS:
        return _("%(n)s个工作小时") % {"n": f"{hours:g}"}
    return _("%(n)s个工作日") % {"n": f"{hours / WORKDAY_HOURS:g}"}


def process() -> list[Part]:
    """The road of a problem, each act as the table has it."""
    parts = []
    for name, acts, limit in ROAD:
        lines = [_line(row) for act in acts for row in ROWS if row.act == act and row.step in {"", "ask"}]
        once = {line.act: line for line in reversed(lines)}
        shown = tuple(once[act] for act in acts if act in once)
        parts.append(Part(_(name), duration(_setting(limit)) if limit else "", shown))
    return parts


def rights() -> list[Line]:
    """What a resident may do himself at any time, from the same table."""
    own = {row.act: row for row in reversed(ROWS) if "resident" in row.who and row.act != "submit"}
    order = ("supplement", "urge", "withdraw", "verdict", "dispute", "object")
    return [_line(own[act]) for act in order if act in own]

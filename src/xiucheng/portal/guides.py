"""The two guides, made from the table of the workflow and the settings (指南生成)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiucheng.city.registers import registers
from xiucheng.pages.filters import duration
from xiucheng.portal.progress import STATES
from xiucheng.rules.workflow import ACTS, ROWS, SETTINGS, Row

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


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the road: its name, who does it, why, what it needs."""

    act: str
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
    doers = [_(DOERS[who]) for who in sorted(row.who) if who in DOERS]
    needs = [need.zh for need in row.needs if need.required and need.kind in {"picture", "text", "standard", "unit"}]
    known = STATES.get(row.to)
    return Line(row.act, ACTS[row.act].zh, "、".join(doers), row.why, "、".join(needs), _(known[2]) if known else "")


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

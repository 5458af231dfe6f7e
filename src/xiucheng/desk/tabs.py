"""The queues of each post (队列): which cases they hold, how they are sorted, who works in them."""

from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_noop as n_

from xiucheng.cases.queries.counts import Counts
from xiucheng.cases.queries.filters import Filters
from xiucheng.rules.workflow import ENDED, OPEN

EVERY_OPEN: Final = tuple(sorted(OPEN))
EVERY_ENDED: Final = tuple(sorted(ENDED))


@dataclass(frozen=True, slots=True)
class Tab:
    """One queue: its name, whose it is, what it holds. `batch` are acts that may be done to many at once."""

    key: str
    name: str
    icon: str
    posts: tuple[str, ...]
    filters: Filters
    sort: str = "due"
    hint: str = ""
    batch: tuple[str, ...] = ()
    special: str = field(default="")

    def count(self, seen: Counts) -> int | None:
        """The number on the tab; ended cases are not counted."""
        special = {
            "unsigned": seen.unsigned,
            "returned": seen.returned,
            "flagged": seen.flagged,
            "ask0": seen.asks.get(0, 0),
            "ask1": seen.asks.get(1, 0),
            "none": None,
        }
        return special[self.special] if self.special else seen.of(self.filters.states)

    def late(self, seen: Counts) -> int:
        """How many of them are late now."""
        return 0 if self.special else seen.late_of(self.filters.states)


def _tab(key: str, name: str, icon: str, posts: str, states: str | tuple[str, ...], **more: object) -> Tab:
    chosen = tuple(states.split()) if isinstance(states, str) else states
    narrowed = more.pop("filters", {})
    assert isinstance(narrowed, dict)
    return Tab(key, name, icon, tuple(posts.split()), Filters(states=chosen, **narrowed), **more)  # type: ignore[arg-type]  # names of Tab's own fields


TABS: Final[tuple[Tab, ...]] = (
    _tab("register", n_("待受理"), "inbox", "operator", "to_register", batch=("register", "merge", "note"),
         hint=n_("收到的诉求，15分钟内受理")),
    _tab("file", n_("待立案"), "clipboard-check", "shift_leader operator", "to_file",
         batch=("send_verify", "merge", "note"), hint=n_("看清是什么、在哪里，符合立案条件就立案")),
    _tab("verify", n_("核实中"), "map-search", "operator", "verifying", hint=n_("巡查员到现场核实，等结果")),
    _tab("dispatch", n_("待派遣"), "send", "dispatcher", "to_dispatch", batch=("dispatch", "note"),
         hint=n_("直达责任单位，不转手")),
    _tab("returned", n_("退单"), "arrow-back-up", "dispatcher", "to_dispatch", special="returned",
         filters={"returned": True}, hint=n_("责任单位写明理由退回的，改派或请值班长定")),
    _tab("asks", n_("审批（初审）"), "gavel", "dispatcher", (), special="ask0", filters={"ask_stage": 0}, sort="new",
         batch=(), hint=n_("延期、挂账、超期申诉：先由派遣员初审")),
    _tab("close", n_("待结案"), "circle-check", "shift_leader", "to_close", batch=("close", "note"),
         hint=n_("对照结案条件，看处置前后照片")),
    _tab("disputed", n_("申请重办"), "rotate", "shift_leader", "disputed", hint=n_("反映人说没解决，先回访再决定")),
    _tab("grants", n_("审批（终审）"), "gavel", "shift_leader", (), special="ask1", filters={"ask_stage": 1}, sort="new",
         hint=n_("延期、挂账、超期申诉：派遣员同意后由值班长定")),
    _tab("check", n_("待核查"), "eye-check", "operator", "to_check", batch=("send_check", "note"),
         hint=n_("单位报了办好，派人到现场看")),
    _tab("checking", n_("核查中"), "walk", "operator", "checking", hint=n_("巡查员到现场核查，等结果")),
    _tab("considering", n_("研办"), "bulb", "operator", "considering",
         hint=n_("建议交牵头单位研究，按约定日期答复")),
    _tab("flagged", n_("特别关注"), "flag", "shift_leader leader", EVERY_OPEN, special="flagged",
         filters={"flagged": True}, hint=n_("涉及人身安全、信访、舆情的，值班长亲自看")),
    _tab("inbox", n_("待签收"), "inbox", "unit", "handling", special="unsigned", filters={"unsigned": True},
         batch=("sign", "assign", "note"), hint=n_("派给本单位的，看到就签收；不是自己的写明理由退回")),
    _tab("working", n_("处置中"), "tool", "unit handler", "handling", batch=("sign", "assign", "note"),
         hint=n_("现场处置，拍照反馈")),
    _tab("ours", n_("本单位研办"), "bulb", "unit", "considering", hint=n_("由本单位牵头研究的建议")),
    _tab("fed_back", n_("已反馈"), "hourglass", "unit", "to_check checking to_close",
         hint=n_("等中心核查、结案")),
    _tab("helping", n_("协办"), "users", "unit", EVERY_OPEN, special="none", hint=n_("别的单位牵头，请本单位配合的")),
    _tab("handling", n_("处置中"), "tool", "dispatcher shift_leader leader", "handling",
         batch=("urge", "note"), hint=n_("责任单位正在办的")),
    _tab("suspended", n_("挂账"), "player-pause", "dispatcher shift_leader unit leader", "suspended",
         hint=n_("有客观原因、定了日期的，期间不计时")),
    _tab("supervised", n_("督办"), "alert-triangle", "leader shift_leader", EVERY_OPEN, special="none",
         filters={"level": 1}, hint=n_("各级督办的案件")),
    _tab("late", n_("超时未办"), "alarm", "leader shift_leader dispatcher", EVERY_OPEN, special="none",
         filters={"late": True}, batch=("urge", "note"), hint=n_("时限已过、还没办完的")),
    _tab("open", n_("全部在办"), "stack-2", "operator shift_leader dispatcher leader assessor unit", EVERY_OPEN,
         hint=n_("还没办结的全部案件")),
    _tab("ended", n_("已办结"), "archive", "operator shift_leader dispatcher leader assessor unit handler",
         EVERY_ENDED, sort="new", special="none", hint=n_("结案、答复、不予受理、并案、作废的")),
    _tab("all", n_("全部案件"), "database", "operator shift_leader dispatcher leader assessor unit", (), sort="new",
         special="none", hint=n_("按上报时间排列")),
)  # fmt: skip
_BY_KEY: Final = {tab.key: tab for tab in TABS}
FIRST: Final = {
    "operator": "register",
    "shift_leader": "file",
    "dispatcher": "dispatch",
    "unit": "inbox",
    "handler": "working",
    "leader": "open",
    "assessor": "open",
}
"""Where each post's day begins; the order decides for a person with several posts."""


def tabs_of(posts: frozenset[str]) -> list[Tab]:
    """The queues of a person with these posts, his own work first."""
    mine = [tab for tab in TABS if posts & set(tab.posts)]
    order = list(FIRST)
    return sorted(mine, key=lambda tab: (tab.key in SHARED, min(order.index(p) for p in tab.posts if p in posts)))


SHARED: Final = frozenset({"handling", "suspended", "supervised", "late", "open", "ended", "all"})


def find(key: str, posts: frozenset[str]) -> Tab | None:
    """A queue by its key, if it is open to one of these posts."""
    tab = _BY_KEY.get(key)
    return tab if tab is not None and posts & set(tab.posts) else None


def first(posts: frozenset[str]) -> Tab | None:
    """Where the day of a person with these posts begins."""
    key = next((FIRST[post] for post in FIRST if post in posts), None)
    return _BY_KEY[key] if key else None

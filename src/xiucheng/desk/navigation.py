"""The side menu of the desk (菜单): what each post finds there, with the numbers that wait."""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_

from xiucheng.cases.queries.counts import Counts
from xiucheng.desk import calls
from xiucheng.desk.access import CENTRE, WORKING, Viewer
from xiucheng.desk.tabs import SHARED, tabs_of


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    href: str
    name: str
    icon: str
    count: int | None = None
    alarm: bool = False
    active: bool = False
    key: str = ""


PAGES: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("desk:overview", n_("今日概况"), "chart-bar", ("leader", "shift_leader", "assessor")),
    ("desk:intake", n_("登记诉求"), "phone-plus", ("operator",)),
    ("desk:calls", n_("话务台"), "headset", ("operator", "shift_leader")),
    ("desk:review", n_("公开审核"), "photo-check", ("operator", "shift_leader")),
    ("desk:map", n_("案件地图"), "map-2", (*CENTRE, "unit")),
    ("desk:roster", n_("值班表"), "calendar-user", CENTRE),
    ("desk:handovers", n_("交接班"), "transfer", WORKING),
    ("desk:bulletins", n_("公告板"), "speakerphone", (*CENTRE, "unit", "handler")),
    ("desk:call_backs", n_("回访"), "phone-call", ("operator", "shift_leader")),
    ("desk:service", n_("话务服务"), "chart-dots", ("shift_leader", "leader")),
    ("desk:recount", n_("工作日历"), "calendar-cog", ("shift_leader", "system_admin")),
    ("desk:people", n_("人员管理"), "users", ("system_admin",)),
    ("desk:standards", n_("立案标准导入"), "list-check", ("system_admin",)),
    ("desk:channels", n_("渠道状态"), "plug-connected", ("shift_leader", "system_admin")),
    ("desk:orders", n_("12345 工单"), "transfer-in", ("shift_leader",)),
    ("desk:inbox", n_("我的通知"), "bell", (*CENTRE, "unit", "handler")),
)
"""Pages beside the queues; one whose address is not there (yet) is left out."""
CALLS: Final = frozenset({"desk:calls", "desk:service"})
"""Pages that only a centre with a call desk needs."""


def menu(viewer: Viewer, seen: Counts, active: str, waits: dict[str, int] | None = None) -> dict[str, list[Item]]:
    """The menu in three parts: own queues, what all share, other pages; `waits` are the numbers of pages (`desk.waiting`)."""
    parts: dict[str, list[Item]] = {"own": [], "shared": [], "pages": []}
    for tab in tabs_of(viewer.posts):
        item = Item(
            reverse("desk:queue", args=[tab.key]), _(tab.name), tab.icon, tab.count(seen), tab.late(seen) > 0,
            active == tab.key, tab.key,
        )  # fmt: skip
        parts["shared" if tab.key in SHARED else "own"].append(item)
    for name, title, icon, posts in PAGES:
        if name in CALLS and not calls.on():
            continue
        if viewer.has(*posts) and (href := _address(name)):
            parts["pages"].append(Item(href, _(title), icon, (waits or {}).get(name), active=active == name, key=name))
    return parts


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

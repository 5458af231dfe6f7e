"""Words for stored values on the desk's pages (用语): states, kinds, channels, flags, acts, in the reader's language."""

from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as n_

from xiucheng.cases.queries.case import Entry
from xiucheng.city.registers import registers
from xiucheng.desk.queries import Told
from xiucheng.notices.texts import EVENTS
from xiucheng.pages.filters import duration
from xiucheng.pages.filters import gettext as _
from xiucheng.rules.workflow import ACTS, CLOCKS, KINDS, POSTS, STATES, Row
from xiucheng.rules.workflow.words import Word, named

CHANNELS: Final = {
    "web": n_("网页"), "wechat": n_("微信"), "weibo": n_("微博"), "hotline": n_("热线"), "desk": n_("窗口"),
    "email": n_("邮件"), "sms": n_("短信"), "open311": "Open311", "hook": n_("接口"), "order12345": n_("12345 工单"), "import": n_("迁入"),
    "shop": n_("商户"), "chief": n_("五长"), "volunteer": n_("志愿者"), "leader": n_("领导"), "patrol": n_("巡查"),
    "camera": n_("抓拍"), "truck": n_("渣土车"), "analysis": n_("分析"), "inapp": n_("站内"),
}  # fmt: skip
OTHER_POSTS: Final = {
    "assessor": n_("考核员"), "system_admin": n_("系统管理员"), "security_admin": n_("安全管理员"),
    "audit_admin": n_("审计管理员"),
}  # fmt: skip
FLAGS: Final = {
    "danger": n_("人身安全"), "self_harm": n_("轻生风险"), "petition": n_("信访"), "opinion": n_("舆情"),
    "sensitive": n_("敏感"), "minor": n_("涉未成年人"),
}  # fmt: skip
TONES: Final = {
    "to_register": "info", "considering": "info", "to_file": "info", "verifying": "warn", "to_dispatch": "warn",
    "handling": "main", "to_check": "warn", "checking": "warn", "to_close": "good", "suspended": "secondary",
    "disputed": "bad", "closed": "good", "answered": "good",
}  # fmt: skip
_WORKDAY: Final = 8 * 3600
"""A working day of the standards, whatever hours a district works."""
STAGES: Final = {
    "report": n_("上报"), "after": n_("处置后"), "verify": n_("核实"), "check": n_("核查"), "rework": n_("返工"),
    "note": n_("办理中"),
}  # fmt: skip
RATINGS: Final = {5: n_("非常满意"), 4: n_("满意"), 3: n_("一般"), 2: n_("不满意"), 1: n_("非常不满意")}


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def _word(words: dict[str, Word], key: str) -> str:
    found = words.get(key)
    return key if found is None else found.en if english() else found.zh


def state(key: str) -> str:
    """`处置中`."""
    return _word(STATES, key)


def tone(key: str) -> str:
    """The colour of a state's pill."""
    return TONES.get(key, "secondary")


def kind(key: str) -> str:
    """`投诉`."""
    return _word(KINDS, key)


def post(key: str) -> str:
    """`受理员`."""
    return _word(POSTS, key) if key in POSTS else _(OTHER_POSTS.get(key, key))


def clock(key: str) -> str:
    """`处置`."""
    return _word(CLOCKS, key)


def limit(seconds: int, kind: str) -> str:
    """A clock's limit as the standards write it: `3个工作日`, `4小时 工作时`, in natural time `1天`."""
    if kind == "natural":
        return duration(seconds)
    days, rest = divmod(seconds, _WORKDAY)
    if not days:
        return f"{duration(seconds)} {_('工作时')}"
    text = _("%(n)s个工作日") % {"n": days}
    return f"{text}{' ' if english() else ''}{duration(rest)}" if rest else text


def channel(key: str) -> str:
    """`网页`."""
    return _(CHANNELS[key]) if key in CHANNELS else key


def flag(key: str) -> str:
    """`信访`."""
    return _(FLAGS[key]) if key in FLAGS else key


def stage(key: str) -> str:
    """Of which moment a picture tells."""
    return _(STAGES[key]) if key in STAGES else _word(ACTS, key)


def rating(value: int | str | None) -> str:
    """`非常满意`."""
    return _(RATINGS[int(value)]) if value and int(value) in RATINGS else ""


def act(name: str, step: str = "") -> str:
    """`申请延期`, `延期初审同意`, `批准延期`."""
    return named(name, step, english=english())


def button(row: Row) -> str:
    """What a button for this row says."""
    return act(row.act, row.step)


def unit(key: int | str | None) -> str:
    """The short name of a unit."""
    found = registers().units.get(int(key)) if key not in (None, "") else None
    return found.short if found else ""


def category(code: str | None, *, whole: bool = False) -> str:
    """`护栏`, or `部件 / 公用设施 / 护栏`."""
    known = registers().categories
    names = []
    while code and code in known:
        names.append(known[code].name)
        code = known[code].parent
    return " / ".join(reversed(names)) if whole else (names[0] if names else "")


def area(code: str | None) -> str:
    """The name of a street or community."""
    return registers().areas.get(code or "", "")


def who(entry: Entry) -> str:
    """`受理员 王思博`, `反映人`, `平台`."""
    if entry.actor_kind == "account":
        name = entry.name or _("工号 %(key)s") % {"key": entry.actor_key}
        where = unit(entry.unit_id) if entry.post in {"unit", "handler"} else ""
        return " ".join(part for part in (where or post(entry.post), name) if part)
    return post({"resident": "resident", "system": "system", "importer": "importer"}.get(entry.actor_kind, ""))


_TOLD: Final = {
    "queued": n_("待发"), "sending": n_("发送中"), "accepted": n_("已接收"), "delivered": n_("已送达"), "read": n_("已读"),
    "failed": n_("没发出去"), "unknown": n_("结果不明"),
}  # fmt: skip


def told(notice: Told) -> str:
    """Whom a notice was for: `反映人`, `派遣员`, `市政`, a name."""
    if notice.recipient_kind == "unit" and notice.recipient_key.isdigit():
        return unit(notice.recipient_key)
    if notice.recipient_kind == "post":
        return post(notice.recipient_key)
    return notice.name or post("resident" if notice.recipient_kind == "reporter" else notice.recipient_kind)


def told_state(key: str) -> str:
    """`已送达`."""
    return _(_TOLD[key]) if key in _TOLD else key


def told_what(template: str) -> str:
    """Which act or event a notice tells of: `派遣`, `快到时限`."""
    if template in EVENTS:
        return EVENTS[template][english()]
    name, _dot, step = template.partition(".")
    return act(name, step)

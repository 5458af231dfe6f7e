"""How times, lengths and names are written on pages (显示格式)."""

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as looked_up
from markupsafe import Markup, escape

from xiucheng.city import clock
from xiucheng.city.clock import ZONE
from xiucheng.rules.refusals import Refused

now = clock.now

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SOON: Final = 0.25
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


_texts: dict[tuple[str | None, str], str] = {}
_TEXTS_MOST: Final = 20_000


def gettext(message: str) -> str:
    """A text in the reader's language, looked up once per process: a page asks for hundreds."""
    key = (get_language(), message)
    found = _texts.get(key)
    if found is None:
        found = looked_up(message)
        if len(_texts) < _TEXTS_MOST:
            _texts[key] = found
    return found


def _english() -> bool:
    return (get_language() or "").startswith("en")


def day(value: dt.datetime | dt.date | None, *, short: bool = False) -> str:
    """`11月24日`, with the year when it is not this one."""
    if value is None:
        return ""
    date = value.astimezone(ZONE).date() if isinstance(value, dt.datetime) else value
    this_year = short or date.year == clock.today().year
    if _english():
        return f"{date.day} {_MONTHS[date.month - 1]}" + ("" if this_year else f" {date.year}")
    return ("" if this_year else f"{date.year}年") + f"{date.month}月{date.day}日"


def time(value: dt.datetime | None) -> str:
    """`14:05`."""
    return value.astimezone(ZONE).strftime("%H:%M") if value else ""


def when(value: dt.datetime | None) -> str:
    """`今天 14:05`, `昨天 14:05`, `明天 14:05`, `11月24日 14:05`, or `2025年11月24日` for another year."""
    if value is None:
        return ""
    local = value.astimezone(ZONE)
    today = clock.today()
    near = {0: gettext("今天"), -1: gettext("昨天"), 1: gettext("明天")}.get((local.date() - today).days)
    if near:
        return f"{near} {local:%H:%M}"
    if local.year == today.year:
        return f"{day(local)} {local:%H:%M}"
    return day(local)


def full(value: dt.datetime | None) -> str:
    """`2026-11-24 14:05`, for tables and print."""
    return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


def moment(value: dt.datetime | None) -> Markup:
    """A time as an element that machines read too; the exact time stands in its title."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), full(value), when(value))


def duration(seconds: float | dt.timedelta | None) -> str:
    """`1小时20分`, `3天4小时`, `不到1分钟`."""
    if seconds is None:
        return ""
    total = int(seconds.total_seconds() if isinstance(seconds, dt.timedelta) else seconds)
    days, rest = divmod(abs(total), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    units = (("d", "h", "min"), ("天", "小时", "分"))[not _english()]
    parts = [(days, units[0]), (hours, units[1]), (0 if days else minutes, units[2])]
    text = [f"{number}{unit}" for number, unit in parts if number]
    if len(text) == 1 and text[0].endswith("分"):
        text[0] += "钟"
    return (" " if _english() else "").join(text) or gettext("不到1分钟")


def left(due: dt.datetime | None, at: dt.datetime | None = None) -> str:
    """`剩 1小时20分` before the deadline, `超 2小时` after it."""
    if due is None:
        return ""
    seconds = (due - (at or clock.now())).total_seconds()
    text = duration(seconds)
    return gettext("剩 %(time)s") % {"time": text} if seconds >= 0 else gettext("超 %(time)s") % {"time": text}


def clock_colour(due: dt.datetime | None, started: dt.datetime | None = None, at: dt.datetime | None = None) -> str:
    """`ok`, `soon` (less than a quarter left, or less than an hour when the start is unknown), `late`, or `none`."""
    if due is None:
        return "none"
    remains = (due - (at or clock.now())).total_seconds()
    if remains < 0:
        return "late"
    whole = (due - started).total_seconds() if started else _HOUR / _SOON
    return "soon" if remains < whole * _SOON else "ok"


def _second(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def countdown(due: dt.datetime | None, started: dt.datetime | None = None, at: dt.datetime | None = None) -> Markup:
    """A clock that ticks on the page (计时): colour and text follow the deadline; `pages/shell.js` keeps it going."""
    if due is None:
        return Markup('<span class="clock clock-none">—</span>')
    at = at or clock.now()
    since = f' data-start="{_second(started)}"' if started else ""
    return Markup(  # noqa: S704 - moments are ours, the text is escaped
        f'<span class="clock clock-{clock_colour(due, started, at)}" data-due="{_second(due)}"{since}'
        f' title="{full(due)}">{escape(left(due, at))}</span>'
    )


def metres(value: float | None) -> str:
    """`35 米`, `1.2 公里`."""
    if value is None:
        return ""
    return (
        gettext("%(n)s 公里") % {"n": f"{value / 1000:.1f}"}
        if value >= 1000
        else gettext("%(n)s 米") % {"n": round(value)}
    )


@functools.lru_cache(maxsize=128)
def _options(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(key)}">{escape(text)}</option>' for key, text in pairs)


def options(pairs: Iterable[tuple[Any, str]], chosen: Any = "") -> Markup:
    """The choices of a list box with one chosen; long lists are written once, not at every page."""
    made = _options(tuple((str(key), text) for key, text in pairs))
    if chosen not in (None, ""):
        mark = f'<option value="{escape(str(chosen))}"'
        made = made.replace(f"{mark}>", f"{mark} selected>", 1)
    return Markup(made)  # noqa: S704 - keys and texts are escaped


def json_attribute(value: Any) -> Markup:
    """JSON for a single-quoted attribute: compact, Chinese as it is; quotes stay quotes."""
    text = orjson.dumps(value).decode().replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return Markup(text)  # noqa: S704 - what could end the attribute is escaped


def number(value: float | None) -> str:
    """`34,562`."""
    return "" if value is None else f"{value:,.0f}"


def percent(value: float | None, digits: int = 1) -> str:
    """`94.5%` from 0.945."""
    return "—" if value is None else f"{value * 100:.{digits}f}%"


def masked_phone(value: str | None) -> str:
    """`138****5678`."""
    text = (value or "").strip()
    if len(text) >= 10:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return "*" * max(len(text) - 2, 0) + text[-2:]


def masked_name(value: str | None) -> str:
    """`王**`."""
    return value[:1] + "*" * (len(value) - 1) if value else ""


def masked_mail(value: str | None) -> str:
    """`w***@example.com`."""
    name, at, host = (value or "").partition("@")
    return f"{name[:1]}***{at}{host}" if at else masked_phone(value)


def said(refusal: Refused) -> str:
    """The refusal's sentence in the reader's language."""
    return refusal.en if _english() else refusal.zh


def paragraphs(value: str | None) -> Markup:
    """Text as it was typed, each line a line of the page, nothing in it active but addresses of our own hooks (a voice to listen to)."""
    lines = [_with_own_links(line) for line in (value or "").replace("\r\n", "\n").split("\n")]
    return Markup("<br>").join(lines)


def _with_own_links(line: str) -> Markup:
    ours = re.compile(re.escape(settings.PUBLIC_ADDRESS.rstrip("/")) + r"(/hook/[a-z0-9/]+/)")
    pieces = ours.split(line)  # words, path, words, path, … words
    made = [
        Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(piece, gettext("打开附件"))
        if place % 2
        else escape(piece)
        for place, piece in enumerate(pieces)
    ]
    return Markup("").join(made)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "day": day,
    "time": time,
    "when": when,
    "full": full,
    "moment": moment,
    "duration": duration,
    "left": left,
    "clock_colour": clock_colour,
    "countdown": countdown,
    "metres": metres,
    "number": number,
    "json_attribute": json_attribute,
    "options": options,
    "percent": percent,
    "masked_phone": masked_phone,
    "masked_name": masked_name,
    "masked_mail": masked_mail,
    "said": said,
    "paragraphs": paragraphs,
}

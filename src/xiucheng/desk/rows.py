"""The rows of a list as HTML (列表的行), written without a template: fifty rows with their words are most of a list page's work.

What is said of a state, a category, a unit is looked up once for each language and each reading of the registers.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language
from markupsafe import Markup

from xiucheng.cases.queries.lists import Line
from xiucheng.city.registers import registers
from xiucheng.desk import words
from xiucheng.pages import filters
from xiucheng.pages.filters import gettext as _
from xiucheng.pages.signed import thumb_url

NO_PICTURE: Final = '<span class="dk-thumb dk-noimg" aria-hidden="true"><svg class="icon" width="24" height="24"><use href="#no-photo"/></svg></span>'
_LABELS_MOST: Final = 20_000


class _Labels:
    """Escaped words by kind and key, for one language and one reading of the registers."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Any], str] = {}

    def get(self, kind: str, key: Any, make: Callable[[Any], str]) -> str:
        found = self.known.get((kind, key))
        if found is None:
            found = escape(make(key))
            if len(self.known) < _LABELS_MOST:
                self.known[kind, key] = found
        return found


def _labels_now() -> _Labels:
    return registers().derived(f"labels:{get_language() or ''}", _Labels)


@dataclass(frozen=True, slots=True)
class Look:
    """How a list wants its rows: boxes to pick them, the state on each, cards or one line each."""

    pick: bool
    states: bool
    dense: bool


@dataclass(frozen=True, slots=True)
class _Pen:
    """What one writing of rows needs."""

    look: Look
    people: Mapping[int, str]
    now: dt.datetime
    labels: _Labels
    address: str

    def say(self, text: str) -> str:
        return self.labels.get("text", text, _)

    def badge(self, tone: str, text: str) -> str:
        return f'<span class="badge xc-pill xc-{tone}">{text}</span>'

    def pill(self, line: Line) -> str:
        return self.badge(words.tone(line.state), self.labels.get("state", line.state, words.state))

    def title(self, line: Line) -> str:
        if line.category_id:
            return self.labels.get("category", line.category_id, words.category) or self.labels.get(
                "kind", line.kind, words.kind
            )
        return self.labels.get("kind", line.kind, words.kind)

    def area(self, line: Line) -> str:
        return self.labels.get("area", line.street, words.area) if line.street else ""

    def unit(self, line: Line) -> str:
        return self.labels.get("unit", line.unit_id, words.unit) if line.unit_id else ""

    def words(self, line: Line) -> str:
        return escape(line.summary) if line.summary else self.say("（只有照片）")

    def clock(self, line: Line) -> str:
        if line.ended_at is not None:
            if line.overdue:
                text = self.say("超时（已申诉）") if line.excused else self.say("超时")
                return f'<span class="clock clock-late">{text}</span>'
            return f'<span class="clock clock-ok">{self.say("按时")}</span>' if line.fed_back_at else ""
        if line.state == "suspended" and line.suspended_until:
            text = _("挂账至 %(day)s") % {"day": filters.day(line.suspended_until)}
            return f'<span class="clock clock-none">{escape(text)}</span>'
        running = str(filters.countdown(line.due_at, line.began_at, self.now))
        return f"{running} {self.badge('bad', self.say('处置超时'))}" if line.overdue else running

    def badges(self, line: Line) -> Iterable[str]:
        if self.look.states:
            yield self.pill(line)
        if line.urgency > 1:
            yield self.badge("bad", self.say("紧急"))
        for flag in line.flags:
            yield self.badge("bad", self.labels.get("flag", flag, words.flag))
        if line.level:
            yield self.badge("bad", escape(_("%(n)s级督办") % {"n": line.level}))
        if line.returned:
            yield self.badge("warn", self.say("退单"))
        if line.reworks:
            yield self.badge("warn", self.say("返工"))
        if line.ask:
            yield self.badge("warn", self.labels.get("ask", line.ask["kind"], lambda kind: words.act(kind, "ask")))
        if line.state == "handling" and line.signed_at is None:
            yield self.badge("secondary", self.say("未签收"))
        if line.training:
            yield self.badge("secondary", self.say("培训"))

    def facts(self, line: Line) -> Iterable[str]:
        yield self.area(line)
        yield escape(line.place)
        yield self.unit(line)
        yield escape(self.people.get(line.handler_id or 0, ""))
        if line.followers:
            yield escape(_("%(n)s人反映") % {"n": line.followers + 1})
        yield self.labels.get("channel", line.channel, words.channel)
        yield escape(filters.when(line.opened_at))
        yield f'<span class="dk-num">{line.number[-9:]}</span>'

    def card(self, line: Line) -> str:
        picture = (
            f'<img class="dk-thumb" src="{thumb_url(line.picture)}" alt="" loading="lazy" decoding="async" width="56" height="56">'
            if line.picture
            else NO_PICTURE
        )
        return (
            f'{picture}<span class="dk-body"><span class="dk-line1"><b>{self.title(line)}</b> {" ".join(self.badges(line))}'
            f'<span class="dk-clock">{self.clock(line)}</span></span><span class="dk-text">{self.words(line)}</span>'
            f'<span class="dk-meta">{" · ".join(filter(None, self.facts(line)))}</span></span>'
        )

    def cells(self, line: Line) -> str:
        return (
            f'<span class="dk-num">{line.number[-9:]}</span><span>{self.title(line)}</span>'
            f'<span class="dk-cut">{self.words(line)}</span><span>{self.area(line)}</span>'
            f"<span>{self.unit(line)}</span><span>{self.pill(line)}</span><span>{self.clock(line)}</span>"
        )

    def row(self, line: Line) -> str:
        number = line.number
        place = f' data-lng="{line.lng}" data-lat="{line.lat}"' if line.lng is not None else ""
        late = " late" if line.late(self.now) else ""
        address = self.address.replace("/0/", f"/{number}/")
        box = (
            f'<input type="checkbox" class="form-check-input dk-check" name="case" value="{number}" form="batch"'
            f' aria-label="{escape(_("选中 %(n)s") % {"n": number})}">'
            if self.look.pick
            else ""
        )
        css, inner = ("dk-cells", self.cells(line)) if self.look.dense else ("dk-card", self.card(line))
        return (
            f'<article class="dk-row{late}" id="row-{line.id}" data-row data-id="{line.id}" data-number="{number}"'
            f' data-version="{line.version}"{place}>{box}<a class="{css}" href="{address}" hx-get="{address}">{inner}</a></article>\n'
        )


def rows(lines: Iterable[Line], look: Look, people: Mapping[int, str], now: dt.datetime) -> Markup:
    """All rows in one piece; a row's target is inherited from the list around it."""
    pen = _Pen(look, people, now, _labels_now(), reverse("desk:case", args=["0"]))
    return Markup("".join(pen.row(line) for line in lines))  # noqa: S704 - every word from outside is escaped above

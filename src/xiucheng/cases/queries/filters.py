"""What a list is narrowed to (筛选): one value object, turned into one SQL condition."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from xiucheng.cases.queries import search
from xiucheng.city.registers import registers
from xiucheng.rules.workflow import ENDED, OPEN, STATES

MINOR: Final = 2
"""The level of a minor category (小类)."""


def _one_of(states: list[str]) -> str:
    """A condition on the state; none when every open state is meant."""
    if len(states) == len(OPEN):
        return "true"
    return "c.state = ANY('{" + ",".join(states) + "}')"


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list. Empty means: not narrowed. `category` is a prefix of a code (`C`, `C01`, `C0101`)."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    category: str = ""
    street: str = ""
    unit: int | None = None
    channel: str = ""
    source: str = ""
    late: bool = False
    overdue: bool = False
    level: int | None = None
    flagged: bool = False
    flag: str = ""
    returned: bool = False
    unsigned: bool = False
    helping: int | None = None
    handler: int | None = None
    ask_stage: int | None = None
    urgent: bool = False
    unplaced: bool = False
    since: dt.date | None = None
    until: dt.date | None = None
    words: str = ""

    def chosen(self) -> tuple[str, ...]:
        """The states asked for, in the table's order; unknown ones are dropped."""
        return tuple(state for state in STATES if state in self.states)

    def only_open(self) -> bool:
        """Whether only open cases can be in the list, so that the indexes of open cases serve."""
        return self.late or (bool(self.states) and set(self.states) <= OPEN)

    def parts(self) -> list[str]:
        """Conditions on `c` that together hold the states asked for, each with an index to read it by.

        Without further filters each open state is read in its own order; with them an index of the filter serves better.
        """
        chosen = self.chosen()
        if not chosen:
            whole = ["c.ended_at IS NULL"] if self.late else ["c.ended_at IS NULL", "c.ended_at IS NOT NULL"]
            return whole if self.late or self._narrow() else ["true"]
        opened, ended = [s for s in chosen if s in OPEN], [s for s in chosen if s not in OPEN]
        found = [f"c.ended_at IS NULL AND c.state = '{state}'" for state in opened]
        if opened and self._narrow():
            found = [f"c.ended_at IS NULL AND {_one_of(opened)}"]
        if len(ended) == len(ENDED):
            return [*found, "c.ended_at IS NOT NULL"]
        return found + [f"c.ended_at IS NOT NULL AND c.state = '{state}'" for state in ended]

    def _narrow(self) -> bool:
        """Whether anything but states narrows the list."""
        return replace(self, states=()) != Filters()

    def where(self, now: dt.datetime) -> tuple[str, dict[str, Any]]:
        """An SQL condition on `c` and its parameters, without states and scope."""
        parts: list[str] = []
        params: dict[str, Any] = {}
        for name, (value, condition) in self._plain().items():
            if value not in (None, "", ()):
                parts.append(condition)
                params[name] = value
        parts += [condition for chosen, condition in self._switches() if chosen]
        if self.late:
            parts.append("c.due_at < %(now)s AND c.ended_at IS NULL")
            params["now"] = now
        if self.words.strip():
            found, more = search.wanted(self.words).where()
            parts.append(found)
            params |= more
        return " AND ".join(parts) or "true", params

    def _plain(self) -> dict[str, tuple[Any, str]]:
        helping = f"[{self.helping}]" if self.helping is not None else None
        return {
            "kinds": (list(self.kinds) or None, "c.kind = ANY(%(kinds)s)"),
            "category": self._category(),
            "street": (self.street, "c.street = %(street)s"),
            "unit": (self.unit, "c.unit_id = %(unit)s"),
            "channel": (self.channel, "c.channel = %(channel)s"),
            "source": (self.source, "c.source = %(source)s"),
            "level": (self.level, "c.level >= %(level)s"),
            "flag": (f'["{self.flag}"]' if self.flag else "", "c.flags @> %(flag)s::jsonb"),
            "helping": (helping, "c.helpers <> '[]' AND c.helpers @> %(helping)s::jsonb"),
            "handler": (self.handler, "c.handler_id = %(handler)s"),
            "ask_stage": (
                None if self.ask_stage is None else str(self.ask_stage),
                "c.ask IS NOT NULL AND c.ask->>'stage' = %(ask_stage)s",
            ),
            "since": (self.since, "c.opened_at >= %(since)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'"),
            "until": (self.until, "c.opened_at < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'"),
        }

    def _category(self) -> tuple[str, str]:
        known = registers().categories.get(self.category)
        if known is not None and known.level == MINOR:
            return self.category, "c.category_id = %(category)s"
        return (self.category + "%" if self.category else ""), "c.category_id LIKE %(category)s"

    def _switches(self) -> list[tuple[bool, str]]:
        return [
            (self.overdue, "c.overdue AND NOT c.excused"),
            (self.flagged, "c.flags <> '[]'"),
            (self.returned, "c.returned"),
            (self.unsigned, "c.signed_at IS NULL AND c.state = 'handling'"),
            (self.urgent, "c.urgency > 0"),
            (self.unplaced, "c.lng IS NULL"),
        ]

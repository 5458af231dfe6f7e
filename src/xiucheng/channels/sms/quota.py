"""How many messages the district pays for (短信额度), by the hour and by the day: counted in parts, as operators bill them.

Taken before a message is handed over and given back when it surely was not. The last tenth is kept for what is urgent.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Allowance
from xiucheng.rules.refusals import Pair

NAME: Final = "sms"
SPANS: Final = (
    ("hour", "per_hour", Pair("本小时（条）", "this hour (parts)")),
    ("day", "per_day", Pair("今天（条）", "today (parts)")),
)


def take(parts: int, *, urgent: bool = False) -> float:
    """Take so many parts; gives 0, or the seconds until there is room again, and then nothing is taken."""
    now, wait = clock.now(), 0.0
    with states.held(NAME) as memory:
        for span, name, _ in SPANS:
            if _used(memory.cursor, span, now) + parts > _open(most(name), urgent):
                wait = (_end(span, now) - now).total_seconds()
        if not wait:
            _add(memory.cursor, parts, now)
    return wait


def give_back(parts: int) -> None:
    """They were not handed over."""
    with states.held(NAME) as memory:
        _add(memory.cursor, -parts, clock.now())


def spent() -> Iterator[Allowance]:
    """For the page of channels: what went out of what is paid for."""
    cursor, now = states.peek(NAME).cursor, clock.now()
    for span, name, title in SPANS:
        yield Allowance(title, _used(cursor, span, now), most(name))


def most(name: str) -> int:
    """The district's number, else ours."""
    return int((accounts.account(NAME) or {}).get(name, limits(NAME)[name]))


def _open(whole: int, urgent: bool) -> int:
    return whole if urgent else whole - whole * int(limits(NAME)["kept_back_percent"]) // 100


def _begin(span: str, now: dt.datetime) -> dt.datetime:
    local = now.astimezone(clock.ZONE).replace(minute=0, second=0, microsecond=0)
    return local.replace(hour=0) if span == "day" else local


def _end(span: str, now: dt.datetime) -> dt.datetime:
    return _begin(span, now) + dt.timedelta(days=1 if span == "day" else 0, hours=0 if span == "day" else 1)


def _used(cursor: dict[str, Any], span: str, now: dt.datetime) -> int:
    kept = cursor.get(span) or {}
    return int(kept.get("used", 0)) if kept.get("since") == _begin(span, now).isoformat() else 0


def _add(cursor: dict[str, Any], parts: int, now: dt.datetime) -> None:
    for span, _, _ in SPANS:
        used = max(0, _used(cursor, span, now) + parts)
        cursor[span] = {"since": _begin(span, now).isoformat(), "used": used}

"""Working hours and planting season of this district (工作时间), from its settings; without them the standard's own."""

from typing import Any, Final

from xiucheng.rules.calendar import PLANTING, SPANS, Calendar
from xiucheng.rules.refusals import Refused

HOURS: Final = "working_hours"
SEASON: Final = "planting_months"


def spans(value: Any) -> tuple[tuple[int, int], ...]:
    """`[["08:00", "12:00"], ["14:00", "18:00"]]` as seconds after midnight. Raises `Refused("hours_unusable")`."""
    if value is None:
        return SPANS
    try:
        found = tuple((_seconds(begin), _seconds(end)) for begin, end in value)
    except (TypeError, ValueError):
        raise Refused("hours_unusable") from None
    Calendar(spans=found)
    return found


def _seconds(text: Any) -> int:
    hour, _, minute = str(text).partition(":")
    return int(hour) * 3600 + int(minute or 0) * 60


def months(value: Any) -> frozenset[int]:
    """`[2, 3, 4, 10, 11, 12]` as months. Raises `Refused("hours_unusable")`."""
    if value is None:
        return PLANTING
    if not isinstance(value, list) or not value or not all(isinstance(m, int) and 1 <= m <= 12 for m in value):
        raise Refused("hours_unusable")
    return frozenset(value)


def check(key: str, value: Any) -> None:
    """Refuse a setting that would bring the law to a stand. Raises `Refused`."""
    from xiucheng.rules.workflow import SETTINGS

    if key == HOURS:
        spans(value)
    elif key == SEASON:
        months(value)
    elif key in SETTINGS and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10**8):
        raise Refused("bad_setting", key=key, why="要填正整数")
    elif key in {"straight_through", "merge_above"}:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1.01:
            raise Refused("bad_setting", key=key, why="要填 0 到 1 之间的数")
    elif key == "district_code" and not (isinstance(value, str) and len(value) == 6 and value.isdigit()):
        raise Refused("bad_setting", key=key, why="要填 6 位区划代码（加引号）")

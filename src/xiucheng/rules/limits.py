"""Limits as the standards write them (处置时限): `2紧急工作时`, `5工作日`, `种植季节15工作日`, `1紧急工作时制止`.

紧急 counts natural time, everything else working time; 天 is 工作日 and 小时 is 工作时; one working day is eight hours.
Source: the clock rule beside the default taxonomy.
"""

import re
from dataclasses import dataclass
from typing import Final

from xiucheng.rules.refusals import Refused

HOUR: Final = 3600
WORKDAY: Final = 8 * HOUR
NATURAL_DAY: Final = 24 * HOUR

_NOTATION: Final = re.compile(
    r"(?P<season>种植季节)?(?P<number>\d{1,4}(?:\.\d{1,2})?)(?:个)?(?P<urgent>紧急)?(?P<unit>工作时|小时|工作日|天)(?P<step>(?:内)?制止)?"
)
_DAYS: Final = frozenset({"工作日", "天"})


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: `seconds` on its `clock` (`natural` or `working`); `season` counts in the planting season only."""

    text: str
    clock: str
    seconds: int
    season: bool = False
    first_step: bool = False


def parse_limit(text: str) -> Limit:
    """Read a limit as a standard writes it. Raises `Refused("limit_unreadable")`."""
    found = _NOTATION.fullmatch("".join(text.split()))
    if found is None or float(found["number"]) <= 0:
        raise Refused("limit_unreadable", text=text)
    urgent = bool(found["urgent"])
    day = NATURAL_DAY if urgent else WORKDAY
    seconds = round(float(found["number"]) * (day if found["unit"] in _DAYS else HOUR))
    return Limit(text, "natural" if urgent else "working", seconds, bool(found["season"]), bool(found["step"]))

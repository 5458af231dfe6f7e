"""What has been done (办好的事), the newest first, page by page: the next page begins behind the last case of this one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.portal.keys import case_of, key_of
from xiucheng.portal.queries import public, rows
from xiucheng.rules.refusals import Refused

PAGE: Final = 12
_ZERO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK: Final = dt.timedelta(microseconds=1)
_SOLVED: Final = """
SELECT c.id, c.state, c.category_id, c.street, c.community, c.opened_at, c.closed_at, c.ended_at, c.unit_id, c.public,
  {summary}, c.satisfaction, c.overdue,
  (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id AND p.public = 'public'
     AND p.stage NOT IN ('after', 'feed_back', 'check') ORDER BY p.id LIMIT 1) AS before_picture,
  (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id AND p.public = 'public'
     AND p.stage IN ('after', 'feed_back', 'check') ORDER BY p.id LIMIT 1) AS after_picture
FROM cases_case c
WHERE c.state = 'closed' AND c.ended_at IS NOT NULL AND c.training = false AND c.imported = false
  AND c.kind IN ('complaint', 'help') {behind} AND (%(street)s = '' OR c.street = %(street)s)
ORDER BY c.ended_at DESC, c.id DESC LIMIT %(most)s
"""
_BEHIND: Final = "AND (c.ended_at, c.id) < (%(ended_at)s, %(id)s)"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ends: many cases may end in the same moment, so the case itself is part of it."""

    ended_at: dt.datetime
    case_id: int

    @classmethod
    def parse(cls, text: str) -> "Mark | None":
        """A mark that we wrote; anything else is none."""
        time, _, key = text.partition(".")
        if not (time.isascii() and time.isdigit() and len(time) < 18):
            return None
        try:
            return cls(_ZERO + int(time) * _TICK, case_of(key))
        except (Refused, OverflowError):
            return None

    @classmethod
    def of(cls, case: dict[str, Any]) -> "Mark":
        """The mark of a listed case."""
        return cls(case["ended_at"], case_of(case["key"]))

    def __str__(self) -> str:
        return f"{(self.ended_at - _ZERO) // _TICK}.{key_of(self.case_id)}"


def solved(behind: Mark | None = None, street: str = "", most: int = PAGE) -> list[dict[str, Any]]:
    """Problems that are done, behind a mark; one statement."""
    params: dict[str, Any] = {"street": street, "most": most}
    if behind is not None:
        params |= {"ended_at": behind.ended_at, "id": behind.case_id}
    return [public(row) for row in rows(_SOLVED.replace("{behind}", _BEHIND if behind else ""), params)]

"""Who has given his verdict (各人的评价): each reporter of a case gives his own, the history keeps it with his name for it."""

from typing import Final

from xiucheng.cases.actions import raw
from xiucheng.rules.workflow import Actor

RATES: Final = frozenset({"verdict", "call_back"})
"""Acts that bring a rating: typed by a reporter, or said in the call to those who reported by telephone."""
_OTHERS: Final = """
SELECT DISTINCT ON (h.act, CASE h.act WHEN 'verdict' THEN h.actor_key END) (h.facts->>'rating')::int
FROM case_history h
WHERE h.case_id = %(id)s AND h.act IN ('verdict', 'call_back') AND h.facts->>'rating' IS NOT NULL
  AND NOT (h.act = %(act)s AND (h.act = 'call_back' OR h.actor_key = %(key)s))
  AND h.seq > coalesce((SELECT max(d.seq) FROM case_history d WHERE d.case_id = %(id)s AND d.act = 'close'), 0)
ORDER BY h.act, CASE h.act WHEN 'verdict' THEN h.actor_key END, h.seq DESC
"""


def of_others(case_id: int, act: str, actor: Actor) -> list[int]:
    """The last rating of everybody else since the case was closed."""
    return [int(row[0]) for row in raw.rows(_OTHERS, {"id": case_id, "act": act, "key": actor.key})]

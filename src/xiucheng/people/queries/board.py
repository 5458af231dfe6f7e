"""The notice board (公告板): what hangs there for me, and who has read it."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Final

from django.db import connection

_POSTS: Final = 7


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as its reader sees it; `read_at` is empty while he has not confirmed it."""

    id: int
    title: str
    body: str
    author: str
    author_id: int
    at: dt.datetime
    until: dt.datetime | None
    posts: list[str]
    must_read: bool
    read_at: dt.datetime | None
    reads: int


_SHEETS = """
SELECT b.id, b.title, b.body, a.name, b.author_id, b.at, b.until, b.posts, b.must_read, r.at,
  (SELECT count(*) FROM people_bulletinread x WHERE x.bulletin_id = b.id)
FROM people_bulletin b JOIN people_account a ON a.id = b.author_id
LEFT JOIN people_bulletinread r ON r.bulletin_id = b.id AND r.account_id = %(me)s
WHERE (b.until IS NULL OR b.until > %(now)s OR %(old)s)
  AND (b.posts = '[]'::jsonb OR b.author_id = %(me)s OR b.posts ?| %(posts)s)
ORDER BY (r.at IS NULL AND b.must_read) DESC, b.at DESC, b.id DESC LIMIT 200
"""


def sheets(*, account_id: int, posts: frozenset[str], now: dt.datetime, old: bool = False) -> list[Sheet]:
    """The board of one person, what he must still read first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SHEETS, {"me": account_id, "posts": sorted(posts), "now": now, "old": old})
        rows = cursor.fetchall()
    return [Sheet(*(json.loads(v) if n == _POSTS and isinstance(v, str) else v for n, v in enumerate(r))) for r in rows]


_TO_SIGN = """
SELECT (SELECT count(*) FROM people_bulletin b WHERE (b.until IS NULL OR b.until > %(now)s)
    AND (b.posts = '[]'::jsonb OR b.author_id = %(me)s OR b.posts ?| %(posts)s)
    AND NOT EXISTS (SELECT 1 FROM people_bulletinread r WHERE r.bulletin_id = b.id AND r.account_id = %(me)s)),
  (SELECT count(*) FROM people_handover h WHERE h.taker_id = %(me)s AND h.taker_signed_at IS NULL)
"""


def to_sign(*, account_id: int, posts: frozenset[str], now: dt.datetime) -> tuple[int, int]:
    """How many sheets one person must still confirm, how many handovers he must sign as the one who comes; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_SIGN, {"me": account_id, "posts": sorted(posts), "now": now})
        unread, handovers = cursor.fetchone()
    return int(unread), int(handovers)


_MISSING = """
SELECT DISTINCT a.name, a.pinyin, r.at FROM people_account a JOIN people_posting p ON p.account_id = a.id
LEFT JOIN people_bulletinread r ON r.account_id = a.id AND r.bulletin_id = %(id)s
WHERE a.left_at IS NULL AND a.is_active AND (%(all)s OR p.post = ANY(%(posts)s))
ORDER BY a.pinyin LIMIT 2000
"""


def receipts(*, bulletin_id: int, posts: list[str]) -> tuple[list[tuple[str, dt.datetime]], list[str]]:
    """Who has read a sheet and when, and who has not (阅读回执)."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"id": bulletin_id, "all": not posts, "posts": posts})
        rows = cursor.fetchall()
    return [(name, at) for name, _, at in rows if at], [name for name, _, at in rows if not at]

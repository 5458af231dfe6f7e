"""What waits for a look before the public sees it (待审公开): words and pictures that nobody has decided about yet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words (`picture` empty) or a picture of a case."""

    id: int
    case_id: int
    number: str
    category_id: str | None
    stage: str
    sha256: str
    summary: str
    words_sealed: bytes
    at: dt.datetime


_WORDS = """
SELECT r.id, c.id, c.number, c.category_id, 'report', '', c.summary, r.words_sealed, r.received_at
FROM cases_report r JOIN cases_case c ON c.id = r.case_id
WHERE r.public = 'hidden' AND r.id > %s AND NOT c.training AND NOT c.imported AND c.state <> 'to_register'
ORDER BY r.id LIMIT %s
"""
_PICTURES = """
SELECT p.id, c.id, c.number, c.category_id, p.stage, p.sha256, c.summary, ''::bytea, p.at
FROM cases_picture p JOIN cases_case c ON c.id = p.case_id
WHERE p.public = 'hidden' AND p.id > %s AND NOT c.training AND NOT c.imported AND c.state <> 'to_register'
ORDER BY p.id LIMIT %s
"""


def _read(sql: str, after: int, most: int) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, most])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Waiting(*row) for row in rows]


def words(after: int = 0, most: int = 30) -> list[Waiting]:
    """Reports whose words wait, the oldest first; those not registered yet come later."""
    return _read(_WORDS, after, most)


def pictures(after: int = 0, most: int = 30) -> list[Waiting]:
    """Pictures that wait, the oldest first."""
    return _read(_PICTURES, after, most)


_COUNT = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM cases_report r JOIN cases_case c ON c.id = r.case_id
    WHERE r.public = 'hidden' AND NOT c.training AND NOT c.imported AND c.state <> 'to_register' LIMIT %(most)s) w)
  + (SELECT count(*) FROM (SELECT 1 FROM cases_picture p JOIN cases_case c ON c.id = p.case_id
    WHERE p.public = 'hidden' AND NOT c.training AND NOT c.imported AND c.state <> 'to_register' LIMIT %(most)s) p)
"""


def waiting(most: int = 1000) -> int:
    """How many of these lists wait, counted up to `most` of each kind."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"most": most})
        return int(cursor.fetchone()[0])

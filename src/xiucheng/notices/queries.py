"""Questions about notices (通知查询): somebody's inbox, how many are unread, what went out for a case, how healthy the pump is."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.notices import texts

Recipient = tuple[str, str]
MANY: Final = 100

_COLUMNS: Final = "key, subject_kind, subject_key, recipient_kind, recipient_key, template, facts, state, created_at, sent_at, read_at"
_INBOX: Final = f"""
SELECT * FROM (
  (SELECT {_COLUMNS} FROM notices_notice n JOIN unnest(%(kinds)s::text[], %(keys)s::text[]) AS me (kind, id)
     ON n.recipient_kind = me.kind AND n.recipient_key = me.id
   WHERE created_at < %(before)s ORDER BY created_at DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT {_COLUMNS} FROM notice_done d JOIN unnest(%(kinds)s::text[], %(keys)s::text[]) AS me (kind, id)
     ON d.recipient_kind = me.kind AND d.recipient_key = me.id
   WHERE created_at < %(before)s ORDER BY created_at DESC LIMIT %(limit)s)
) found ORDER BY created_at DESC LIMIT %(limit)s
"""
_UNREAD: Final = """
SELECT count(*) FROM (
  SELECT 1 FROM notices_notice n JOIN unnest(%(kinds)s::text[], %(keys)s::text[]) AS me (kind, id)
    ON n.recipient_kind = me.kind AND n.recipient_key = me.id
  WHERE n.read_at IS NULL LIMIT %(limit)s) unread
"""
_HEALTH: Final = """
SELECT count(*) FILTER (WHERE state IN ('queued', 'sending', 'unknown')) AS waiting,
  min(due_at) FILTER (WHERE state IN ('queued', 'sending', 'unknown')) AS oldest_due,
  count(*) FILTER (WHERE state = 'failed') AS failed,
  count(*) FILTER (WHERE state = 'unknown') AS unknown
FROM notices_notice WHERE state IN ('queued', 'sending', 'unknown', 'failed')
"""
_TRIES: Final = """
SELECT channel, result, count(*), max(at) FROM notices_attempt WHERE at >= %(since)s GROUP BY 1, 2 ORDER BY 1, 2
"""
_FAULTS: Final = """
SELECT at, channel, result, detail FROM notices_attempt
WHERE at >= %(since)s AND result IN ('failed', 'unknown') ORDER BY at DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as a list shows it; `subject_key` of a case is its id. `unread` counts for in-app readers."""

    key: str
    subject_kind: str
    subject_key: str
    recipient_kind: str
    recipient_key: str
    template: str
    facts: dict[str, Any]
    state: str
    created_at: dt.datetime
    sent_at: dt.datetime | None
    read_at: dt.datetime | None

    @property
    def unread(self) -> bool:
        return self.read_at is None

    def written(self, language: str = "zh-hans") -> texts.Written:
        """The notice in words."""
        return texts.render(self.template, {**self.facts, "language": language}, self.recipient_kind)


def recipients(account_id: int, unit_id: int | None = None, posts: Iterable[str] = ()) -> list[Recipient]:
    """Under which names a person receives notices: himself, his unit, his posts."""
    own = [("account", str(account_id))]
    if unit_id is not None:
        own.append(("unit", str(unit_id)))
    return own + [("post", post) for post in sorted(posts)]


def _names(whom: Sequence[Recipient]) -> dict[str, Any]:
    return {"kinds": [kind for kind, _ in whom], "keys": [key for _, key in whom]}


def _lines(sql: str, params: dict[str, Any]) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return [Line(*(orjson.loads(v) if i == 6 and isinstance(v, str) else v for i, v in enumerate(r))) for r in rows]


def inbox(whom: Sequence[Recipient], *, limit: int = 50, before: dt.datetime | None = None) -> list[Line]:
    """The newest notices of a person (收件箱), archive included; `before` pages on."""
    end = before or dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    return _lines(_INBOX, _names(whom) | {"limit": limit, "before": end})


def unread_count(whom: Sequence[Recipient]) -> int:
    """How many notices nobody has opened yet, 100 meaning a hundred or more."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, _names(whom) | {"limit": MANY})
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Health:
    """How the pump does: what waits since when, and tries by channel and result in the last day."""

    waiting: int
    oldest_due: dt.datetime | None
    failed: int
    unknown: int
    tries: list[tuple[str, str, int, dt.datetime]]
    faults: list[tuple[dt.datetime, str, str, str]]


def health(now: dt.datetime) -> Health:
    """The notices page of the administrators (通知运行情况)."""
    since = {"since": now - dt.timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH)
        row = cursor.fetchone()
        cursor.execute(_TRIES, since)
        tries = cursor.fetchall()
        cursor.execute(_FAULTS, since)
        return Health(row[0], row[1], row[2], row[3], tries, cursor.fetchall())

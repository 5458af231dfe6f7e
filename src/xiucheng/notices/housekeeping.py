"""Keeping notices in order (通知整理): unread ones climb their ladder, finished ones go to the archive, months are made ahead."""

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from xiucheng.city import clock

BATCH: Final = 500
EVERY: Final = 2.0
MONTHS_EVERY: Final = 6 * 3600.0

_CLIMB: Final = """
WITH late AS MATERIALIZED (SELECT id FROM notices_notice
      WHERE state IN ('accepted', 'delivered') AND due_at <= %(now)s AND read_at IS NULL
        AND rung + 1 < jsonb_array_length(ladder)
        AND NOT (state = 'delivered' AND recipient_kind IN ('reporter', 'talk'))
      ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
UPDATE notices_notice n SET state = 'queued', rung = n.rung + 1, attempts = 0, due_at = %(now)s FROM late
WHERE n.id = late.id
"""
_PUT_AWAY: Final = """
WITH old AS MATERIALIZED (SELECT id FROM notices_notice
         WHERE due_at <= %(now)s AND (state IN ('read', 'failed')
           OR (state IN ('accepted', 'delivered') AND (rung + 1 >= jsonb_array_length(ladder) OR read_at IS NOT NULL
             OR (state = 'delivered' AND recipient_kind IN ('reporter', 'talk'))))
           OR (state = 'unknown' AND rung >= jsonb_array_length(ladder)))
         ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED),
gone AS (
  DELETE FROM notices_notice n USING old
  WHERE n.id = old.id
  RETURNING n.*
)
INSERT INTO notice_done (id, key, subject_kind, subject_key, recipient_kind, recipient_key, template, facts, state,
  attempts, created_at, sent_at, read_at)
SELECT id, key, subject_kind, subject_key, recipient_kind, recipient_key, template, facts, state,
  (SELECT count(*) FROM notices_attempt a WHERE a.notice_key = gone.key), created_at, sent_at, read_at
FROM gone
"""


def climb(*, batch: int = BATCH) -> int:
    """The next rung for what has not been read in time.

    A resident's reading is never seen: he is told once, and only what waits in vain for its receipt goes on.
    """
    return _run(_CLIMB, batch)


def put_away(*, batch: int = BATCH) -> int:
    """Finished notices move to the archive of the month they were made in."""
    return _run(_PUT_AWAY, batch)


def _run(sql: str, batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": clock.now(), "batch": batch})
        return int(cursor.rowcount)


def months_ahead(today: dt.date, months: int = 3) -> None:
    """Make the archive's partitions for this month and the next ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ensure_notice_month((%s::date + make_interval(months => m))::date) FROM generate_series(0, %s) AS m",
            [today, months],
        )


@dataclass
class Rhythm:
    """When to tidy: every two seconds by the machine's own time."""

    tidied: float = field(default=0.0)
    months: float = field(default=0.0)

    def turn(self) -> int:
        """Tidy if it is time; gives how many notices were moved."""
        moment = time.monotonic()
        if moment < self.tidied + EVERY:
            return 0
        self.tidied = moment
        if not self.months or moment > self.months + MONTHS_EVERY:
            months_ahead(clock.today())
            self.months = moment
        return climb() + put_away()

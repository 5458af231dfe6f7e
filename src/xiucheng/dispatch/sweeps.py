"""What comes due by itself (到点处理): suspended cases resume on their date, deadlines that near or pass are told."""

import datetime as dt
import logging
from typing import Any, Final

from django.db import connection, transaction

from xiucheng.cases.actions import act
from xiucheng.city import clock
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

MOST: Final = 200
SOON: Final = dt.timedelta(minutes=30)
CURSOR: Final = "deadlines"
logger = logging.getLogger("xiucheng.dispatch")
HOLDERS: Final = {
    "to_register": "operator",
    "to_file": "shift_leader",
    "to_dispatch": "dispatcher",
    "to_check": "operator",
    "to_close": "shift_leader",
    "disputed": "shift_leader",
}
_DUE: Final = """
SELECT id, number, state, unit_id, due_at FROM cases_case
WHERE ended_at IS NULL AND training = false AND state = ANY(%s) AND due_at > %s AND due_at <= %s
ORDER BY due_at
"""


def resume_suspended() -> int:
    """Cases whose suspension is over go on (到期恢复); gives how many."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM cases_case WHERE ended_at IS NULL AND state = 'suspended' AND suspended_until <= %s LIMIT %s",
            [now, MOST],
        )
        ids = [row[0] for row in cursor.fetchall()]
    done = 0
    for case_id in ids:
        try:
            act(case_id, "resume", Actor("system", "suspension_over", certainty=1.0))
            done += 1
        except Refused as refusal:
            logger.info("case %s does not resume: %s", case_id, refusal.code)
    return done


def tell_deadlines() -> int:
    """Tell the unit half an hour before its deadline, and the holder when one has passed; each once."""
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        seconds = int(now.timestamp())
        cursor.execute(
            "INSERT INTO city_generation (name, number) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING",
            [CURSOR, seconds],
        )
        cursor.execute("SELECT number FROM city_generation WHERE name = %s FOR UPDATE", [CURSOR])
        last = dt.datetime.fromtimestamp(cursor.fetchone()[0], dt.UTC)
        if last >= now:
            return 0
        cursor.execute(_DUE, [["handling"], max(last + SOON, now), now + SOON])
        told = sum(_tell(row, "soon", now) for row in cursor.fetchall())
        cursor.execute(_DUE, [["handling", *HOLDERS], last, now])
        told += sum(_tell(row, "late", now) for row in cursor.fetchall())
        cursor.execute("UPDATE city_generation SET number = %s WHERE name = %s", [seconds, CURSOR])
    return told


def _tell(row: tuple[Any, ...], template: str, now: dt.datetime) -> int:
    case_id, number, state, unit, due = row
    facts = {"number": number, "state": state, "due": due.isoformat()}
    whom = ("unit", str(unit)) if state == "handling" and unit else ("post", HOLDERS.get(state, "operator"))
    moment = f"{case_id}:{template}:{int(due.timestamp())}"
    enqueue([Outgoing(*whom, template, facts)], subject_kind="case", subject_key=str(case_id), moment=moment, now=now)
    return 1

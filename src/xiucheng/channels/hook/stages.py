"""Each stage goes back to the platform that gave the event (办理环节回传), of the main case too while it is merged.

A stage is a row of the history that changes the state. It is written as a notice in the same transaction as the mark that it
was: sent at least once, and once for the partner by its id. Stages may overtake each other; `seq` says their order.
"""

import datetime as dt
from typing import Any, Final

import orjson
from django.db import transaction

from xiucheng.cases.models import Case, History
from xiucheng.channels.hook.models import Exchanged
from xiucheng.channels.hook.partners import NAME, partners
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.intake.numbers import limits
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.rules.masking import mask
from xiucheng.rules.workflow import STATES

BATCH: Final = 200
_DUE: Final = """
SELECT e.id FROM channel_hook_exchanged e JOIN cases_case c ON c.id = e.case_id LEFT JOIN cases_case m ON m.id = e.main_id
WHERE NOT e.done AND e.partner = ANY(%s)
  AND (c.version > e.sent OR c.main_case_id IS DISTINCT FROM e.main_id OR m.version > e.main_sent)
ORDER BY e.id LIMIT %s
"""
_FORGET: Final = """
UPDATE channel_hook_exchanged e SET done = true FROM cases_case c
WHERE c.id = e.case_id AND NOT e.done AND c.ended_at < %s AND c.main_case_id IS NULL AND c.version <= e.sent
"""


def look() -> int:
    """Write notices for all that is new; gives how many events had something."""
    listening = [partner.id for partner in partners().values() if partner.url]
    found = list(Exchanged.objects.raw(_DUE, [listening, BATCH])) if listening else []
    for one in found:
        with transaction.atomic():
            _catch_up(Exchanged.objects.select_for_update().get(pk=one.pk))
    return len(found)


def forget() -> None:
    """Cases that ended long ago are watched no more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [clock.now() - dt.timedelta(days=limits(NAME)["watch_days"])])


def _catch_up(one: Exchanged) -> None:
    case = Case.objects.select_related("main_case").get(pk=one.case_id)
    one.sent = _tell(one, case, one.sent)
    main = case.main_case
    if main is None:
        one.main_id, one.main_sent = None, 0
    elif one.main_id != main.pk:  # what the main case went through before is not this event's story
        one.main_id, one.main_sent = main.pk, main.version
    else:
        one.main_sent = _tell(one, main, one.main_sent)
    one.save(update_fields=["sent", "main_id", "main_sent"])


def _tell(one: Exchanged, case: Case, sent: int) -> int:
    """Notices for the case's rows after `sent`; gives the last row seen."""
    rows = History.objects.filter(case_id=case.pk, seq__gt=sent, at__gte=case.opened_at).order_by("seq")
    for row in rows:
        sent = row.seq
        if row.from_state != row.to_state:
            _write(one, case, row)
    return sent


def _write(one: Exchanged, case: Case, row: History) -> None:
    body = orjson.dumps(stage(one, case, row)).decode()
    told = Outgoing("partner", one.partner, "stage", {"number": case.number}, ladder=(NAME,), addresses={NAME: body})
    moment = f"{one.pk}:{case.pk}:{row.seq}"
    enqueue([told], subject_kind="exchange", subject_key=str(one.pk), moment=f"x{moment}", now=clock.now())


def stage(one: Exchanged, case: Case, row: History) -> dict[str, Any]:
    """What the partner is told: the stage, when, who has it, until when; words with personal data hidden."""
    unit = registers().units.get(case.unit_id) if case.unit_id else None
    said = {
        "type": "stage",
        "id": f"{one.pk}-{case.pk}-{row.seq}",
        "event": one.number,
        "case": case.number,
        "seq": row.seq,
        "act": f"{row.act}.{row.step}" if row.step else row.act,
        "state": row.to_state,
        "state_zh": STATES[row.to_state].zh,
        "at": row.at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        "due_at": case.due_at.astimezone(clock.ZONE).isoformat(timespec="seconds") if case.due_at else None,
        "unit": unit.name if unit else None,
    }
    spoken = {"words": row.words, "reason": str(row.facts.get("reason") or "")}
    return said | {name: mask(text)[:500] for name, text in spoken.items() if text}

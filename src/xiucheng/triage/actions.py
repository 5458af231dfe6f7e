"""Work off reports that wait to be understood (分诊): lease, read, write the proposal, pass on; a crash anywhere loses nothing.

A case is read outside a transaction and written in one: proposal, search, flags and the errand's next step together.
"""

import datetime as dt
import logging
import time
from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.audit import vault
from xiucheng.cases.actions import act, raw
from xiucheng.cases.models import Errand
from xiucheng.cases.queries import search
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor
from xiucheng.triage import because, looks, way
from xiucheng.triage.model import Model
from xiucheng.triage.propose import Matter, Understood, propose

BATCH: Final = 20
LEASE: Final = 60
TRIES: Final = 5
READABLE: Final = frozenset({"to_register", "to_file", "considering", "verifying", "to_dispatch"})
_behind: Final[dict[str, float]] = {}
logger = logging.getLogger("xiucheng.triage")

_LEASE: Final = """
WITH due AS MATERIALIZED (
  SELECT case_id FROM cases_errand WHERE kind = %(kind)s AND due_at <= %(now)s AND (urgent OR NOT %(urgent_only)s)
    AND (leased_until IS NULL OR leased_until < now())
  ORDER BY urgent DESC, due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
UPDATE cases_errand SET leased_until = now() + make_interval(secs => %(lease)s), attempts = attempts + 1
WHERE case_id IN (SELECT case_id FROM due)
RETURNING case_id, attempts
"""
_ROUTE: Final = """
UPDATE cases_errand SET kind = 'route', leased_until = NULL, attempts = 0, due_at = %(now)s WHERE case_id = %(id)s
"""
_NAMES: Final = (
    "category_id", "standard_id", "unit_id", "urgency", "certainty", "place_certainty", "alternatives", "reasons", "similar",
    "understood", "model", "at",
)  # fmt: skip
_LISTS: Final = frozenset({"alternatives", "reasons", "similar"})
_PROPOSAL: Final = f"""
INSERT INTO triage_proposal (case_id, {", ".join(f'"{name}"' for name in _NAMES)})
VALUES (%(case_id)s, {", ".join(f"%({name})s::jsonb" if name in _LISTS else f"%({name})s" for name in _NAMES)})
ON CONFLICT (case_id) DO UPDATE SET {", ".join(f'"{name}" = excluded."{name}"' for name in _NAMES)}
"""
"""Written for every report, so planned once."""
_MATTERS: Final = """
SELECT c.id, r.kind, r.words_sealed, c.summary, coalesce(nullif(c.place, ''), r.place), c.lng, c.lat, c.outside,
  c.component, coalesce(c.category_id, ''), c.training,
  ARRAY[r.phone_blind, r.door_blind, r.email_blind], c.state,
  EXISTS (SELECT 1 FROM cases_picture p WHERE p.case_id = c.id)
FROM cases_case c JOIN LATERAL (
  SELECT kind, words_sealed, place, phone_blind, door_blind, email_blind FROM cases_report WHERE case_id = c.id ORDER BY id LIMIT 1) r ON true
WHERE c.id = ANY(%s)
"""


def lease(kind: str, batch: int = BATCH) -> dict[int, int]:
    """Take some errands of a kind for a minute, only the urgent while messages pass first; gives their cases and how often each has been tried."""
    values: dict[str, Any] = {
        "kind": kind,
        "now": clock.now(),
        "lease": LEASE,
        "batch": batch,
        "urgent_only": way.given(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, values)
        found = {int(case): int(tries) for case, tries in cursor.fetchall()}
    if len(found) < batch:
        _behind.pop(kind, None)
    else:
        _behind.setdefault(kind, time.monotonic())
    return found


def behind() -> float:
    """For how many seconds this process has found more errands than one batch holds each time it looked; 0 when it keeps up."""
    return max((time.monotonic() - since for since in list(_behind.values())), default=0.0)


def work(model: Model, batch: int = BATCH) -> int:
    """Understand one batch; gives how many were leased. One that fails does not hold up the others."""
    leased = lease("triage", batch)
    if not leased:
        return 0
    for matter in matters(sorted(leased)):
        try:
            understand(matter, model)
        except Exception as error:
            logger.exception("triage of case %s failed", matter.id)
            put_back(matter.id, leased[matter.id], error)
    return len(leased)


def put_back(case_id: int, tries: int, error: Exception) -> None:
    """Try again later; after several tries it stays with the people at the desk and the errand keeps the reason."""
    kind = {"kind": "stuck"} if tries >= TRIES else {}
    due = clock.now() + dt.timedelta(seconds=2**tries)
    Errand.objects.filter(case_id=case_id).update(
        leased_until=None, due_at=due, error=type(error).__name__[:200], **kind
    )


def matters(ids: Sequence[int]) -> list[Matter]:
    """Cases as triage reads them, their words unsealed."""
    with connection.cursor() as cursor:
        cursor.execute(_MATTERS, [list(ids)])
        rows = cursor.fetchall()
    return [Matter(row[0], row[1], vault.unseal(row[2]), *row[3:]) for row in rows]


def understand(matter: Matter, model: Model) -> Understood | None:
    """Read one case and write what came out; none if people have decided about it already."""
    if matter.state not in READABLE:
        with transaction.atomic():
            _index(matter, None)
            Errand.objects.filter(case_id=matter.id).delete()
        return None
    now = clock.now()
    if matter.pictured:
        looks.take(matter.id)
    found = propose(matter, model, now)
    with transaction.atomic():
        _write(matter, found, model, now)
        _index(matter, found)
        _flag(matter, found, now)
        raw.run(_ROUTE, {"id": matter.id, "now": now})
    return found


def _write(matter: Matter, found: Understood, model: Model, now: dt.datetime) -> None:
    values: dict[str, Any] = {
        "category_id": found.category,
        "standard_id": found.standard,
        "unit_id": found.unit,
        "urgency": found.urgency,
        "certainty": float(found.certainty),
        "place_certainty": float(found.where.certainty),
        "alternatives": _json(found.alternatives),
        "reasons": _json(found.reasons),
        "similar": _json([like.facts() for like in found.similar]),
        "understood": found.understood,
        "model": model.name,
        "at": now,
    }
    raw.run(_PROPOSAL, {"case_id": matter.id, **values})


def _json(value: Any) -> str:
    """As the table keeps it; certainties may be numbers of the model's own kind."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _index(matter: Matter, found: Understood | None) -> None:
    """What the case is found by: its words, its place, the names of its areas and category."""
    book = registers()
    areas = found.where.areas if found else None
    names = [book.areas.get(code, "") for code in (areas.street, areas.community)] if areas else []
    known = book.categories.get(found.category if found else matter.category)
    texts = [matter.words[:4000], matter.place, *names, known.name if known else ""]
    search.index(matter.id, [text for text in texts if text])


def _flag(matter: Matter, found: Understood, now: dt.datetime) -> None:
    """Danger and sensitive matters are marked at once and told to the people who must know."""
    if not found.urgency and not found.flags:
        return
    marks = [because.FLAGS[flag][0] for flag in found.flags]
    words = "平台提示：" + "、".join([*(["紧急"] if found.urgency >= 2 else ["较急"] if found.urgency else []), *marks])
    form = {"words": words, "urgency": found.urgency, "flags": list(found.flags)}
    try:
        done = act(matter.id, "note", Actor("system", "triage"), form, key=f"triage:{matter.id}:flags")
    except Refused:
        return
    if matter.training:
        return
    facts = {"number": done.number, "state": done.state, "flags": list(found.flags)}
    posts = ["shift_leader"] if found.flags else []
    posts += ["operator"] if found.urgency >= 2 else []
    rows = [Outgoing("post", post, "flag", facts, urgent=True) for post in posts]
    if rows:
        enqueue(rows, subject_kind="case", subject_key=str(matter.id), moment=f"triage:{matter.id}", now=now)

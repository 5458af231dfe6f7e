"""Straight through (智能派单): what triage has finished is registered, filed and dispatched, attached to its twin, or left to people.

One transaction for the whole road, so that a case is either with its unit or untouched at the desk.
"""

import logging
from dataclasses import replace
from typing import Any, Final

import orjson
from django.db import transaction

from xiucheng.cases.actions import act, raw
from xiucheng.cases.models import Errand
from xiucheng.city.registers import registers
from xiucheng.dispatch.verdict import Case, Verdict, verdict
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor
from xiucheng.triage import because
from xiucheng.triage.actions import lease, put_back
from xiucheng.triage.models import Proposal
from xiucheng.triage.same import denied

BATCH: Final = 20
RULE: Final = "straight_through"
TWIN: Final = "same_problem"
_DONE: Final = "DELETE FROM cases_errand WHERE case_id = %(id)s"
_REASONS: Final = "UPDATE triage_proposal SET reasons = %(reasons)s::jsonb WHERE case_id = %(id)s"
logger = logging.getLogger("xiucheng.dispatch")


def work(batch: int = BATCH) -> int:
    """Route one batch; gives how many were leased."""
    leased = lease("route", batch)
    if not leased:
        return 0
    for case_id, case in ready(sorted(leased)):
        try:
            route(case_id, case)
        except Exception as error:
            logger.exception("dispatch of case %s failed", case_id)
            put_back(case_id, leased[case_id], error)
    return len(leased)


def ready(ids: list[int]) -> list[tuple[int, Case]]:
    """Cases with what triage made of them."""
    rows = Proposal.objects.select_related("case").filter(case_id__in=ids).order_by("case_id")
    found = []
    for p in rows:
        c = p.case
        found.append(
            (
                c.id,
                Case(
                    c.state, c.kind, c.outside, bool(c.place), c.lng is not None, p.urgency, tuple(c.flags),
                    p.category_id, p.standard_id, p.unit_id, p.certainty, p.place_certainty, tuple(p.alternatives),
                    tuple(p.reasons), tuple(p.similar),
                ),
            )
        )  # fmt: skip
    return found


def route(case_id: int, case: Case) -> Verdict:
    """Carry out the verdict and drop the errand, all or nothing. Somebody who was faster is right.

    What a person has said is not the same problem since triage looked does not count as a twin any more.
    """
    no = denied(case_id, (int(like["case"]) for like in case.similar))
    case = replace(case, similar=tuple(like for like in case.similar if int(like["case"]) not in no)) if no else case
    said = verdict(case, registers().settings)
    try:
        with transaction.atomic():
            if said.go == "send":
                _send(case_id, case, said)
            elif said.go == "merge":
                act(case_id, "merge", Actor("system", TWIN, certainty=said.certainty), {"main": said.main})
            elif entry := because.left(said.why):
                told = orjson.dumps([*case.reasons, entry]).decode()
                raw.run(_REASONS, {"id": case_id, "reasons": told})
            raw.run(_DONE, {"id": case_id})
    except Refused as refusal:
        logger.info("case %s left to people: %s", case_id, refusal.code)
        Errand.objects.filter(case_id=case_id).delete()
        return Verdict("desk", refusal.code)
    return said


def _send(case_id: int, case: Case, said: Verdict) -> None:
    actor = Actor("system", RULE, certainty=said.certainty)
    first: dict[str, Any] = {"category": case.category, **(said.place or {})}
    act(case_id, "register", actor, first)
    act(case_id, "file", actor, {"category": case.category, "standard": case.standard})
    act(case_id, "dispatch", actor, {"unit": case.unit})

"""What the API reads (接口查询): a reporter's own report, figures, a person's inbox."""

import datetime as dt
from typing import Any, Final

from django.db import connection

from xiucheng.api import shapes
from xiucheng.cases.actions.load import view
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.cases.queries.case import Entry, timeline
from xiucheng.intake.actions import FOLLOW_UPS, find_report
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, KINDS, STATES, Actor, offers

OWN_ACTS: Final = frozenset(
    [
        "submit",
        "register",
        "refuse",
        "consider",
        "answer",
        "file",
        "decline",
        "object",
        "withdraw",
        "dispatch",
        "sign",
        "feed_back",
        "close",
        "dispute",
        "reopen",
        "uphold",
        "suspend",
        "resume",
        "merge",
        "unmerge",
        "void",
        "supplement",
        "urge",
        "verdict",
        "rework",
    ]
)
"""What a reporter is told of; checks, notes and requests between units stay in the house."""

SEEN: Final = frozenset({"to_close", "closed", "disputed"})
"""States of a case whose result somebody has checked on the spot."""


def own_report(code: str) -> dict[str, Any]:
    """A report as its owner sees it; one that was merged goes the way of the main case."""
    try:
        report = find_report(code)
    except Refused:
        raise Refused("code_unknown") from None
    own = report.case
    case = own.main_case or own
    actor = Actor("resident", report.token)
    possible = {r.act: r for r in offers(view(case.id).snapshot, actor) if r.act in FOLLOW_UPS}
    if case.id != own.id:
        possible = {name: row for name, row in possible.items() if name not in {"withdraw", "object"}}
    return {
        "tracking_code": report.token,
        "number": own.number,
        "state": shapes.word(case.state, STATES),
        "kind": shapes.word(case.kind, KINDS),
        "category": shapes.category(case.category_id),
        "place": report.place,
        "said_at": report.said_at,
        "due_at": case.due_at,
        "unit": shapes.unit(case.unit_id),
        "answer": case.answer,
        "satisfaction": case.satisfaction,
        "follows": case.number if case.id != own.id else None,
        "timeline": [
            _told(e)
            for e in timeline(case.id, case.opened_at)
            if e.act in OWN_ACTS and e.step in {"", "grant"} and _his(e, report)
        ],
        "pictures": _pictures(report, case),
        "acts": shapes.acts(list(possible.values())),
    }


def _his(e: Entry, report: Report) -> bool:
    """What another reporter of the same problem did is that one's alone."""
    return e.act == "submit" or e.actor_kind != "resident" or e.actor_key == report.token


def _told(e: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"at": e.at, "act": shapes.word(e.act, ACTS), "to": shapes.word(e.to_state, STATES)}
    if e.act in {"dispatch", "reopen"}:
        told["unit"] = shapes.unit(e.after.get("unit_id"))
    if e.act in {"answer", "decline", "feed_back"}:
        told["words"] = e.words
    if e.act in {"refuse", "decline", "uphold", "suspend"}:
        told["reason"] = e.facts.get("reason", "")
    return told


def _pictures(report: Report, case: Case) -> list[dict[str, Any]]:
    """His own, and what the unit showed after its work: once somebody has seen the place, or when it was released."""
    own = Picture.objects.filter(report=report)
    after = Picture.objects.filter(case=case, stage="after")
    if case.state not in SEEN:
        after = after.filter(public="public")
    return shapes.pictures([{"sha256": p.sha256, "stage": p.stage, "at": p.at} for p in (own | after).order_by("id")])


_FIGURES: Final = """
SELECT day, measure, sum(count), sum(seconds) FROM cases_dayfigure
WHERE day BETWEEN %s AND %s GROUP BY day, measure ORDER BY day, measure
"""


def figures(first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The district's figures day by day from the daily roll-ups: how often, and seconds where a time was measured."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [first, last])
        rows = cursor.fetchall()
    return [{"day": d.isoformat(), "measure": m, "count": int(n), "seconds": int(s)} for d, m, n, s in rows]

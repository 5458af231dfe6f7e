"""May this be done, and what follows? (裁定): the one question that the gateway asks the law."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from xiucheng.rules.clocks import is_late
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import guards, needs, timing
from xiucheng.rules.workflow.facts import Actor, Decision, Law, Snapshot
from xiucheng.rules.workflow.rows import ROWS, Row, find
from xiucheng.rules.workflow.words import ACTS, ENDED, STATES

Changes = dict[str, Any]
_PLACE: Final = ("lng", "lat", "place", "no_place")
_LEAVES_WORK: Final = frozenset({"dispatch", "return", "transfer", "feed_back", "suspend", "void"})


def decide(
    case: Snapshot, act: str, actor: Actor, form: Mapping[str, Any], now: dt.datetime, law: Law, *, step: str = ""
) -> Decision:
    """The decision on an act, or `Refused`. Pure: the same question always has the same answer."""
    row, post = _row(case, act, step, actor)
    guards.same_mode(actor, training=case.training)
    needs.check(row.needs, form)
    question = guards.Question(case, actor, post, form, now, law)
    guards.hold(row.guards, question)
    clocks = timing.run(row.clocks, question)
    to = _target(case, row)
    changes = _changes(question, row, to)
    if act == "feed_back":
        frozen = [k for k in clocks if k.kind == "handling" and k.stopped_at == now]
        changes["overdue"] = case.overdue or any(k.outcome == "overdue" for k in frozen)
    return Decision(act, step, post, to, changes, clocks, row.tells, _facts(form, actor), str(form.get("words") or ""))


def _target(case: Snapshot, row: Row) -> str:
    """Where the act leads. A case that was merged while suspended goes back into suspension, with its own way on."""
    if row.to == "=":
        return case.state
    to = row.to if row.to != "<" else case.prior_state or _way_back(case)
    if row.act == "unmerge" and case.suspended:
        to = "suspended"
    if to != "any" and to not in STATES:
        raise Refused("wrong_state", state=STATES[case.state], act=ACTS[row.act])
    return to


def _way_back(case: Snapshot) -> str:
    """Where an imported case goes on that came in without the state before: with its unit, else from the beginning."""
    return ("handling" if case.unit else "to_register") if case.imported else ""


def _row(case: Snapshot, act: str, step: str, actor: Actor) -> tuple[Row, str]:
    if act not in ACTS:
        raise Refused("unknown_act", act=act)
    row = find(act, step, case.state)
    if row is None:
        state = STATES[case.state].zh if case.state else "未上报"
        raise Refused("wrong_state", state=state, act=ACTS[act])
    able = sorted(actor.roles() & row.who)
    if not able:
        raise Refused("not_allowed", act=ACTS[act])
    own = [p for p in able if p in {"unit", "handler"} and actor.unit == case.unit]
    return row, (own or able)[0]


def offers(case: Snapshot, actor: Actor, now: dt.datetime | None = None) -> list[Row]:
    """The acts that a page may offer this actor (buttons): state, post, unit and pending request fit, and at `now` the time."""
    found = []
    for row in ROWS:
        able = actor.roles() & row.who
        if case.state not in row.sources or not able or row.act in {"submit", "import"}:
            continue
        if "own_unit" in row.guards and able <= {"unit", "handler"} and actor.unit != case.unit:
            continue
        if _asks_fit(row, case, able) and not _too_late(row, case, now):
            found.append(row)
    return found


def _too_late(row: Row, case: Snapshot, now: dt.datetime | None) -> bool:
    """Nobody asks for more time once the handling's limit has passed."""
    if now is None or row.step != "ask" or not {"extendable", "suspendable"} & set(row.guards):
        return False
    handling = next((k for k in case.clocks if k.kind == "handling" and k.stopped_at is None), None)
    return handling is not None and is_late(handling, now)


def _asks_fit(row: Row, case: Snapshot, able: frozenset[str]) -> bool:
    asked = next((g for g in row.guards if g.startswith("asked:")), None)
    if asked is None:
        return not (case.ask and "no_ask" in row.guards)
    _, kind, *stage = asked.split(":")
    if case.ask is None or case.ask["kind"] != kind:
        return False
    waiting = int(case.ask["stage"])
    if stage:
        return waiting == int(stage[0])
    return (waiting == 0 and "dispatcher" in able) or (waiting == 1 and "shift_leader" in able)


def _facts(form: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What the history keeps of the form beside the changed fields."""
    keep = ("reason", "whose", "finding", "reached", "rating", "claim", "level", "person", "team", "main", "stopped")
    facts = {k: form[k] for k in keep if form.get(k) not in (None, "")}
    if form.get("until"):
        facts["until"] = form["until"].isoformat()
    if form.get("pictures"):
        facts["pictures"] = [str(p["sha256"]) if isinstance(p, Mapping) else str(p) for p in form["pictures"]]
    if actor.certainty is not None:
        facts["certainty"] = round(actor.certainty, 4)
    if actor.via:
        facts["via"] = actor.via
    return facts


def _changes(q: guards.Question, row: Row, to: str) -> Changes:
    changes: Changes = {"state": to} if to != q.case.state else {}
    changes |= {k: q.form[k] for k in _PLACE if any(n.kind == "place" for n in row.needs) and q.form.get(k) is not None}
    if to in ENDED and q.case.state not in ENDED:
        changes["ended_at"] = q.now
    if to not in ENDED and q.case.state in ENDED:
        changes["ended_at"] = None
    if row.act in _LEAVES_WORK and q.case.ask is not None and row.step in {"", "grant"}:
        changes["ask"] = None
    special = _EFFECTS.get(row.key)
    if special is not None:
        changes |= special(q)
    return changes


def _ask(q: guards.Question) -> Changes:
    until = q.form.get("until")
    stage = 1 if q.post == "dispatcher" else 0
    return {
        "ask": {
            "stage": stage,
            "by": q.actor.key,
            "agreed_by": q.actor.key if stage else None,
            "reason": q.form["reason"],
            "until": until.isoformat() if until else None,
            "at": q.now.isoformat(),
        }
    }


def _asking(kind: str) -> Callable[[guards.Question], Changes]:
    def effect(q: guards.Question) -> Changes:
        changes = _ask(q)
        changes["ask"]["kind"] = kind
        return changes

    return effect


def _agree(q: guards.Question) -> Changes:
    return {"ask": {**(q.case.ask or {}), "stage": 1, "agreed_by": q.actor.key}}


def _named(q: guards.Question, *names: str) -> Changes:
    return {name: q.form[name] for name in names if q.form.get(name) not in (None, "")}


def _body(q: guards.Question) -> Changes:
    """The body that it is passed on to may read it; whoever looks again begins without one."""
    return {"unit": int(q.form["unit"])} if q.form.get("unit") else {}


def _file(q: guards.Question) -> Changes:
    found = q.law.standard(int(q.form["standard"]))
    assert found is not None
    return {"standard": found.id, "category": found.category, "filed_at": q.now, "by_system": q.actor.kind == "system"}


def _close(q: guards.Question) -> Changes:
    if q.case.standard is not None:
        return {"closed_at": q.now}
    found = q.law.standard(int(q.form["standard"]))
    assert found is not None
    return {"closed_at": q.now, "standard": found.id, "category": found.category}


_FRESH: Final[Changes] = {"overdue": False, "excused": False, "appealed": False}
"""A new round, a new judgement (docs/adr/0010): history and figures keep what was before."""


def _to_unit(q: guards.Question) -> Changes:
    unit = int(q.form["unit"])
    return {
        **(_FRESH if unit != q.case.unit else {}),
        "unit": unit,
        "helpers": [int(u) for u in q.form.get("helpers") or ()],
        "dispatched_at": q.now,
        "signed_at": None,
        "handler": None,
        "team": "",
        "returned": False,
    }


def _grant_suspend(q: guards.Question) -> Changes:
    until = dt.datetime.fromisoformat((q.case.ask or {})["until"])
    return {"suspended_until": until, "suspensions": q.case.suspensions + 1, "prior_state": q.case.state, "ask": None}


def _rated(q: guards.Question) -> Changes:
    """The mean of all who gave their verdict, half a point up: nobody's is lost in another's."""
    given = [int(q.form["rating"]), *q.form.get("other_ratings", ())]
    return {"satisfaction": int(sum(given) / len(given) + 0.5)}


_EFFECTS: Final[dict[str, Callable[[guards.Question], Changes]]] = {
    "register": lambda q: _named(q, "category", "kind"),
    "note": lambda q: _named(q, "urgency", "flags", "handler", "deadline") if q.actor.kind == "system" else {},
    "answer": lambda q: {"answer": q.form["words"]},
    "refuse": lambda q: {"answer": f"{q.form['reason']} {q.form['whose']}", **_body(q)},
    "object": lambda q: {"unit": None} if q.case.unit is not None else {},
    "uphold": lambda q: {} if q.case.closed_at else {"closed_at": q.now},
    "decline": lambda q: {"answer": q.form["words"]},
    "consider": lambda q: {"unit": int(q.form["unit"])},
    "file": _file,
    "dispatch": _to_unit,
    "transfer": _to_unit,
    "dispute": lambda q: {"ask": None, "appealed": False} if q.case.ask is not None else {},
    "reopen": lambda q: {**_to_unit(q), **_FRESH, "fed_back_at": None, "closed_at": None},
    "sign": lambda q: {"signed_at": q.now},
    "assign": lambda q: {"handler": int(q.form["person"]) if q.form.get("person") else None, **_named(q, "team")},
    "return": lambda q: {"returned": True, "returns": q.case.returns + 1, "signed_at": None},
    "feed_back": lambda q: {"fed_back_at": q.now},
    "rework": lambda q: {"reworks": q.case.reworks + 1, "fed_back_at": None},
    "close": _close,
    "suspend.ask": _asking("suspend"),
    "suspend.agree": _agree,
    "suspend.grant": _grant_suspend,
    "suspend.deny": lambda q: {"ask": None},
    "resume": lambda q: {"suspended_until": None, "prior_state": ""},
    "extend.ask": _asking("extend"),
    "extend.agree": _agree,
    "extend.grant": lambda q: {"extensions": q.case.extensions + 1, "ask": None},
    "extend.deny": lambda q: {"ask": None},
    "appeal.ask": lambda q: {**_asking("appeal")(q), "appealed": True},
    "appeal.agree": _agree,
    "appeal.grant": lambda q: {"excused": True, "ask": None},
    "appeal.deny": lambda q: {"ask": None},
    "merge": lambda q: {
        "main": q.form["main_facts"]["id"],
        **({} if q.case.suspended else {"prior_state": q.case.state}),
    },
    "unmerge": lambda q: {"main": None, **({} if q.case.suspended else {"prior_state": ""})},
    "supervise": lambda q: {"level": int(q.form["level"])},
    "verdict": _rated,
    "call_back": lambda q: _rated(q) if q.form.get("rating") else {},
}

"""What the API says of a case (接口内容): codes for machines, Chinese and English for people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from xiucheng.cases.queries.case import Entry, Whole
from xiucheng.cases.queries.lists import Line
from xiucheng.cases.queries.tasks import Task
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.pages.signed import picture_url, thumb_url
from xiucheng.rules.masking import mask
from xiucheng.rules.workflow import ACTS, KINDS, STATES, STEPS, Actor, Row, offers
from xiucheng.rules.workflow.needs import Need
from xiucheng.rules.workflow.words import Word

TYPED: Final = frozenset({"reason", "whose", "team"})
"""Facts of an act that people write in their own words."""


def word(code: str, words: Mapping[str, Word]) -> dict[str, str]:
    """A stored value with its two names."""
    found = words.get(code)
    return {"code": code, "zh": found.zh if found else code, "en": found.en if found else code}


def unit(key: int | None) -> dict[str, Any] | None:
    found = registers().units.get(key) if key is not None else None
    return {"id": found.id, "code": found.code, "name": found.name} if found else None


def category(code: str | None) -> dict[str, Any] | None:
    found = registers().categories.get(code) if code else None
    return {"code": found.code, "name": found.name, "plain": found.plain} if found else None


def line(case: Line) -> dict[str, Any]:
    """A case in a list for staff."""
    areas = registers().areas
    names = (
        "number", "version", "source", "channel", "summary", "place", "lng", "lat", "urgency", "flags", "level",
        "opened_at", "filed_at", "dispatched_at", "signed_at", "fed_back_at", "ended_at", "due_at", "overdue",
        "excused", "returned", "returns", "reworks", "extensions", "satisfaction", "ask", "by_system", "training",
        "followers",
    )  # fmt: skip
    return {name: getattr(case, name) for name in names} | {
        "state": word(case.state, STATES),
        "kind": word(case.kind, KINDS),
        "category": category(case.category_id),
        "unit": unit(case.unit_id),
        "street": {"code": case.street, "name": areas.get(case.street, "")},
        "community": {"code": case.community, "name": areas.get(case.community, "")},
        "late": case.late(clock.now()),
        "picture": thumb_url(case.picture) if case.picture else None,
    }


def case(found: Whole, actor: Actor) -> dict[str, Any]:
    """A case with its timeline, clocks, pictures and what this actor may do now; no resident's name or number."""
    clocks = [
        {
            "kind": k.kind, "clock": k.clock, "limit": k.limit, "used": k.used, "unit": unit(k.unit),
            "started_at": k.started_at, "running_since": k.running_since, "due_at": k.due_at,
            "provisional": k.provisional, "stopped_at": k.stopped_at, "outcome": k.outcome,
        }
        for k in found.clocks
    ]  # fmt: skip
    return line(found.line) | {
        "standard": found.row["standard_id"],
        "answer": found.row["answer"],
        "history": [entry(e) for e in found.history],
        "clocks": clocks,
        "pictures": pictures([{"sha256": p.sha256, "stage": p.stage, "at": p.at} for p in found.pictures]),
        "tasks": [
            {
                "id": t.id,
                "kind": t.kind,
                "account": t.account_id,
                "pool": t.pool,
                "due_at": t.due_at,
                "done_at": t.done_at,
            }
            for t in found.tasks
        ],
        "acts": acts(offers(found.snapshot, actor)),
    }


def entry(e: Entry) -> dict[str, Any]:
    """One line of the timeline for staff; what people typed comes with personal data hidden, as the desk shows it."""
    facts = {name: mask(value) if isinstance(value, str) else value for name, value in e.facts.items() if name in TYPED}
    return {
        "seq": e.seq, "at": e.at, "act": word(e.act, ACTS), "step": word(e.step, STEPS), "post": e.post, "by": e.name,
        "from": e.from_state, "to": e.to_state, "words": mask(e.words), "facts": e.facts | facts,
    }  # fmt: skip


def pictures(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pictures with addresses that only this answer gives away."""
    return [
        {"stage": p["stage"], "at": p["at"], "thumb": thumb_url(p["sha256"]), "full": picture_url(p["sha256"])}
        for p in rows
    ]


def acts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The acts that are possible now, with the fields that each asks for."""
    return [{"act": word(r.act, ACTS), "step": word(r.step, STEPS), "needs": [need(n) for n in r.needs]} for r in rows]


def need(n: Need) -> dict[str, Any]:
    choices = [{"code": code, "zh": zh, "en": en} for code, zh, en in n.choices]
    return {"name": n.name, "kind": n.kind, "zh": n.zh, "en": n.en, "required": n.required, "choices": choices}


def task(found: Task) -> dict[str, Any]:
    """An on-site task; `own` says whether somebody has taken it already, and that is you."""
    names = ("id", "kind", "number", "version", "summary", "place", "lng", "lat", "created_at", "due_at", "taken_at")
    facts = {name: getattr(found, name) for name in names}
    return facts | {
        "state": word(found.state, STATES),
        "category": category(found.category_id),
        "own": found.account_id is not None,
    }

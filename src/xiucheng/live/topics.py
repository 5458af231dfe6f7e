"""What one can follow (主题), and who may: queue, unit, case, map, inbox, calls at one's seat, own report. Denied by default."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.cases.queries.case import find
from xiucheng.cases.queries.scope import scope_of
from xiucheng.people.queries import Holder
from xiucheng.rules.workflow.words import OPEN

MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Interest:
    """What a connection follows: internal names and, for each, the name that the page used."""

    names: dict[str, str]
    inboxes: dict[str, str]
    training: bool = False


def split(text: str) -> list[str]:
    """`queue:to_register,case:A1` as a list, without repetition."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))[:MOST]


def allow(wanted: Iterable[str], who: Holder | None) -> Interest | None:
    """What may be followed of what is wanted; None when anything of it is not allowed or nothing is wanted."""
    names: dict[str, str] = {}
    inboxes: dict[str, str] = {}
    for topic in wanted:
        kind, _, value = topic.partition(":")
        if kind == "track" and value:
            case_id = _tracked(value)
        elif who is None or not who.posts:
            return None
        elif kind == "inbox" and not value:
            inboxes |= dict.fromkeys(_inboxes(who), topic)
            continue
        elif kind == "calls" and not value and "operator" in who.posts:
            inboxes |= dict.fromkeys([f"calls:{who.id}", "calls:all"], topic)
            continue
        else:
            case_id = _staff(kind, value, who)
        if case_id is None:
            return None
        names[case_id] = topic
    return Interest(names, inboxes, bool(who and who.training)) if names or inboxes else None


def _inboxes(who: Holder) -> list[str]:
    own = [f"account:{who.id}", *(f"post:{post}" for post in who.posts)]
    return own + ([f"unit:{who.unit}"] if who.unit is not None else [])


def _staff(kind: str, value: str, who: Holder) -> str | None:
    """The internal name of a topic that this person may follow."""
    if kind == "queue" and value in OPEN:
        return f"queue:{value}" if who.centre else None
    if kind == "map" and not value:
        return "map"
    if kind == "unit" and value.isdigit():
        return f"unit:{int(value)}" if who.centre or who.unit == int(value) else None
    if kind == "case" and value:
        line = find(value, scope_of(who))
        return f"case:{line.id}" if line is not None else None
    return None


def _tracked(token: str) -> str | None:
    from xiucheng.cases.models import Report

    found = Report.objects.filter(token=token[:24].upper()).values_list("case_id", "case__main_case_id").first()
    return f"case:{found[1] or found[0]}" if found is not None else None


def touched(event: list[Any]) -> list[str]:
    """The internal names that a travelling change touches."""
    _, case_id, _, _, _, before, after, unit, was_unit, *_ = event
    names = {f"case:{case_id}", "map", f"queue:{after}", f"queue:{before}"}
    return sorted(names | {f"unit:{u}" for u in (unit, was_unit) if u})


def told(interest: Interest, batch: dict[str, Any]) -> dict[str, Any] | None:
    """What a connection hears of a batch: `topics` that changed and, for followed cases, number, state, act, version."""
    topics: set[str] = set()
    cases: list[dict[str, Any]] = []
    for event in batch["e"]:
        if bool(event[9]) != interest.training:
            continue
        hit = [interest.names[name] for name in touched(event) if name in interest.names]
        topics.update(hit)
        if any(topic.startswith(("case:", "track:", "queue:", "unit:")) for topic in hit):
            cases.append({"number": event[2], "state": event[6], "act": event[4], "version": event[3]})
    topics.update(topic for name, topic in interest.inboxes.items() if name in batch["n"])
    return {"topics": sorted(topics), "cases": cases} if topics else None

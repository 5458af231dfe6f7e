"""Hints while an operator types (边写边提示): category, unit, place, danger, whose it may be, same problems, ready answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xiucheng.cases.queries import lists, nearby
from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.lists import Line
from xiucheng.cases.queries.search import wanted
from xiucheng.city import clock
from xiucheng.desk import words
from xiucheng.desk.access import Viewer
from xiucheng.desk.answers import answers
from xiucheng.intake.actions import Point
from xiucheng.triage import jobs
from xiucheng.triage.propose import Matter, Understood, propose

ENOUGH: Final = 4
NOT_YET: Final = 2**62
"""An id above all others: the report that is being typed comes after everything there is."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A category with the unit that would handle it and the certainty in percent."""

    code: str
    name: str
    unit: str
    percent: int


@dataclass(frozen=True, slots=True)
class Hints:
    """Everything that may help; empty parts are not shown."""

    guesses: list[Guess] = field(default_factory=list)
    urgency: int = 0
    flags: tuple[str, ...] = ()
    whose: str = ""
    reach: str = ""
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    near: list[nearby.Near] = field(default_factory=list)
    earlier: tuple[Line, ...] = ()
    answers: list[tuple[str, str]] = field(default_factory=list)


def of(given: Mapping[str, str], point: Point | None, viewer: Viewer) -> Hints:
    """The hints for what was typed so far."""
    text = given["words"].strip()
    found = _understood(given, point) if len(text) >= ENOUGH else None
    lng, lat = (point.lng, point.lat) if point else (found.where.lng, found.where.lat) if found else (None, None)
    whose = next((r for r in found.reasons if r.get("field") == "whose"), {}) if found else {}
    return Hints(
        guesses=_guesses(found),
        urgency=found.urgency if found else 0,
        flags=found.flags if found else (),
        whose=str(whose.get("whose", "")),
        reach=str(whose.get("reach", "")),
        place=found.where.said if found and point is None else "",
        lng=lng,
        lat=lat,
        near=_near(lng, lat, found, viewer),
        earlier=_earlier(given["phone"], viewer),
        answers=answers(text) if given["kind"] in {"question", "suggestion"} else [],
    )


def _understood(given: Mapping[str, str], point: Point | None) -> Understood | None:
    model = jobs.current()
    if model is None:
        return None
    lng, lat = (point.lng, point.lat) if point else (None, None)
    matter = Matter(
        NOT_YET, given["kind"] or "complaint", given["words"], given["words"][:200], given["place"], lng, lat, False, "",
        "", False, (),
    )  # fmt: skip
    return propose(matter, model, clock.now())


def _guesses(found: Understood | None) -> list[Guess]:
    options: list[dict[str, Any]] = found.alternatives if found else []
    return [
        Guess(
            o["category"], words.category(o["category"], whole=True), words.unit(o["unit"]), round(100 * o["certainty"])
        )
        for o in options[:3]
        if o["certainty"] >= 0.05
    ]


def _near(lng: float | None, lat: float | None, found: Understood | None, viewer: Viewer) -> list[nearby.Near]:
    if lng is None or lat is None:
        return []
    category = found.category[:3] if found and found.category else ""
    return nearby.near(lng, lat, viewer.scope, metres=200, category=category, most=5)


def _earlier(phone: str, viewer: Viewer) -> tuple[Line, ...]:
    """What the same phone reported before (同一来电)."""
    digits = "".join(c for c in phone if c.isdigit())
    if len(digits) < 7 or not wanted(digits).ids:
        return ()
    return lists.page(Filters(words=digits), viewer.scope, sort="new", size=5).lines

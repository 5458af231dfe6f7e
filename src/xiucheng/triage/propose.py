"""What the platform makes of a case (分诊建议): what, which condition, where, whose, how urgent; how sure and why."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from xiucheng.city import queries
from xiucheng.city.registers import registers
from xiucheng.rules.workflow import PROBLEMS
from xiucheng.triage import because, kinds, similar, standards, watch, whose
from xiucheng.triage.gazetteer import SURE, gazetteer, somewhere
from xiucheng.triage.model import NOT_OURS, Model

UNDERSTOOD: Final = 0.45
BEST: Final = 3
CHOSEN: Final = 0.97
FAR: Final = 800.0
"""Metres between pin and words from which people look at both: big compounds, parks and long roads are wide."""
DIFFERS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as triage reads it; `words` is what the resident wrote, `category` what he chose himself, `keys` what he can be known by."""

    id: int
    kind: str
    words: str
    summary: str
    place: str
    lng: float | None
    lat: float | None
    outside: bool
    component: str
    category: str
    training: bool
    keys: Sequence[bytes | None]
    state: str = "to_register"
    pictured: bool = True


@dataclass(frozen=True, slots=True)
class Where:
    """The place that was understood: `how` says from what (pin, component, or a way of the gazetteer).

    `other` is what the words say instead, so many metres from the pin.
    """

    certainty: float
    how: str
    said: str = ""
    areas: queries.Place = field(default_factory=queries.Place)
    lng: float | None = None
    lat: float | None = None
    other: str = ""
    metres: float = 0.0


@dataclass(frozen=True, slots=True)
class Understood:
    """The whole proposal before it is written."""

    category: str
    standard: int | None
    unit: int | None
    urgency: int
    certainty: float
    where: Where
    kind: str
    flags: tuple[str, ...]
    alternatives: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    similar: list[similar.Like]
    understood: bool


def propose(matter: Matter, model: Model, now: dt.datetime) -> Understood:
    """Read one case. No case is written here."""
    text = f"{matter.words}\n{matter.place}".strip()
    seen = watch.look(text)
    where = _where(matter)
    ranked = _what(matter, model)
    kind, kind_sure = kinds.guess(matter.words)
    other = seen.whose is not None and (not ranked or ranked[0][1] < UNDERSTOOD)
    options = [_option(code, sure, text, where, matter.component) for code, sure in ranked]
    best = options[0] if options else None
    clear = kind in PROBLEMS or matter.kind not in PROBLEMS
    sure = (best["certainty"] * (1.0 if clear else 1.0 - kind_sure)) if best and not other else 0.0
    category = best["category"] if best and best["certainty"] >= UNDERSTOOD / 2 and not other else ""
    point = (where.lng, where.lat) if where.lng is not None and where.lat is not None else None
    alike = similar.same(
        matter.id,
        matter.summary,
        category,
        point,
        now,
        training=matter.training,
        keys=matter.keys,
        pictured=matter.pictured,
    )
    return Understood(
        category=category,
        standard=best["standard"] if best and category else None,
        unit=best["unit"] if best and category else None,
        urgency=seen.urgency,
        certainty=round(sure, 4),
        where=where,
        kind=kind,
        flags=seen.flags,
        alternatives=options,
        reasons=_reasons(matter, model, seen, where, best, kind, other),
        similar=alike,
        understood=bool(best and best["certainty"] >= UNDERSTOOD and not other),
    )


def _what(matter: Matter, model: Model) -> list[tuple[str, float]]:
    """The likeliest minor categories. What the resident chose himself from the menu counts first."""
    known = registers().categories
    words = gazetteer().without_names(matter.words)
    chances = model.reads(words) if words.strip() else None
    ranked: list[tuple[str, float]] = []
    if chances is not None:
        order = chances.argsort()[::-1][: BEST + 2]
        ranked = [(model.classes[i], float(chances[i])) for i in order if model.classes[i] in known]
        if NOT_OURS in model.classes and int(order[0]) == model.classes.index(NOT_OURS) and not matter.category:
            ranked = [(code, min(sure, UNDERSTOOD - 0.01)) for code, sure in ranked]
    if len(matter.category) == 5 and matter.category in known:
        agreed = any(code == matter.category and sure > 0.1 for code, sure in ranked)
        ranked = [p for p in ranked if p[0] != matter.category]
        ranked.insert(0, (matter.category, CHOSEN if agreed or not matter.words else UNDERSTOOD + 0.1))
    return ranked[:BEST]


def _option(code: str, sure: float, text: str, where: Where, component: str) -> dict[str, Any]:
    standard, fits = standards.fitting(code, text)
    units = whose.choose(code, where.areas if where.areas.inside else None, component)
    best = units[0] if units else None
    return {
        "category": code,
        "certainty": round(sure, 4),
        "standard": standard,
        "standard_certainty": fits,
        "unit": best.unit.id if best else None,
        "unit_certainty": best.certainty if best else 0.0,
        "unit_reasons": list(best.reasons) if best else [],
        "unit_reasons_en": list(best.reasons_en) if best else [],
        "everywhere": _everywhere(code, best.unit.id) if best else False,
    }


def _everywhere(code: str, unit: int) -> bool:
    """Whether the same unit has this category in the whole district, so that the place does not matter for whose it is."""
    anywhere = queries.unit_for(code, None)
    known = queries.ground().duties
    local = any(duty.area for n in (5, 3, 1) for duty in known.get(code[:n], ()))
    return bool(anywhere) and anywhere[0].unit.id == unit and not local


def _where(matter: Matter) -> Where:
    """A pin beats what the words say."""
    if matter.lng is not None and matter.lat is not None:
        sure = 0.2 if matter.outside else 1.0
        how = "component" if matter.component else "pin"
        other, metres = _elsewhere(matter, matter.lng, matter.lat)
        sure = min(sure, DIFFERS) if other else sure
        areas = queries.locate(matter.lng, matter.lat)
        return Where(sure, how, matter.place, areas, matter.lng, matter.lat, other, metres)
    names = gazetteer()
    found = names.find(matter.place) if matter.place else None
    found = (
        found if found and found.certainty >= SURE["spot"] else names.find(f"{matter.place} {matter.words}") or found
    )
    if found is not None:
        return Where(found.certainty, found.how, found.said, found.place, found.lng, found.lat)
    named = matter.place or somewhere(matter.words)
    return Where(SURE["named"], "named", named) if named else Where(0.0, "")


def _elsewhere(matter: Matter, lng: float, lat: float) -> tuple[str, float]:
    """A place that the words surely name far from the pin, and how far; empty where they agree or say nothing exact."""
    found = gazetteer().find(f"{matter.place} {matter.words}")
    if found is None or found.lng is None or found.lat is None or found.certainty < SURE["number"]:
        return "", 0.0
    wide = (found.lng - lng) * math.cos(math.radians(lat))
    metres = math.hypot(wide, found.lat - lat) * queries.METRES_PER_DEGREE
    return (found.said, metres) if metres > FAR else ("", 0.0)


def _reasons(
    matter: Matter, model: Model, seen: watch.Seen, where: Where, best: dict[str, Any] | None, kind: str, other: bool
) -> list[dict[str, Any]]:
    """Why: one entry a field, with the words that speak for it."""
    found: list[dict[str, Any]] = []
    if best is not None and not other:
        code = best["category"]
        if matter.category == code:
            found.append(because.chosen(code))
        elif code in model.classes and best["certainty"] >= UNDERSTOOD / 2:
            words = model.because(gazetteer().without_names(matter.words), code)
            found.append(because.words_like(code, words, best["certainty"]))
        found.append(because.whose_duty(best["unit_reasons"], best["unit_reasons_en"]))
    if where.how:
        found.append(because.place(where.how, where.said, where.lng, where.lat))
    if where.other:
        found.append(because.elsewhere(where.other, where.metres))
    if seen.urgency:
        found.append(because.urgent(seen.words.get("danger", []) or seen.words.get("self_harm", [])))
    found += [because.flagged(flag, seen.words[flag]) for flag in seen.flags]
    if other and seen.whose is not None:
        found.append(because.not_ours(seen.words["not_ours"], seen.whose.unit, seen.whose.reach))
    if kind != matter.kind:
        found.append(because.other_kind(kind))
    return [entry for entry in found if entry]

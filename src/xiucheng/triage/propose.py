"""What the platform makes of a case (分诊建议): what, which condition, where, whose, how urgent; how sure and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from xiucheng.city import queries
from xiucheng.city.registers import registers
from xiucheng.rules.masking import mask
from xiucheng.rules.workflow import PROBLEMS
from xiucheng.triage import because, kinds, similar, standards, watch, whose
from xiucheng.triage.gazetteer import SURE, Found, gazetteer, somewhere
from xiucheng.triage.model import NOT_OURS, Model

UNDERSTOOD: Final = 0.45
BEST: Final = 3
CHOSEN: Final = 0.97
FAR: Final = 800.0
"""Metres between pin and words from which people look at both: big compounds, parks and long roads are wide."""
DIFFERS: Final = 0.5
PAST: Final = 0.5
"""Who says that danger is denied or mended may want nothing mended: people look."""
CLEAR, FITS = 0.6, 0.75
"""How sure category and condition must be before a condition that speaks of danger makes it urgent."""


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

    `other` is what the words say instead, so many metres from the pin; without a pin, a second place that they name.
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
    theirs = seen.whose is not None and (not ranked or ranked[0][1] < UNDERSTOOD)
    other = theirs and seen.urgency < 2
    options = [_option(code, sure, text, where, matter.component) for code, sure in ranked]
    best = options[0] if options else None
    condition = _dangerous_condition(best) if not other and seen.urgency < 2 else ""
    clear = kind in PROBLEMS or matter.kind not in PROBLEMS
    sure = (best["certainty"] * (1.0 if clear else 1.0 - kind_sure)) if best and not other else 0.0
    sure *= PAST if seen.past else 1.0
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
        urgency=2 if condition else seen.urgency,
        certainty=round(sure, 4),
        where=where,
        kind=kind,
        flags=seen.flags,
        alternatives=options,
        reasons=[
            *_reasons(matter, model, seen, where, best, kind, other=other, theirs=theirs),
            *([because.urgent_condition(condition)] if condition else []),
        ],
        similar=alike,
        understood=bool(best and best["certainty"] >= UNDERSTOOD and not other),
    )


def _what(matter: Matter, model: Model) -> list[tuple[str, float]]:
    """The likeliest minor categories. What the resident chose himself from the menu counts first."""
    known = registers().categories
    words = kinds.without_courtesy(gazetteer().without_names(matter.words))
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


def _dangerous_condition(best: dict[str, Any] | None) -> str:
    """The filing condition that surely fits and itself speaks of danger (人车有跌落危险), if there is one."""
    if best is None or best["certainty"] < CLEAR or best["standard_certainty"] < FITS:
        return ""
    said = next((text for key, text, _ in standards.of_category(best["category"]) if key == best["standard"]), "")
    return said if watch.look(said).urgency >= 2 else ""


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
    found = _said(matter)
    if found is not None:
        return Where(found.certainty, found.how, found.said, found.place, found.lng, found.lat, found.other)
    named = mask(matter.place or somewhere(matter.words))
    return Where(SURE["named"], "named", named) if named else Where(0.0, "")


def _said(matter: Matter) -> Found | None:
    """An exact place that was given as the place counts before what the words say; where they differ much, both are told."""
    names = gazetteer()
    given = names.find(matter.place) if matter.place else None
    if given is None or given.certainty < SURE["number"]:
        return names.find(f"{matter.place} {matter.words}") or given
    words = (
        names.nearest(matter.words, given.lng, given.lat) if given.lng is not None and given.lat is not None else None
    )
    if words is None or words[0] <= FAR:
        return given
    return replace(given, certainty=DIFFERS, other=words[1])


def _elsewhere(matter: Matter, lng: float, lat: float) -> tuple[str, float]:
    """A place or road that the words name far from the pin, and how far; empty where one agrees or none is named."""
    found = gazetteer().nearest(f"{matter.place} {matter.words}", lng, lat)
    return (found[1], found[0]) if found is not None and found[0] > FAR else ("", 0.0)


def _reasons(
    matter: Matter,
    model: Model,
    seen: watch.Seen,
    where: Where,
    best: dict[str, Any] | None,
    kind: str,
    *,
    other: bool,
    theirs: bool,
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
        pinned = where.metres > 0
        found.append(
            because.elsewhere(where.other, where.metres) if pinned else because.two_places(where.said, where.other)
        )
    if seen.urgency:
        found.append(because.urgent(seen.words.get("danger", []) or seen.words.get("self_harm", [])))
    if seen.past:
        found.append(because.past(seen.past))
    found += [because.flagged(flag, seen.words[flag]) for flag in seen.flags]
    if theirs and seen.whose is not None:
        found.append(because.not_ours(seen.words["not_ours"], seen.whose.unit, seen.whose.reach))
    if kind != matter.kind:
        found.append(because.other_kind(kind))
    return [entry for entry in found if entry]

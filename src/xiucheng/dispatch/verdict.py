"""May the platform file and dispatch by itself? (智能派单): what, where and whose must each be certain enough. Pure.

Thresholds are settings: `straight_through` (what), `straight_through_place` (where), `straight_through_unit` (whose),
`merge_above` (attach to an earlier case of the same reporter or picture), `merge_ask` (show it to an operator first).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.rules.workflow import PROBLEMS

DEFAULTS: Final[dict[str, float]] = {
    "straight_through": 0.9,
    "straight_through_place": 0.6,
    "straight_through_unit": 0.6,
    "merge_above": 0.98,
    "merge_ask": 0.7,
}
VAGUE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of the case and its proposal."""

    state: str
    kind: str
    outside: bool
    has_place: bool
    has_point: bool
    urgency: int
    flags: tuple[str, ...]
    category: str
    standard: int | None
    unit: int | None
    certainty: float
    place_certainty: float
    alternatives: tuple[Mapping[str, Any], ...]
    reasons: tuple[Mapping[str, Any], ...]
    similar: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`send`, `merge` (into `main`) or `desk`; why, how sure, and the forms of the acts."""

    go: str
    why: str
    certainty: float = 0.0
    main: int = 0
    place: Mapping[str, Any] | None = None


def verdict(case: Case, settings: Mapping[str, Any]) -> Verdict:
    """What to do with a report that triage has finished."""
    bar = {name: float(settings.get(name, usual)) for name, usual in DEFAULTS.items()}
    if case.state != "to_register":
        return Verdict("desk", "already_taken")
    twin = _twin(case, bar)
    if twin is not None:
        return twin
    hindrance = _hindrance(case, bar)
    if hindrance:
        return Verdict("desk", hindrance)
    best = case.alternatives[0]
    sure = min(case.certainty, case.place_certainty, _whose(best))
    return Verdict("send", "certain", round(sure, 4), place=_place(case))


def _twin(case: Case, bar: Mapping[str, float]) -> Verdict | None:
    """By itself only where the same person or the same picture says so; what is merely alike goes to an operator."""
    for like in case.similar:
        same = like["same_reporter"] or like["same_picture"]
        if same and like["certainty"] >= bar["merge_above"]:
            return Verdict("merge", "same_problem", float(like["certainty"]), main=int(like["case"]))
        if like["certainty"] >= bar["merge_ask"]:
            return Verdict("desk", "perhaps_the_same")
    return None


def _hindrance(case: Case, bar: Mapping[str, float]) -> str:
    if case.urgency >= 2 or case.flags:
        return "people_first"
    if case.kind not in PROBLEMS:
        return "no_problem"
    if not case.category or case.standard is None or case.unit is None or not case.alternatives:
        return "not_understood"
    best = case.alternatives[0]
    if case.certainty < bar["straight_through"] or float(best["standard_certainty"]) < VAGUE:
        return "what_unsure"
    if case.outside or case.place_certainty < bar["straight_through_place"]:
        return "where_unsure"
    return "whose_unsure" if _whose(best) < bar["straight_through_unit"] or _elsewhere(case, best) else ""


def _whose(best: Mapping[str, Any]) -> float:
    return float(best["unit_certainty"])


def _elsewhere(case: Case, best: Mapping[str, Any]) -> bool:
    """A place known by words only is enough where the same unit has the matter in the whole district."""
    placed = case.has_point or any(r.get("field") == "place" and r.get("lng") is not None for r in case.reasons)
    return not placed and not best["everywhere"]


def _place(case: Case) -> dict[str, Any]:
    """What the words told about the place, for the register; a pin is never overruled."""
    if case.has_point:
        return {}
    where = next((r for r in case.reasons if r.get("field") == "place"), {})
    found: dict[str, Any] = {}
    if where.get("lng") is not None:
        found |= {"lng": where["lng"], "lat": where["lat"]}
    if where.get("said") and not case.has_place:
        found["place"] = where["said"]
    return found

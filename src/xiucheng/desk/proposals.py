"""What the platform proposes for the next step (智能建议): the two best on buttons, its reasons in words, likely the same problem."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from xiucheng.cases.queries.case import Whole
from xiucheng.city import queries as city
from xiucheng.city.registers import registers
from xiucheng.desk import queries, words
from xiucheng.desk.access import Viewer
from xiucheng.desk.buttons import rows_for
from xiucheng.desk.queries import Proposal
from xiucheng.triage import same, whose

BEST: Final = 2
LIKELY: Final = 0.4
FAINT: Final = 0.05
"""A guess below this is none: it stands on no button."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A proposal that one click carries out: the act, its fields, the certainty in percent where one was given."""

    key: str
    text: str
    detail: str
    percent: int | None
    fields: dict[str, Any] = field(default_factory=dict)


def quick(found: Whole, viewer: Viewer, proposed: Proposal | None) -> list[Quick]:
    """The two best proposals for the act that comes next (两个最佳建议)."""
    able = {row.key for row in rows_for(found, viewer)}
    state = found.line.state
    if state == "to_register" and "register" in able and proposed is not None:
        return list(_registering(proposed))[:BEST]
    if state == "to_file" and "file" in able:
        return _filing(found, proposed)[:BEST]
    if state == "to_dispatch" and "dispatch" in able:
        return _dispatching(found, proposed)[:BEST]
    return []


def _percent(value: Any) -> int | None:
    return round(100 * float(value)) if value else None


def _registering(proposed: Proposal) -> Iterator[Quick]:
    """Register with the likeliest category."""
    options = [{"category": proposed.category, "certainty": proposed.certainty}, *proposed.alternatives]
    seen: set[str] = set()
    for one in options:
        code = str(one.get("category") or "")
        sure = one.get("certainty")
        if code in seen or code not in registers().categories or (sure is not None and float(sure) < FAINT):
            continue
        seen.add(code)
        text = _("%(act)s：%(what)s") % {"act": words.act("register"), "what": words.category(code)}
        detail = words.category(code, whole=True)
        yield Quick("register", text, detail, _percent(sure), {"category": code})


def _filing(found: Whole, proposed: Proposal | None) -> list[Quick]:
    """File under the condition that fits best, or under the next one."""
    code = found.line.category_id or (proposed.category if proposed else "")
    best = proposed.standard if proposed else None
    known = sorted(queries.conditions(code), key=lambda c: c.id != best) if code else []
    sure = (
        next((a.get("standard_certainty") for a in proposed.alternatives if a.get("category") == code), None)
        if proposed
        else None
    )
    return [
        Quick(
            "file",
            _("%(act)s：%(what)s") % {"act": words.act("file"), "what": one.filing},
            f"{words.category(one.category)} · {one.limit}",
            _percent(sure) if one.id == best else None,
            {"category": one.category, "standard": one.id},
        )
        for one in known
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likely:
    """A unit whose business the case may be, why, and whether it has returned it already."""

    unit: int
    certainty: float | None
    why: str
    returned: bool


def units(found: Whole, proposed: Proposal | None) -> list[Likely]:
    """The units whose business it is there, the best first; a unit that returned it comes last.

    What the platform proposed counts only for the category that it proposed it for: people may have put that right.
    """
    one = found.line
    place = city.locate(one.lng, one.lat) if one.lng is not None and one.lat is not None else None
    choices = whose.choose(one.category_id, place, found.row["component"]) if one.category_id else []
    ranked = [(c.unit.id, c.certainty, "；".join(c.reasons_en if words.english() else c.reasons)) for c in choices]
    if (
        proposed is not None
        and proposed.unit is not None
        and one.category_id in (None, "", proposed.category)
        and all(unit != proposed.unit for unit, _sure, _why in ranked)
    ):
        ranked.append((proposed.unit, proposed.certainty, ""))
    back = {
        int(entry.before["unit_id"]) for entry in found.history if entry.act == "return" and entry.before.get("unit_id")
    }
    back |= {one.unit_id} if one.returned and one.unit_id is not None else set()
    ranked.sort(key=lambda r: r[0] in back)
    return [Likely(unit, sure, why, unit in back) for unit, sure, why in ranked if unit in registers().units]


def _dispatching(found: Whole, proposed: Proposal | None) -> list[Quick]:
    """Send to the unit whose business it is there, or to the next one."""
    return [
        Quick(
            "dispatch",
            _("派给%(unit)s") % {"unit": words.unit(one.unit)},
            _("刚退回过") if one.returned else one.why or registers().units[one.unit].name,
            _percent(one.certainty),
            {"unit": one.unit},
        )
        for one in units(found, proposed)
    ]  # fmt: skip


def reasons(proposed: Proposal) -> list[str]:
    """Why the platform thinks so (依据), each in a sentence; triage has put the words that speak for it in."""
    found = []
    for one in proposed.reasons:
        if not isinstance(one, dict):
            found.append(str(one))
            continue
        text = str(one.get("en" if words.english() else "zh") or one.get("zh") or "")
        if text:
            found.append(text)
    return found


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that is likely the same problem (疑似同一问题)."""

    id: int
    number: str
    state: str
    category: str
    metres: float | None
    percent: int
    same_reporter: bool
    same_picture: bool
    like_picture: bool


def alike(case_id: int, proposed: Proposal | None) -> list[Alike]:
    """The likely same problems that triage found, the likeliest first; without those that a person said are not."""
    found = [one for one in (proposed.similar if proposed else []) if isinstance(one, dict)]
    if found:
        known = same.denied(case_id, (int(one["case"]) for one in found))
        found = [one for one in found if int(one["case"]) not in known]
    return [
        Alike(
            int(one["case"]), str(one["number"]), str(one["state"]), str(one.get("category") or ""), one.get("metres"),
            round(100 * float(one["certainty"])), bool(one.get("same_reporter")), bool(one.get("same_picture")),
            bool(one.get("like_picture")),
        )
        for one in found
        if float(one.get("certainty") or 0) >= LIKELY
    ][:3]  # fmt: skip

"""Which acts a case's page offers (按钮), derived from the law's table; and the platform's two best proposals on buttons."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from xiucheng.cases.queries.case import Whole
from xiucheng.city.registers import registers
from xiucheng.desk import queries, words
from xiucheng.desk.access import Viewer
from xiucheng.rules.workflow import Row, offers

FORWARD: Final = (
    "register", "answer", "consider", "refuse", "file", "send_verify", "decline", "dispatch", "sign", "feed_back",
    "assign", "return", "send_check", "close", "rework", "call_back", "reopen", "uphold", "resume", "grant", "agree",
)  # fmt: skip
QUIET: Final = frozenset({"void", "note", "supplement", "urge", "supervise", "merge", "unmerge", "claim", "transfer"})
ON_SITE: Final = frozenset({"verify", "check"})
BAD: Final = frozenset({"refuse", "decline", "void", "return", "rework"})


@dataclass(frozen=True, slots=True)
class Button:
    """One act on offer; `main` ones stand in the row, the others in the list of more."""

    key: str
    text: str
    main: bool
    tone: str
    number: int
    needs: bool


def offered(found: Whole, viewer: Viewer) -> list[Button]:
    """The acts on offer for this person now, the way forward first, numbered for the keyboard."""
    rows = [row for row in rows_for(found, viewer) if row.act not in ON_SITE or viewer.has("officer", "chief")]
    rows.sort(key=_order)
    return [_button(row, number) for number, row in enumerate(rows, 1)]


def rows_for(found: Whole, viewer: Viewer) -> list[Row]:
    """The rows of the table that fit state, post, unit and kind."""
    if viewer.holder.training != found.line.training:
        return []
    return [row for row in offers(found.snapshot, viewer.actor) if _fits(row, found)]


def _fits(row: Row, found: Whole) -> bool:
    """Leave out what the law would refuse for certain: the kind of report and what has been used up."""
    snapshot = found.snapshot
    problem = snapshot.kind in {"complaint", "help"}
    refused = {
        "problem": not problem,
        "second_track": problem or snapshot.kind == "praise",
        "answerable": snapshot.kind == "complaint",
        "was_overdue": not snapshot.overdue,
        "appeal_once": snapshot.appealed,
        "suspendable": snapshot.suspensions > 0,
        "extendable": snapshot.extensions > 1,
        "not_returned": snapshot.returned,
    }
    return not any(refused.get(guard, False) for guard in row.guards)


def _order(row: Row) -> tuple[int, int, str]:
    if row.step in {"grant", "agree", "deny"}:
        return 0, ("grant", "agree", "deny").index(row.step), row.act
    place = FORWARD.index(row.act) if row.act in FORWARD and not row.step else len(FORWARD)
    return (2 if row.act in QUIET else 1), place, row.act


def _button(row: Row, number: int) -> Button:
    quiet = row.act in QUIET or row.step == "ask"
    tone = "danger" if row.act in BAD or row.step == "deny" else "plain"
    if number == 1 and tone == "plain" and not quiet:
        tone = "primary"
    return Button(row.key, words.button(row), not quiet, tone, number, bool(row.needs))


@dataclass(frozen=True, slots=True)
class Quick:
    """A proposal that one click carries out: the act, its fields, the certainty in percent."""

    key: str
    text: str
    detail: str
    percent: int
    fields: dict[str, Any] = field(default_factory=dict)


def quick(found: Whole, viewer: Viewer, proposed: queries.Proposal | None) -> list[Quick]:
    """The two best proposals of the platform for the act that comes next (两个最佳建议)."""
    if proposed is None:
        return []
    able = {row.key for row in rows_for(found, viewer)}
    guesses = _guesses(proposed)
    if found.line.state == "to_register" and "register" in able:
        return [_registering(g) for g in guesses if g.get("category")][:2]
    if found.line.state == "to_file" and "file" in able:
        return [q for g in guesses if (q := _filing(g))][:2]
    if found.line.state == "to_dispatch" and "dispatch" in able:
        return _once([_dispatching(g) for g in guesses if g.get("unit") in registers().units])[:2]
    return []


def _guesses(proposed: queries.Proposal) -> list[dict[str, Any]]:
    """The proposal itself, then its alternatives; each with category, standard, unit and certainty."""
    best = {
        "category": proposed.category,
        "standard": proposed.standard,
        "unit": proposed.unit,
        "certainty": proposed.certainty,
    }
    others = [other for other in proposed.alternatives if isinstance(other, dict)]
    found: list[dict[str, Any]] = []
    for one in [best, *others]:
        named = {
            "category": str(one.get("category") or one.get("category_id") or ""),
            "standard": one.get("standard") or one.get("standard_id"),
            "unit": one.get("unit") or one.get("unit_id"),
            "certainty": float(one.get("certainty") or one.get("probability") or 0.0),
        }
        if all(named["category"] != known["category"] or named["unit"] != known["unit"] for known in found):
            found.append(named)
    return found


def _percent(guess: dict[str, Any]) -> int:
    return round(100 * float(guess["certainty"]))


def _registering(guess: dict[str, Any]) -> Quick:
    code = guess["category"]
    text = _("%(act)s：%(what)s") % {"act": words.act("register"), "what": words.category(code)}
    return Quick("register", text, words.category(code, whole=True), _percent(guess), {"category": code})


def _filing(guess: dict[str, Any]) -> Quick | None:
    standard = guess["standard"]
    known = registers().standards.get(int(standard)) if standard else None
    if known is None:
        choices = [s for s in registers().standards.values() if s.category == guess["category"]]
        known = choices[0] if choices else None
    chosen = queries.condition(known.id) if known else None
    if known is None or chosen is None:
        return None
    text = _("%(act)s：%(what)s") % {"act": words.act("file"), "what": words.category(known.category)}
    fields = {"category": known.category, "standard": known.id}
    return Quick("file", text, f"{chosen.filing} · {chosen.limit}", _percent(guess), fields)


def _dispatching(guess: dict[str, Any]) -> Quick:
    name = registers().units[int(guess["unit"])].name
    text = _("派给%(unit)s") % {"unit": words.unit(guess["unit"])}
    return Quick("dispatch", text, name, _percent(guess), {"unit": int(guess["unit"])})


def _once(several: list[Quick]) -> list[Quick]:
    found: dict[str, Quick] = {}
    for one in several:
        found.setdefault(str(one.fields), one)
    return list(found.values())


__all__ = ["Button", "Quick", "offered", "quick", "rows_for"]

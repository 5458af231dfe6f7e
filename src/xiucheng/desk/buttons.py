"""Which acts a case's page offers (按钮), derived from the law's table, the way forward first."""

from dataclasses import dataclass
from typing import Final

from xiucheng.cases.queries.case import Whole
from xiucheng.city import clock
from xiucheng.desk import words
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
    return [row for row in offers(found.snapshot, viewer.actor, clock.now()) if _fits(row, found)]


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
    if row.act == "sign" and snapshot.signed:
        return False
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

"""One act on many cases (批量办理): a form for what they share, then one after the other, each with its own result.

The browser asks for the next few until all are done; without scripts all are done in one go.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiucheng.cases import forms as reading
from xiucheng.cases.actions import act
from xiucheng.cases.queries.case import Whole, whole
from xiucheng.desk import forms, words
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.frame import page, piece, wants_piece
from xiucheng.desk.tabs import TABS
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, STATES, Row
from xiucheng.rules.workflow import find as find_row
from xiucheng.rules.workflow.needs import Need

MOST: Final = 100
AT_ONCE: Final = 5
ALLOWED: Final = frozenset(key for tab in TABS for key in tab.batch) | {"unmerge"}
UNDO: Final = {"merge": "unmerge"}
_OWN: Final = {"close": ("standard",), "register": ("category", "place"), "file": ("category", "standard", "place")}
"""Fields that each case answers for itself: its own standard, category and place."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case."""

    number: str
    good: bool
    text: str


@require_POST
@staff(*ALL_POSTS)
def batch(request: DeskRequest) -> HttpResponseBase:
    """Ask for what the chosen cases share (批量表单)."""
    numbers = list(dict.fromkeys(n[:24] for n in request.POST.getlist("case")))[:MOST]
    name = request.POST.get("act", "")
    if name not in ALLOWED:
        raise Refused("unknown_act", act=name)
    if not numbers:
        raise Refused("missing", field="案件")
    first = whole(numbers[0], request.viewer.scope)
    row = find_row(name, "", first.line.state) if first else None
    if first is None or row is None:
        raise Refused("wrong_state", state=STATES[first.line.state] if first else "", act=ACTS[name])
    shared = [need for need in row.needs if need.name not in _OWN.get(name, ()) and need.kind != "picture"]
    facts = {
        "numbers": numbers, "name": name, "title": words.act(name), "fields": _fields(shared, row, first, request),
        "key": forms.new_key(), "row": row, "line": first.line, "act": row,
    }  # fmt: skip
    return _answer(request, "batch.html", facts)


def _fields(shared: list[Need], row: Row, first: Whole, request: DeskRequest) -> list[forms.Field]:
    return [field for field in forms.fields(row, first, request.viewer, {}) if field.name in {n.name for n in shared}]


@require_POST
@staff(*ALL_POSTS)
def run(request: DeskRequest) -> HttpResponseBase:
    """Do the next few (逐件办理)."""
    name = request.POST.get("act", "")
    if name not in ALLOWED:
        raise Refused("unknown_act", act=name)
    numbers = list(dict.fromkeys(n[:24] for n in request.POST.getlist("case")))[:MOST]
    given = {k: request.POST.getlist(k) if k == "helpers" else request.POST.get(k, "") for k in request.POST}
    few = AT_ONCE if wants_piece(request) else MOST
    done = _earlier(request) + [_one(request, number, name, given) for number in numbers[:few]]
    total = int(request.POST.get("total", "0") or 0) or len(numbers)
    rest = numbers[few:]
    facts: dict[str, Any] = {
        "results": done, "rest": rest, "name": name, "title": words.act(name), "total": total, "key": given.get("key"),
        "finished": total - len(rest), "undo": UNDO.get(name) if any(r.good for r in done) else "",
        "carried": {k: v for k, v in given.items() if k not in {"case", "total", "done", "csrfmiddlewaretoken"}},
    }  # fmt: skip
    answer = _answer(request, "batch_done.html", facts)
    if not rest:
        answer.headers["HX-Trigger"] = "xc:acted"
    return answer


def _earlier(request: DeskRequest) -> list[Result]:
    """What the parts before this one did, as the page carried it along."""
    rows = [text.split("|", 2) for text in request.POST.getlist("done")[:MOST]]
    return [Result(row[1][:24], row[0] == "1", row[2][:200]) for row in rows if len(row) == 3]


def _answer(request: DeskRequest, template: str, facts: dict[str, Any]) -> HttpResponse:
    if wants_piece(request):
        return piece(request, template, facts)
    return page(request, "batch_page.html", {**facts, "inner": f"desk/{template}"})


def _one(request: DeskRequest, number: str, name: str, given: dict[str, Any]) -> Result:
    found = whole(number, request.viewer.scope)
    if found is None:
        return Result(number, False, _("找不到这个案件"))
    row = find_row(name, "", found.line.state)
    try:
        if row is None:
            raise Refused("wrong_state", state=STATES[found.line.state], act=ACTS[name])
        own = {"standard": found.row["standard_id"], "category": found.line.category_id}
        mine = {field: own[field] for field in _OWN.get(name, ()) if own.get(field)}
        filled = reading.read(row, {**given, **mine})
        key = f"{given.get('key', '')}:{found.line.id}"[:80]
        outcome = act(found.line.id, name, request.viewer.actor, filled, version=found.line.version, key=key)
    except Refused as refusal:
        return Result(number, False, said(refusal))
    return Result(number, True, words.state(outcome.state))

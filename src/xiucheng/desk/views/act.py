"""Acts on a case (操作): the form, and what happens when it is sent. What was typed is never lost."""

import unicodedata
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xiucheng.cases import forms as reading
from xiucheng.cases.actions import Outcome, act
from xiucheng.cases.queries.case import Whole, whole
from xiucheng.cases.queries.case import find as find_case
from xiucheng.cases.queries.search import by_number
from xiucheng.desk import buttons, forms, words
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.frame import page, piece, wants_piece
from xiucheng.desk.views.case import facts_of, longer
from xiucheng.pages import uploads
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, ROWS, STATES, Row
from xiucheng.rules.workflow import find as find_row

SEVERAL = frozenset({"helpers"})


@require_safe
@staff(*ALL_POSTS)
def form(request: DeskRequest, number: str, key: str) -> HttpResponseBase:
    """The form of one act, beside the case it is about."""
    found = _found(request, number)
    row = _row(found, key)
    facts = _form_facts(request, found, row, typed(request.GET))
    if wants_piece(request):
        return piece(request, "act.html", facts)
    return page(request, "case_page.html", {**facts_of(request, number), "asked": facts})


@require_POST
@staff(*ALL_POSTS)
def carry_out(request: DeskRequest, number: str, key: str) -> HttpResponseBase:
    """Do it (提交): on success the case as it is now, on refusal the same with the sentence and what was typed."""
    found = _found(request, number)
    given = typed(request.POST)
    try:
        outcome = _carry_out(request, found, key, given)
    except Refused as refusal:
        return _refused(request, number, key, given, refusal)
    if not wants_piece(request):
        return HttpResponseRedirect(reverse("desk:case", args=[number]))
    facts = facts_of(request, number) or {"gone": True, "number": number, "state": outcome.state}
    answer = piece(request, "case.html", {**facts, "done": words.act(*_name(key)), "outcome": outcome})
    answer.headers["HX-Trigger"] = "xc:acted"
    return answer


def _name(key: str) -> tuple[str, str]:
    name, _, step = key.partition(".")
    return name, step


def _carry_out(request: DeskRequest, found: Whole, key: str, given: dict[str, Any]) -> Outcome:
    name, step = _name(key)
    if name not in ACTS or name in {"submit", "import"}:
        raise Refused("unknown_act", act=name)
    row = find_row(name, step, found.line.state) or _any_row(name, step)
    if any(need.kind == "picture" for need in row.needs) or name == "note":
        given = {**given, "pictures": uploads.taken(request, most=6)}
    if given.get("main_number"):
        given = {**given, "main": _numbered(request, str(given["main_number"]))}
    filled = reading.read(row, given)
    sent = str(given.get("key") or "")[:80] or None
    return act(found.line.id, name, request.viewer.actor, filled, step=step, version=_seen(given), key=sent)


def _numbered(request: DeskRequest, said: str) -> int:
    """The case that a number means, whole or its last digits as the list shows them; never an id. Raises `Refused`."""
    digits = "".join(unicodedata.normalize("NFKC", said).split())
    found = [one for one in by_number(digits) if find_case(one, request.viewer.scope)] if digits.isdecimal() else []
    if len(found) != 1:
        raise Refused("case_unknown")
    return found[0]


def _any_row(name: str, step: str) -> Row:
    """A row of this act whatever the state: the gateway must see a second sending to give the first answer again."""
    row = next((row for row in ROWS if (row.act, row.step) == (name, step)), None)
    if row is None:
        raise Refused("unknown_act", act=name)
    return row


def _seen(given: dict[str, Any]) -> int | None:
    """The version of the case that the person saw."""
    text = str(given.get("version") or "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def typed(given: Any) -> dict[str, Any]:
    """What a form holds, lists for fields that may hold several values."""
    found = {name: given.getlist(name) if name in SEVERAL else given.get(name, "") for name in given}
    if found.get("main_number"):
        found["main"] = found["main_number"]
    return found


def _refused(request: DeskRequest, number: str, key: str, given: dict[str, Any], refusal: Refused) -> HttpResponseBase:
    """The case as it is now, the sentence, and the form again with everything that was typed."""
    facts = facts_of(request, number)
    if not facts:
        raise refusal
    name, step = _name(key)
    found: Whole = facts["case"]
    row = find_row(name, step, found.line.state)
    offered = {one.key for one in facts["offers"]}
    asked = _form_facts(request, found, row, given) if row is not None and row.key in offered else None
    lost = (
        [text for field in ("words", "reason", "whose") if (text := str(given.get(field) or ""))] if not asked else []
    )
    facts |= {"refusal_text": said(refusal), "asked": asked, "lost": lost}
    if not wants_piece(request):
        return page(request, "case_page.html", facts, status=refusal.status)
    answer = piece(request, "case.html", facts, status=refusal.status)
    answer.headers["X-Refused"] = refusal.code
    return answer


def _found(request: DeskRequest, number: str) -> Whole:
    found = whole(number[:24], request.viewer.scope)
    if found is None:
        raise Http404
    return found


def _row(found: Whole, key: str) -> Row:
    name, step = _name(key)
    if name not in ACTS:
        raise Http404
    row = find_row(name, step, found.line.state)
    if row is None:
        raise Refused("wrong_state", state=STATES[found.line.state], act=ACTS[name])
    return row


def _form_facts(request: DeskRequest, found: Whole, row: Row, given: dict[str, Any]) -> dict[str, Any]:
    if row.key not in {one.key for one in buttons.offered(found, request.viewer)}:
        raise Refused("not_allowed", act=ACTS[row.act])
    return {
        "case": found,
        "line": found.line,
        "act": row,
        "title": words.button(row),
        "fields": forms.fields(row, found, request.viewer, given),
        "key": str(given.get("key") or "") or forms.new_key(),
        "version": found.line.version,
        "until": longer(found) if row.act == "extend" and row.step != "deny" else None,
    }

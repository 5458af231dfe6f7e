"""The case (案件): its page, its pane beside the list, its print, and the look at what is masked."""

import datetime as dt
from typing import Any

import orjson
from django.http import Http404
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xiucheng.audit import vault
from xiucheng.audit.actions import record_look
from xiucheng.cases.queries import nearby
from xiucheng.cases.queries.case import Said, Whole, find, whole
from xiucheng.channels.hotline import queries as hotline
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock, registers
from xiucheng.desk import buttons, forms, proposals, queries, timeline
from xiucheng.desk.access import ALL_POSTS, DeskRequest, Viewer, staff
from xiucheng.desk.frame import page, piece, wants_piece
from xiucheng.desk.points import features
from xiucheng.rules.masking import mask, mask_name, mask_phone
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import extended
from xiucheng.triage import same


@require_safe
@staff(*ALL_POSTS)
def case(request: DeskRequest, number: str) -> HttpResponseBase:
    """One case: the pane for htmx, else a page of its own."""
    facts = facts_of(request, number)
    if not facts:
        raise Http404
    if wants_piece(request):
        return piece(request, "case.html", facts)
    return page(request, "case_page.html", facts)


@require_safe
@staff(*ALL_POSTS)
def sheet(request: DeskRequest, number: str) -> HttpResponseBase:
    """The case for paper (案件单)."""
    facts = facts_of(request, number)
    if not facts:
        raise Http404
    clocks = facts["case"].clocks
    facts["handling"] = next((one for one in reversed(clocks) if one.kind == "handling"), None)
    return page(request, "sheet.html", facts)


@require_POST
@staff(*ALL_POSTS)
def look(request: DeskRequest, number: str, report: int) -> HttpResponseBase:
    """Show the words and contact of one report in clear (查看反映人信息): a reason is asked and the look recorded."""
    found = _loaded(request, number)
    said = next((one for one in found.reports if one.id == report), None)
    if said is None:
        raise Http404
    if not may_look(request.viewer, found, said):
        raise Refused("no_post")
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused("missing", field="查看原因")
    field = "words,contact" if request.viewer.sees_reporters else "contact"
    record_look(
        account_id=request.viewer.id, subject_kind="report", subject_key=str(said.id), field=field, reason=reason
    )
    return piece(request, "reporter.html", {"report": _in_clear(said, request.viewer), "line": found.line})


@require_POST
@staff(*ALL_POSTS)
def not_same(request: DeskRequest, number: str, other: int) -> HttpResponseBase:
    """A likely same case is not (不是同一个): it leaves the list, and triage learns from it. Only for who may merge."""
    facts = facts_of(request, number)
    if not facts:
        raise Http404
    if not any(one.key == "merge" for one in facts["offers"]):
        raise Refused("no_post")
    if any(one.id == other for one in facts["alike"]):
        same.deny(facts["line"].id, other, request.viewer.id)
        facts = facts_of(request, number)
    if wants_piece(request):
        return piece(request, "case.html", facts)
    return HttpResponseRedirect(reverse("desk:case", args=[number]))


def may_look(viewer: Viewer, found: Whole, said: Said) -> bool:
    """The centre may; the handling unit only where the reporter allowed it."""
    if viewer.sees_reporters:
        return True
    mine = viewer.holder.unit is not None and found.line.unit_id == viewer.holder.unit
    return mine and said.share_contact and viewer.has("unit", "handler")


def longer(found: Whole) -> dt.datetime | None:
    """The deadline that the case gets if its unit is given more time now."""
    return extended(found.snapshot, registers.registers().law, clock.now())


def _loaded(request: DeskRequest, number: str) -> Whole:
    found = whole(number[:24], request.viewer.scope)
    if found is None:
        raise Http404
    return found


def facts_of(request: DeskRequest, number: str) -> dict[str, Any]:
    """Everything the case's pane shows; empty when it may not be seen. At most eleven statements."""
    found = whole(number[:24], request.viewer.scope)
    if found is None:
        return {}
    one, viewer = found.line, request.viewer
    proposed = queries.proposal(one.id) if viewer.holder.centre else None
    near = _near(found, viewer)
    offered = buttons.offered(found, viewer)
    entries = timeline.told(found)
    return {
        "case": found,
        "line": one,
        "row": found.row,
        "now": clock.now(),
        "condition": queries.condition(found.row["standard_id"]),
        "offers": offered,
        "quick": proposals.quick(found, viewer, proposed),
        "proposal": proposed,
        "reasons": proposals.reasons(proposed) if proposed else [],
        "alike": proposals.alike(one.id, proposed) if any(one.key == "merge" for one in offered) else [],
        "main": find(one.main_case_id, viewer.scope) if one.main_case_id else None,
        "near": near,
        "told": queries.told(one.id, one.opened_at) if viewer.holder.centre else [],
        "reports": [_masked(said, viewer, found) for said in found.reports],
        "shots": shots(found),
        "calls": _calls(found, viewer),
        "entries": entries,
        "back": timeline.came_back(entries),
        "people": queries.names([one.handler_id]),
        "features": features([one]),
        "new_key": forms.new_key,
        "extended": longer(found) if one.ask and one.ask["kind"] == "extend" else None,
    }


def _near(found: Whole, viewer: Viewer) -> list[nearby.Near]:
    one = found.line
    if one.lng is None or one.lat is None or not viewer.holder.centre:
        return []
    return nearby.near(one.lng, one.lat, viewer.scope, metres=300, but=one.id, most=8)


def _calls(found: Whole, viewer: Viewer) -> list[Call]:
    """The calls in which it was reported (通话与录音), for those who may listen; asked only where somebody telephoned."""
    spoken = {said.case_id for said in found.reports if said.channel == "hotline"}
    return hotline.of_cases(spoken) if spoken and viewer.has("operator", "shift_leader") else []


def shots(found: Whole) -> dict[str, list[Any]]:
    """The pictures, before and after (处置前后): what the report and the check before filing show, then what was done."""
    after = {"after", "check"}
    return {
        "before": [p for p in found.pictures if p.stage not in after],
        "after": [p for p in found.pictures if p.stage in after],
    }


def _contact(said: Said) -> dict[str, str]:
    if not said.contact_sealed:
        return {}
    given = orjson.loads(vault.unseal(said.contact_sealed))
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}


def _masked(said: Said, viewer: Viewer, found: Whole) -> dict[str, Any]:
    """A report as the page shows it before anybody gave a reason: words with personal data hidden, contact by its outline."""
    contact = _contact(said) if viewer.sees_reporters or said.share_contact else {}
    mail = contact.get("email", "")
    return {
        "said": said,
        "words": mask(vault.unseal(said.words_sealed)) if viewer.holder.centre else "",
        "name": mask_name(contact.get("name", "")),
        "phone": mask_phone(contact["phone"]) if contact.get("phone") else "",
        "email": f"{mail[:1]}***{mail[mail.find('@') :]}" if "@" in mail else "",
        "may_look": bool(contact) and may_look(viewer, found, said),
        "opened": False,
    }


def _in_clear(said: Said, viewer: Viewer) -> dict[str, Any]:
    contact = _contact(said)
    words = vault.unseal(said.words_sealed) if viewer.sees_reporters else ""
    names = {name: contact.get(name, "") for name in ("name", "phone", "email")}
    return {"said": said, "words": words, "may_look": False, "opened": True, **names}

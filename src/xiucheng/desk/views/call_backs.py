"""Call-backs (回访): who reported by telephone is asked for his verdict there; the look at his number is recorded."""

from typing import Any, Final

import orjson
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xiucheng.audit import vault
from xiucheng.audit.actions import record_look
from xiucheng.cases.actions import act
from xiucheng.cases.actions.pass_on import passed_on
from xiucheng.cases.actions.tasks import SPOKEN, TRIES
from xiucheng.cases.queries.call_backs import Call, calls, done_since
from xiucheng.cases.queries.case import Whole, whole
from xiucheng.cases.queries.pass_on import passings
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.desk import forms
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.desk.views.case import shots
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask_name, mask_phone
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow.needs import RATING, REACHED

POSTS: Final = ("operator", "shift_leader")


@require_safe
@staff(*POSTS)
def call_backs(request: DeskRequest) -> HttpResponseBase:
    """Whom to call, those due first; and how today went."""
    now = clock.now()
    midnight = now.astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    reached, missed, mean = done_since(midnight)
    facts = {
        "calls": calls(request.viewer.scope),
        "reached": reached,
        "missed": missed,
        "mean": mean,
        "now": now,
        "most": _most(),
        "passings": passings(request.viewer.scope),
    }
    return page(request, "duty/call_backs.html", facts, active="desk:call_backs")


@require_POST
@staff(*POSTS)
def pass_on(request: DeskRequest, task: int) -> HttpResponseBase:
    """The body was rung up (已转告); who ticks a second time finds it done."""
    if not any(one.id == task for one in passings(request.viewer.scope)):
        raise Http404
    passed_on(task, account_id=request.viewer.id)
    return HttpResponseRedirect(reverse("desk:call_backs"))


def _most() -> int:
    return int(registers().settings.get("call_back_tries", TRIES))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*POSTS)
def call(request: DeskRequest, task: int) -> HttpResponseBase:
    """One call: what was done, whom to ring, what he says. Opening the number is a look with the reason 回访."""
    found = next(iter(calls(request.viewer.scope, task)), None)
    case = whole(found.case_id, request.viewer.scope) if found else None
    if found is None or case is None:
        if request.method == "POST":
            return HttpResponseRedirect(reverse("desk:call_backs"))
        raise Http404
    opened, refusal = request.POST.get("what") == "look", None
    if request.method == "POST" and not opened:
        try:
            _write_down(request, found)
            messages.success(request, _("已记下：%(number)s") % {"number": found.number})
            return HttpResponseRedirect(reverse("desk:call_backs"))
        except Refused as wrong:
            refusal = wrong
    contacts = _contacts(request, case, opened)
    facts = {
        "call": found, "case": case, "line": case.line, "shots": shots(case), "contacts": contacts, "opened": opened,
        "refusal": refusal, "typed": request.POST, "results": REACHED.choices, "ratings": RATING.choices,
        "key": forms.new_key(), "most": _most(), "now": clock.now(),
    }  # fmt: skip
    return page(request, "duty/call.html", facts, active="desk:call_backs", status=refusal.status if refusal else 200)


def _write_down(request: DeskRequest, found: Call) -> None:
    given = request.POST
    form = {name: given[name] for name in ("reached", "rating") if given.get(name)}
    if given.get("words"):
        form["words"] = legible(given["words"]).strip()
    if form.get("reached") == "reached" and "rating" not in form:
        raise Refused("missing", field="满意度")
    act(found.case_id, "call_back", request.viewer.actor, form, key=given.get("key"))


def _contacts(request: DeskRequest, case: Whole, opened: bool) -> list[dict[str, Any]]:
    """Who spoke to us about this case; numbers in clear only when asked for."""
    found = []
    for said in case.reports:
        contact = orjson.loads(vault.unseal(said.contact_sealed)) if said.contact_sealed else {}
        if said.channel not in SPOKEN or not contact.get("phone"):
            continue
        if opened:
            record_look(
                account_id=request.viewer.id,
                subject_kind="report",
                subject_key=str(said.id),
                field="contact",
                reason="回访",
            )
        name, phone = str(contact.get("name", "")), str(contact["phone"])
        found.append(
            {
                "name": name if opened else mask_name(name),
                "phone": phone if opened else mask_phone(phone),
                "at": said.said_at,
            }
        )
    return found

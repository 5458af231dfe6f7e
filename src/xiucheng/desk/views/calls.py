"""The call desk (话务台): what rings at one's seat, whom to call back, what nobody wrote down, one call."""

from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xiucheng.audit.actions import record_look
from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import calls as hotline
from xiucheng.channels.hotline.actions import desk as at_desk
from xiucheng.channels.hotline.models import Call, CallTask
from xiucheng.city import clock
from xiucheng.desk import calls as shown
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page, piece
from xiucheng.desk.queries import names
from xiucheng.rules.refusals import Refused

POSTS = ("operator", "shift_leader")


@require_safe
@staff(*POSTS)
def calls(request: DeskRequest) -> HttpResponseBase:
    """An operator sees his own calls and what he owes; the shift leader everybody's."""
    mine = None if request.viewer.has("shift_leader") else request.viewer.id
    newest = [shown.outline(one) for one in queries.newest(mine)]
    owed = [(task, shown.outline(task.call)) for task in queries.owed(mine)]
    facts = {
        "on": shown.on(),
        "seat": queries.seat_of(request.viewer.id),
        "owed": owed,
        "newest": newest,
        "people": names([one.call.account_id for one in newest] + [task.account_id for task, _one in owed]),
        "now": clock.now(),
        "results": shown.RESULTS,
        "outcomes": shown.OUTCOMES,
    }
    return page(request, "calls/list.html", facts, active="desk:calls")


@require_safe
@staff("operator")
def now(request: DeskRequest) -> HttpResponseBase:
    """What rings or is spoken at one's seat, for the bar above the page (来电弹屏)."""
    ringing = [shown.with_cases(one, request.viewer) for one in queries.ringing(request.viewer.id)]
    facts = {"ringing": ringing, "owed": len(queries.owed(request.viewer.id))}
    return piece(request, "calls/ringing.html", facts)


@require_POST
@staff("operator")
def seat(request: DeskRequest) -> HttpResponseBase:
    """Sit down at an extension, or stand up."""
    at_desk.sit(request.POST.get("extension", "")[:30], request.viewer.id)
    return HttpResponseRedirect(reverse("desk:calls"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*POSTS)
def call(request: DeskRequest, call: int) -> HttpResponseBase:
    """One call: who, when, what became of it. Opening the number is a look that is recorded."""
    found = queries.find(call)
    if found is None:
        raise Http404
    what, phone = request.POST.get("what", ""), ""
    if request.method == "POST":
        if what == "look":
            phone = _opened(request, found)
        else:
            _write_down(request, found, what)
            return HttpResponseRedirect(reverse("desk:calls"))
    task = found.tasks.filter(kind=CallTask.Kind.MISSED, done_at=None).first()
    facts = {
        "one": shown.with_cases(found, request.viewer),
        "phone": phone,
        "task": task,
        "people": names([found.account_id]),
        "cases": queries.cases_of(found),
        "outcomes": shown.OUTCOMES,
        "results": {key: shown.RESULTS[key] for key in shown.CALL_BACK_RESULTS},
    }
    return page(request, "calls/call.html", facts, active="desk:calls")


def _opened(request: DeskRequest, found: Call) -> str:
    """The number in clear, once there is a reason."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused("missing", field="查看原因")
    record_look(
        account_id=request.viewer.id, subject_kind="call", subject_key=str(found.pk), field="phone", reason=reason
    )
    return hotline.caller(found)


def _write_down(request: DeskRequest, found: Call, what: str) -> None:
    if what == "outcome":
        at_desk.wrap_up(found, request.POST.get("outcome", ""), request.viewer.id)
    elif what == "call_back":
        at_desk.call_back(found, request.POST.get("result", ""), request.viewer.id)
    else:
        raise Refused("bad_choice", field="操作")

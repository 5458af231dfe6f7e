"""Shift handover (交接班): what is open is gathered, the giver comments and signs, the taker reads and signs."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xiucheng.cases.queries import lists
from xiucheng.cases.queries.filters import Filters
from xiucheng.city import clock
from xiucheng.desk.access import WORKING, DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.desk.tabs import EVERY_OPEN
from xiucheng.people.actions.handover import hand_over, take_over
from xiucheng.people.models import Handover
from xiucheng.people.queries.duty import holders_of
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import STATES

MOST: Final = 40
SHOWN: Final = 30
_SOURCES: Final = (
    ("特别关注", Filters(states=EVERY_OPEN, flagged=True)),
    ("已超时限", Filters(states=EVERY_OPEN, late=True)),
    ("退单待派", Filters(states=("to_dispatch",), returned=True)),
    ("申请重办", Filters(states=("disputed",))),
    ("等审批", Filters(states=("to_dispatch", "handling"), ask_stage=1)),
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*WORKING)
def handovers(request: DeskRequest) -> HttpResponseBase:
    """What waits for my signature, what I hand over, what was handed over."""
    refusal = None
    if request.method == "POST":
        try:
            _give(request)
            messages.success(request, _("已交班，等接班人签字。"))
            return HttpResponseRedirect(reverse("desk:handovers"))
        except Refused as wrong:
            refusal = wrong
    facts = {**_facts(request), "refusal": refusal, "typed": request.POST}
    return page(
        request, "duty/handovers.html", facts, active="desk:handovers", status=refusal.status if refusal else 200
    )


def _open_items(request: DeskRequest) -> list[dict[str, Any]]:
    """Cases that the next shift must know of, each once, with the reason why."""
    found: dict[str, dict[str, Any]] = {}
    for why, filters in _SOURCES:
        for line in lists.page(filters, request.viewer.scope).lines:
            item = found.setdefault(line.number, {"number": line.number, "why": [], "line": line})
            item["why"].append(why)
    return list(found.values())[:MOST]


def _give(request: DeskRequest) -> None:
    chosen = set(request.POST.getlist("item"))
    items = [
        {
            "number": item["number"],
            "state": STATES[item["line"].state].zh,
            "why": "、".join(item["why"]),
            "words": legible(request.POST.get(f"words-{item['number']}", "")).strip()[:300],
        }
        for item in _open_items(request)
        if item["number"] in chosen
    ]
    taker = request.POST.get("taker", "")
    if not taker.isdigit():
        raise Refused("missing", field="接班人")
    note = legible(request.POST.get("note", ""))
    hand_over(giver_id=request.viewer.id, taker_id=int(taker[:15]), items=items, note=note, now=clock.now())


def _facts(request: DeskRequest) -> dict[str, Any]:
    me = request.viewer.id
    posts = [post for post in WORKING if request.viewer.has(post)]
    mates = {pk: name for post in posts for pk, name in holders_of(post) if pk != me}
    past = Handover.objects.select_related("giver", "taker").order_by("-at")
    return {
        "waiting": list(past.filter(taker_id=me, taker_signed_at=None)),
        "past": list(past[:SHOWN]),
        "items": _open_items(request),
        "mates": sorted(mates.items(), key=lambda one: one[1]),
    }


@require_POST
@staff(*WORKING)
def sign(request: DeskRequest, handover: int) -> HttpResponseBase:
    """The taker signs."""
    note = legible(request.POST.get("note", ""))
    take_over(handover_id=handover, account_id=request.viewer.id, note=note, now=clock.now())
    messages.success(request, _("已签字，接班完成。"))
    return HttpResponseRedirect(reverse("desk:handovers"))

"""The notice board (公告板): read and confirm; shift leaders and leaders hang up sheets and see who has read them."""

from typing import Any, Final

from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xiucheng.cases import forms
from xiucheng.city import clock
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.people.actions import board
from xiucheng.people.queries.board import receipts, sheets
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow.needs import Need

AUTHORS: Final = ("shift_leader", "leader")
READERS: Final = ("operator", "shift_leader", "dispatcher", "officer", "unit", "handler", "chief", "leader")
_UNTIL: Final = Need("until", "date", "有效至", "until")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*ALL_POSTS)
def bulletins(request: DeskRequest) -> HttpResponseBase:
    """What hangs there for me, unread first; authors publish below."""
    refusal = None
    if request.method == "POST":
        try:
            _publish(request)
            return HttpResponseRedirect(reverse("desk:bulletins"))
        except Refused as wrong:
            refusal = wrong
    facts = {**_facts(request), "refusal": refusal, "typed": request.POST}
    return page(
        request, "duty/bulletins.html", facts, active="desk:bulletins", status=refusal.status if refusal else 200
    )


def _facts(request: DeskRequest) -> dict[str, Any]:
    old = request.GET.get("old") == "1"
    found = sheets(account_id=request.viewer.id, posts=request.viewer.posts, now=clock.now(), old=old)
    return {
        "sheets": found,
        "old": old,
        "writes": request.viewer.has(*AUTHORS),
        "readers": READERS,
        "me": request.viewer.id,
    }


def _publish(request: DeskRequest) -> None:
    if not request.viewer.has(*AUTHORS):
        raise Refused("no_post")
    given = request.POST
    until = forms.date(given["until"], _UNTIL) if given.get("until") else None
    board.publish(
        title=legible(given.get("title", "")),
        body=legible(given.get("body", "")),
        author_id=request.viewer.id,
        posts=given.getlist("posts"),
        must_read=bool(given.get("must_read")),
        until=until,
        now=clock.now(),
    )


@require_POST
@staff(*ALL_POSTS)
def confirm(request: DeskRequest, bulletin: int) -> HttpResponseBase:
    """I have read it, or (its author) it comes down."""
    now = clock.now()
    if request.POST.get("what") == "down":
        board.take_down(bulletin_id=bulletin, account_id=request.viewer.id, now=now)
    else:
        board.confirm(bulletin_id=bulletin, account_id=request.viewer.id, posts=request.viewer.posts, now=now)
    return HttpResponseRedirect(reverse("desk:bulletins"))


@require_safe
@staff(*AUTHORS)
def read_by(request: DeskRequest, bulletin: int) -> HttpResponseBase:
    """Who has read a sheet and who has not."""
    mine = sheets(account_id=request.viewer.id, posts=request.viewer.posts, now=clock.now(), old=True)
    sheet = next((one for one in mine if one.id == bulletin), None)
    if sheet is None:
        raise Http404
    read, missing = receipts(bulletin_id=sheet.id, posts=sheet.posts)
    return page(
        request, "duty/read_by.html", {"sheet": sheet, "read": read, "missing": missing}, active="desk:bulletins"
    )

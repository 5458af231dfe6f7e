"""What an officer or chief finds himself (自查上报): picture, place, words, sent in like every report."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xiucheng.field import forms, frame, queries
from xiucheng.field.access import ALL, ON_SITE, WORKING, FieldRequest, field
from xiucheng.intake.actions import Point, take_in
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import POSTS, STATES


@require_safe
@field(*ALL)
def home(request: FieldRequest) -> HttpResponse:
    """To the first page of the post."""
    return HttpResponseRedirect(reverse("field:tasks" if request.walker.has(*ON_SITE) else "field:work"))


@require_http_methods(["GET", "HEAD", "POST"])
@field(*ON_SITE)
def report(request: FieldRequest) -> HttpResponse:
    """Report what was found on patrol."""
    if request.method != "POST":
        return _show(request)
    shots: list[dict[str, Any]] = []
    try:
        shots = forms.pictures(request)
        number = _send(request, shots)
    except Refused as refusal:
        return frame.refused(request, refusal) or _show(request, refusal, shots)
    return frame.done(request, _("已上报，编号 %(number)s。") % {"number": number}, reverse("field:mine"))


def _send(request: FieldRequest, shots: list[dict[str, Any]]) -> str:
    given = request.POST
    spot = forms.point(request) or forms.point(request, "at_")
    who = request.walker.holder
    done = take_in(
        channel="patrol" if request.walker.has("officer") else "chief",
        words=given.get("words", ""),
        actor=who.actor("field"),
        pictures=shots,
        place=given.get("place", ""),
        point=Point(*spot, by="phone") if spot else None,
        category=given.get("category") or None,
        key=forms.key(request),
    )
    return done.number


def _show(request: FieldRequest, refusal: Refused | None = None, shots: Any = ()) -> HttpResponse:
    facts = {
        "menu": queries.menu(), "key": request.POST.get("key") or forms.new_key(), "typed": request.POST,
        "shots": forms.kept(list(shots)), "error": said(refusal) if refusal else "",
    }  # fmt: skip
    return frame.page(request, "report.html", facts, active="report", status=refusal.status if refusal else 200)


@require_safe
@field(*ON_SITE)
def mine(request: FieldRequest) -> HttpResponse:
    """What I reported and how it goes."""
    english = (get_language() or "").startswith("en")
    states = {code: word.en if english else word.zh for code, word in STATES.items()}
    facts = {"reports": queries.reported_by(request.walker.holder.id), "states": states}
    return frame.page(request, "mine.html", facts, active="report")


@require_safe
@field(*ALL)
def me(request: FieldRequest) -> HttpResponse:
    """Who I am here, the language, the way out."""
    english = (get_language() or "").startswith("en")
    posts = [POSTS[p].en if english else POSTS[p].zh for p in sorted(request.walker.holder.posts) if p in POSTS]
    return frame.page(
        request,
        "me.html",
        {"working": request.walker.has(*WORKING), "walking": request.walker.has(*ON_SITE), "posts": posts},
        active="me",
    )

"""An operator takes a call, a visitor or a paper form (登记诉求); hints appear while he types."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from xiucheng.cases.actions import Submitted, act
from xiucheng.cases.models import Report
from xiucheng.channels.hotline.actions import calls as hotline
from xiucheng.channels.hotline.actions import desk as at_desk
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock
from xiucheng.desk import calls, forms, hints, queries, words
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.calls import Shown
from xiucheng.desk.frame import page, piece
from xiucheng.intake.actions import Point, me_too, take_in
from xiucheng.pages import uploads
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import KINDS, PROBLEMS

CHANNELS: Final = ("hotline", "desk", "wechat", "weibo", "email", "sms", "leader", "volunteer", "chief")
ANSWERED_AT_ONCE: Final = frozenset(KINDS) - PROBLEMS


@require_http_methods(["GET", "POST"])
@staff("operator")
def intake(request: DeskRequest) -> HttpResponseBase:
    """The form, or what it holds taken in."""
    if request.method != "POST":
        call = request.GET.get("call", "")
        return _form(request, {"channel": "hotline", "kind": "complaint", "call": call}, _done(request))
    given = request.POST.dict()
    try:
        done = _take(request, {str(k): str(v) for k, v in given.items()})
    except Refused as refusal:
        return _form(request, given, None, said(refusal), refusal.status)
    return HttpResponseRedirect(f"{reverse('desk:intake')}?done={done.number}")


def _form(
    request: DeskRequest, given: Mapping[str, Any], done: Report | None, refusal: str = "", status: int = 200
) -> HttpResponseBase:
    facts = {
        "given": given,
        "done": done,
        "refusal_text": refusal,
        "channels": [(key, words.channel(key)) for key in CHANNELS],
        "kinds": [(key, words.kind(key)) for key in KINDS],
        "categories": queries.categories(),
        "replies": queries.replies("answer", "suggestion", "praise"),
        "key": str(given.get("key") or "") or forms.new_key(),
        "now": clock.now().astimezone(clock.ZONE),
        "call": _caller(request, given),
    }
    return page(request, "intake.html", facts, active="desk:intake", status=status)


def _caller(request: DeskRequest, given: Mapping[str, Any]) -> Shown | None:
    """Who is on the telephone, where the form was opened for a call."""
    call = calls.chosen(str(given.get("call") or ""))
    return calls.with_cases(call, request.viewer) if call else None


def _done(request: DeskRequest) -> Report | None:
    """The report just taken in, for the person who took it: number and tracking code are read out."""
    number = request.GET.get("done", "")[:24]
    if not number:
        return None
    own = Report.objects.filter(case__number=number, taken_by=request.viewer.id)
    return own.select_related("case").first()


def _take(request: DeskRequest, given: Mapping[str, str]) -> Submitted:
    channel = given.get("channel", "")
    if channel not in CHANNELS:
        raise Refused("bad_choice", field="渠道")
    actor = request.viewer.actor
    call = calls.chosen(given.get("call", ""))
    contact = {name: given.get(name, "") for name in ("name", "phone", "email")}
    if call is not None and not contact["phone"].strip():
        contact["phone"] = hotline.caller(call)
    more: dict[str, Any] = {
        "channel": channel, "words": given.get("words", ""), "actor": actor, "contact": contact,
        "share_contact": given.get("share_contact") == "1", "pictures": uploads.taken(request, most=6),
        "key": given.get("key", "")[:80] or None,
    }  # fmt: skip
    main = given.get("main", "")
    if main.isdigit() and len(main) < 19:
        return _kept(request, me_too(int(main), **more), call)
    done = take_in(
        **more,
        kind=given.get("kind", ""),
        place=given.get("place", ""),
        no_place=given.get("no_place", ""),
        point=_point(given),
        category=given.get("category") or None,
        said_at=_moment(given.get("said_at", "")),
        external_key=given.get("paper") or None,
        reply_channel="phone" if given.get("wants_call") == "1" else "",
    )
    if not done.again:
        _go_on(request, done, given)
    return _kept(request, done, call)


def _kept(request: DeskRequest, done: Submitted, call: Call | None) -> Submitted:
    """What was taken in during a call keeps the call (关联通话)."""
    if call is not None:
        at_desk.link(call, done.case_id, request.viewer.id)
    return done


def _go_on(request: DeskRequest, done: Submitted, given: Mapping[str, str]) -> None:
    """What the operator settles on the spot (当场办理): an answer ends it, a category registers it; refusals leave it in the queue."""
    actor, kind = request.viewer.actor, given.get("kind", "")
    answer, category = given.get("answer", "").strip(), given.get("category", "")
    if not request.viewer.has("operator"):
        return
    if answer and kind in ANSWERED_AT_ONCE:
        act(done.case_id, "answer", actor, {"words": answer})
    elif category and kind in PROBLEMS:
        act(done.case_id, "register", actor, {"category": category})


def _point(given: Mapping[str, str]) -> Point | None:
    try:
        return Point(float(given["lng"]), float(given["lat"]), by=given.get("how") or "map")
    except (KeyError, ValueError):
        return None


def _moment(text: str) -> dt.datetime | None:
    """A true time from a paper form (补录的真实时间), in the district's zone."""
    if not text.strip():
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=clock.ZONE)
    except ValueError:
        raise Refused("bad_time", field="反映时间", why="看不懂这个时间") from None


@require_POST
@staff("operator")
def hint(request: DeskRequest) -> HttpResponseBase:
    """What the platform thinks of the words so far (边写边提示); nothing is written."""
    given = {name: request.POST.get(name, "")[:2000] for name in ("words", "place", "kind", "phone", "lng", "lat")}
    return piece(request, "hints.html", {"hints": hints.of(given, _point(given), request.viewer), "given": given})

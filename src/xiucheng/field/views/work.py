"""A unit's work on the phone (处置): what waits, one-tap sign, return, feed back with pictures, and how quick we are."""

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiucheng.cases import actions
from xiucheng.cases.queries.case import Whole, find, whole
from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.lists import page
from xiucheng.city import clock
from xiucheng.field import forms, frame, queries, words
from xiucheng.field.access import WORKING, FieldRequest, field
from xiucheng.field.views.tasks import TONES
from xiucheng.notices.actions import mark_case_read
from xiucheng.notices.queries import recipients
from xiucheng.pages.filters import clock_colour, said
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import offers

SHOWN: Final = ("sign", "assign", "return", "feed_back", "note", "extend.ask", "suspend.ask", "answer", "claim")
SHELVES: Final[dict[str, Filters]] = {
    "new": Filters(states=("handling",), unsigned=True),
    "open": Filters(states=("handling", "considering")),
    "sent": Filters(states=("to_check", "checking", "to_close")),
}


@require_safe
@field(*WORKING)
def listed(request: FieldRequest) -> HttpResponse:
    """The unit's cases, the most urgent first."""
    shelf = request.GET.get("shelf", "open")
    found = page(SHELVES.get(shelf, SHELVES["open"]), request.walker.scope, after=request.GET.get("after", "")[:60])
    facts: dict[str, Any] = {
        "lines": found.lines,
        "after": found.after,
        "shelf": shelf if shelf in SHELVES else "open",
        "key": forms.new_key(),
    }
    facts |= {"features": _features(found.lines) if request.GET.get("map") else None}
    return frame.page(request, "work.html", facts, active="work")


def _features(lines: Any) -> dict[str, Any]:
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [c.lng, c.lat]},
            "properties": {
                "tone": TONES[clock_colour(c.due_at, c.dispatched_at)], "title": c.number[-5:],
                "text": (c.place or c.summary)[:60], "url": reverse("field:case", args=[c.number]),
            },
        }
        for c in lines if c.lng is not None
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": points}


@require_safe
@field(*WORKING)
def case(request: FieldRequest, number: str) -> HttpResponse:
    """One case of the unit; opening it reads its messages."""
    found = _whole(request, number)
    who = request.walker.holder
    mark_case_read(found.line.id, recipients(who.id, who.unit, who.posts), clock.now())
    return _show(request, found)


def _whole(request: FieldRequest, number: str) -> Whole:
    found = whole(number[:24], request.walker.scope)
    if found is None:
        raise Refused("case_unknown")
    return found


def _show(
    request: FieldRequest, found: Whole, refusal: Refused | None = None, tried: str = "", shots: Any = ()
) -> HttpResponse:
    before, after, checks = queries.before_and_after(found)
    possible = offers(found.snapshot, request.walker.holder.actor("field"), clock.now())
    can = {row.key: row for row in possible if row.key in SHOWN}
    facts: dict[str, Any] = {
        "case": found, "line": found.line, "before": before, "after": after, "checks": checks, "can": can,
        "standard": queries.standard(found.row["standard_id"]), "return_reasons": words.RETURN_REASONS,
        "done_words": words.DONE_WORDS, "colleagues": queries.colleagues(request.walker.holder.unit) if "assign" in can else [],
        "key": forms.new_key(), "typed": request.POST, "tried": tried, "error": said(refusal) if refusal else "",
        "shots": forms.kept(list(shots)), "last_rework": next((e for e in reversed(found.history) if e.act == "rework"), None),
    }  # fmt: skip
    return frame.page(request, "case.html", facts, active="work", status=refusal.status if refusal else 200)


SAID: Final = {
    "sign": "已签收。", "feed_back": "已反馈给中心，等待核查。", "return": "已退回中心。", "note": "已记下。",
    "assign": "已分派。", "extend.ask": "已申请延期，等中心审批。", "suspend.ask": "已申请挂账，等中心审批。",
    "answer": "已答复。", "claim": "已回复。",
}  # fmt: skip


@require_POST
@field(*WORKING)
def carry_out(request: FieldRequest, number: str, key: str) -> HttpResponse:
    """One act of the unit. Sent twice it counts once; a refusal shows the form again with all that was typed."""
    if key not in SHOWN:
        raise Refused("unknown_act", act=key[:20])
    shots: list[dict[str, Any]] = []
    line = find(number[:24], request.walker.scope)
    if line is None:
        refusal = Refused("case_unknown")
        answer = frame.refused(request, refusal)
        if answer is None:
            raise refusal
        return answer
    row = forms.row_of(key)
    try:
        shots = forms.pictures(request)
        form = forms.read(request, row, shots)
        actor = request.walker.holder.actor("field")
        actions.act(
            line.id, row.act, actor, form, step=row.step, version=forms.version(request), key=forms.key(request)
        )
    except Refused as refusal:
        return frame.refused(request, refusal) or _show(request, _whole(request, number), refusal, key, shots)
    to = reverse("field:work") if key in {"feed_back", "return"} else reverse("field:case", args=[number])
    return frame.done(request, _(SAID[key]), (request.POST.get("stay") == "list" and reverse("field:work")) or to)


@require_safe
@field(*WORKING)
def pace(request: FieldRequest) -> HttpResponse:
    """How quick the unit is: time to sign, time to restoration."""
    unit = request.walker.holder.unit
    if unit is None:
        raise Refused("not_yours")
    facts = {"pace": queries.pace(unit), "unit": unit, "days": queries.DAYS}
    return frame.page(request, "pace.html", facts, active="me")

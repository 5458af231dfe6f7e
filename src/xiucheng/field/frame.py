"""What every page of the phone carries (页框): its tabs with counts, and how it answers a form."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiucheng.cases.queries.counts import counts
from xiucheng.cases.queries.tasks import tasks
from xiucheng.city.registers import registers
from xiucheng.field.access import ON_SITE, WORKING, FieldRequest
from xiucheng.notices.queries import recipients, unread_count
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused

TABS: Final = (
    ("tasks", "/field/tasks/", gettext_noop("任务"), "list-check", ON_SITE),
    ("work", "/field/work/", gettext_noop("处置"), "tool", WORKING),
    ("report", "/field/report/", gettext_noop("上报"), "camera-plus", ON_SITE),
    ("notices", "/field/notices/", gettext_noop("消息"), "bell", (*ON_SITE, *WORKING)),
    ("me", "/field/me/", gettext_noop("我的"), "user", (*ON_SITE, *WORKING)),
)


def page(
    request: FieldRequest, template: str, facts: dict[str, Any], *, active: str = "", status: int = 200
) -> HttpResponse:
    """A page of the phone with its tabs."""
    who = request.walker
    number: dict[str, int] = {"notices": unread_count(_mine(request))}
    if who.has(*ON_SITE):
        number["tasks"] = len(tasks(who.scope))
    if who.has(*WORKING):
        number["work"] = counts(who.scope).states.get("handling", 0)
    tabs = [
        (key, href, _(name), drawing, number.get(key)) for key, href, name, drawing, posts in TABS if who.has(*posts)
    ]
    book = registers()
    more = {"tabs": tabs, "active": active, "me": who.holder, "units": book.units, "areas": book.areas}
    more |= {"categories": book.categories}
    return render(request, f"field/{template}", {**more, **facts}, status=status)


def _mine(request: FieldRequest) -> list[tuple[str, str]]:
    who = request.walker.holder
    return recipients(who.id, who.unit, who.posts)


def done(request: FieldRequest, words: str, to: str) -> HttpResponse:
    """It worked: back to the list, or the same as JSON for the phone's own queue."""
    if request.headers.get("X-Queue"):
        return JsonResponse({"said": words, "next": to})
    messages.success(request, words)
    return HttpResponseRedirect(to)


def refused(request: FieldRequest, refusal: Refused) -> HttpResponse | None:
    """A refusal for the phone's own queue; None when a page should show it."""
    if not request.headers.get("X-Queue"):
        return None
    content = {"code": refusal.code, "message": said(refusal)}
    return JsonResponse(content, status=refusal.status, headers={"X-Refused": refusal.code})

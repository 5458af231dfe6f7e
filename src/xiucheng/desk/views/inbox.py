"""Notices to me, my unit and my posts (我的通知)."""

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from xiucheng.city import clock
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.notices import queries
from xiucheng.notices.actions import mark_read


def _whom(request: DeskRequest) -> list[tuple[str, str]]:
    who = request.viewer.holder
    return queries.recipients(who.id, who.unit, who.posts)


@require_safe
@staff(*ALL_POSTS)
def inbox(request: DeskRequest) -> HttpResponseBase:
    """The newest first; a click opens the case."""
    lines = queries.inbox(_whom(request), limit=80)
    language = get_language() or "zh-hans"
    facts = {"shown": [(line, line.written(language)) for line in lines], "unread": [n.key for n in lines if n.unread]}
    return page(request, "inbox.html", facts, active="desk:inbox")


@require_POST
@staff(*ALL_POSTS)
def read(request: DeskRequest) -> HttpResponseBase:
    """All of these have been seen (标为已读)."""
    keys = [key[:120] for key in request.POST.getlist("notice") if "\x00" not in key][:100]
    mark_read(keys, _whom(request), clock.now())
    return HttpResponseRedirect(reverse("desk:inbox"))

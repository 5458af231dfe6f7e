"""Messages (消息): the newest first; reading one opens its case."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiucheng.cases.queries.tasks import tasks
from xiucheng.city import clock
from xiucheng.field import frame
from xiucheng.field.access import ALL, WORKING, FieldRequest, field
from xiucheng.notices.actions import mark_read
from xiucheng.notices.queries import Line, inbox, recipients, unread_count


def _whom(request: FieldRequest) -> list[tuple[str, str]]:
    who = request.walker.holder
    return recipients(who.id, who.unit, who.posts)


@require_safe
@field(*ALL)
def listed(request: FieldRequest) -> HttpResponse:
    """What came for me, my unit, my post."""
    lines = inbox(_whom(request), limit=60)
    language = get_language() or "zh-hans"
    by_case = {str(t.case_id): t.id for t in tasks(request.walker.scope)}
    shown = [(line, line.written(language), _link(request, line, by_case)) for line in lines]
    facts = {"shown": shown, "unread": [line.key for line in lines if line.unread]}
    return frame.page(request, "notices.html", facts, active="notices")


def _link(request: FieldRequest, line: Line, by_case: dict[str, int]) -> str:
    if line.subject_kind != "case":
        return ""
    if line.subject_key in by_case:
        return reverse("field:task", args=[by_case[line.subject_key]])
    number = str(line.facts.get("number", ""))
    return reverse("field:case", args=[number]) if number and request.walker.has(*WORKING) else ""


@require_POST
@field(*ALL)
def read(request: FieldRequest) -> HttpResponse:
    """All of these have been seen."""
    keys = [key[:120] for key in request.POST.getlist("notice") if "\x00" not in key][:100]
    mark_read(keys, _whom(request), clock.now())
    return frame.done(request, _("都标为已读。"), reverse("field:notices"))


@require_safe
@field(*ALL)
def badge(request: FieldRequest) -> HttpResponse:
    """How many messages nobody has read, for the number on the tab."""
    return JsonResponse({"unread": unread_count(_whom(request))})

"""What every page of the desk is given (页面框架): menu, counts, words, the person."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from xiucheng.cases.queries.counts import recent
from xiucheng.desk import calls, words
from xiucheng.desk.access import DeskRequest
from xiucheng.desk.navigation import menu
from xiucheng.desk.tabs import tabs_of
from xiucheng.desk.waiting import waiting


def page(
    request: DeskRequest, template: str, facts: dict[str, Any], *, active: str = "", status: int = 200
) -> HttpResponse:
    """A whole page with its menu; one statement for the numbers of the queues in it, one for each of the pages."""
    seen = facts.pop("seen", None) or recent(request.viewer.scope)
    frame = {
        "menu": menu(request.viewer, seen, active, waiting(request.viewer)),
        "counts": seen,
        "demo": settings.DEMO,
        "call_desk": calls.on(),
    }
    return piece(request, template, {**frame, **facts}, status=status)


def numbers(request: DeskRequest) -> dict[str, int | None]:
    """The numbers of the menu as they are now, by the name of the queue or page."""
    seen = recent(request.viewer.scope)
    return {tab.key: tab.count(seen) for tab in tabs_of(request.viewer.posts)} | waiting(request.viewer)


def piece(request: DeskRequest, template: str, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A part of a page, for htmx."""
    given = {"words": words, "viewer": request.viewer, **facts}
    return render(request, f"desk/{template}", given, status=status)


def wants_piece(request: DeskRequest) -> bool:
    """Whether htmx asks for a part of the page; the browser's own back and forward get the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"

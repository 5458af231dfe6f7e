"""A queue with list, map and case side by side (队列)."""

import functools
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xiucheng.cases.queries import lists
from xiucheng.cases.queries.case import find as find_case
from xiucheng.cases.queries.filters import Filters
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.desk import params, queries, words
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.frame import numbers, page, piece, wants_piece
from xiucheng.desk.rows import Look, rows
from xiucheng.desk.tabs import TABS, Tab, find, first
from xiucheng.desk.views.case import facts_of
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import OPEN, STATES


@require_safe
@staff(*ALL_POSTS)
def first_page(request: DeskRequest) -> HttpResponseBase:
    """To the page where this post's day begins (首页)."""
    if request.viewer.has("leader"):
        return HttpResponseRedirect(reverse("desk:overview"))
    return HttpResponseRedirect(reverse("desk:queue", args=[tab_of(request, "").key]))


@require_safe
@staff(*ALL_POSTS)
def queue(request: DeskRequest, key: str) -> HttpResponseBase:
    """One queue: the whole page, or only its list when htmx narrows it."""
    tab = tab_of(request, key)
    facts = _listed(request, tab)
    if wants_piece(request):
        return piece(request, "rows.html" if request.GET.get("after") else "list.html", facts)
    number = request.GET.get("case", "")
    chosen = find_case(number, request.viewer.scope) if number else None
    shown = facts_of(request, chosen.number) if chosen else {}
    people = {**facts["people"], **shown.get("people", {})}
    more = {"views": queries.saved_views(request.viewer.id), "choices": choices(), "people": people}
    return page(request, "queue.html", {**facts, **shown, **more}, active=tab.key)


@require_safe
@staff(*ALL_POSTS)
def pulse(request: DeskRequest, key: str) -> HttpResponseBase:
    """What has changed (刷新): the ids at the top of the list now, the numbers of the menu, the version of the open case."""
    tab = tab_of(request, key)
    narrowed, sort = listed_by(request, tab)
    found = lists.page(narrowed, request.viewer.scope, sort=sort).lines
    shown = find_case(request.GET.get("case", "-")[:24], request.viewer.scope)
    version = shown.version if shown else None
    return JsonResponse(
        {"ids": [one.id for one in found], "size": lists.SIZE, "counts": numbers(request), "version": version}
    )


def tab_of(request: DeskRequest, key: str) -> Tab:
    """The queue of this name if the person has it; his first one without a name."""
    found = find(key, request.viewer.posts) if key else first(request.viewer.posts)
    if found is None:
        if key and any(key == tab.key for tab in TABS):
            raise Refused("no_post")
        raise Http404
    return found


def _preset(request: DeskRequest, tab: Tab) -> Filters:
    return replace(tab.filters, helping=request.viewer.holder.unit or 0) if tab.key == "helping" else tab.filters


def _topics(request: DeskRequest, tab: Tab) -> str:
    """What the page follows: the queues of its states for the centre, the unit's own for a unit."""
    if not request.viewer.holder.centre:
        unit = request.viewer.holder.unit
        return f"unit:{unit}" if unit is not None else ""
    return ",".join(f"queue:{state}" for state in sorted(tab.filters.states) if state in OPEN) or "map"


def listed_by(request: DeskRequest, tab: Tab) -> tuple[Filters, str]:
    """The filters and the order that the address asks for in this queue."""
    asked = request.GET.get("sort", "")
    narrowed = params.read(request.GET, _preset(request, tab), request.viewer.id)
    return narrowed, asked if asked in lists.SORTS else tab.sort


def _listed(request: DeskRequest, tab: Tab) -> dict[str, Any]:
    narrowed, sort = listed_by(request, tab)
    after = request.GET.get("after", "")
    found = lists.page(narrowed, request.viewer.scope, sort=sort, after=after)
    people = queries.names([one.handler_id for one in found.lines])
    dense = request.GET.get("view") == "table"
    look = Look(pick=bool(tab.batch), states=len(tab.filters.states) != 1, dense=dense)
    return {
        "tab": tab,
        "page": found,
        "sort": sort,
        "dense": dense,
        "given": request.GET,
        "query": params.kept(request.GET),
        "query_with": functools.partial(params.kept, request.GET),
        "active_filters": params.active(request.GET),
        "states": [(key, words.state(key)) for key in STATES if key in tab.filters.states or not tab.filters.states],
        "rows": rows(found.lines, look, people, clock.now()),
        "people": people,
        "topics": _topics(request, tab),
    }


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, from the registers."""
    book = registers()
    streets = [(code, name) for code, name in book.areas.items() if len(code) == 9]
    majors = [
        (c.code, f"{'　' if c.level == 2 else ''}{c.name}") for c in book.categories.values() if c.level in (1, 2)
    ]
    units = [(str(u.id), u.short) for u in book.units.values()]
    return {
        "street": streets,
        "category": sorted(majors),
        "unit": units,
        "channel": [(key, _(name)) for key, name in words.CHANNELS.items()],
        "kind": [(key, words.kind(key)) for key in ("complaint", "help", "question", "suggestion", "praise")],
    }


@require_safe
@staff(*ALL_POSTS)
def find_anything(request: DeskRequest) -> HttpResponseBase:
    """The search box (检索): one hit opens its case, several the list of all cases."""
    text = request.GET.get("q", "").strip()[:60]
    tab = "all" if find("all", request.viewer.posts) else "ended"
    if text.isdigit() and len(text) >= 14:
        one = find_case(text, request.viewer.scope)
        if one is not None:
            return HttpResponseRedirect(reverse("desk:case", args=[one.number]))
    return HttpResponseRedirect(f"{reverse('desk:queue', args=[tab])}?{params.kept({'q': text})}")

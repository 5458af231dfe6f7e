"""The district's open cases on one map (案件地图)."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.map import Box, geojson
from xiucheng.desk import params, words
from xiucheng.desk.access import CENTRE, DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.desk.tabs import EVERY_OPEN
from xiucheng.desk.views.queue import choices
from xiucheng.rules.workflow import OPEN, STATES

DEEPEST = 22


@require_safe
@staff(*CENTRE, "unit")
def city_map(request: DeskRequest) -> HttpResponseBase:
    """The page: filters above, the map, the case that was clicked beside it."""
    facts = {
        "given": request.GET,
        "choices": choices(),
        "states": [(state, words.state(state)) for state in STATES if state in OPEN],
        "query": params.kept(request.GET),
    }
    return page(request, "map.html", facts, active="desk:map")


@require_safe
@staff(*CENTRE, "unit")
def points(request: DeskRequest) -> HttpResponseBase:
    """The cases of a part of the map that this person may see, as GeoJSON."""
    box, zoom = Box.parse(request.GET.get("bbox", "")), request.GET.get("zoom", "")
    if box is None or not (zoom.isascii() and zoom.isdigit()) or int(zoom) > DEEPEST:
        raise Http404
    narrowed = params.read(request.GET, Filters(states=EVERY_OPEN), request.viewer.id)
    return HttpResponse(geojson(box, int(zoom), request.viewer.scope, narrowed), content_type="application/geo+json")

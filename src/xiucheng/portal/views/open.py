"""What everybody may see (公开): the map, one problem, what was done, answers, figures."""

import datetime as dt
import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xiucheng.cases.queries.map import Box
from xiucheng.city import clock
from xiucheng.city.models import Area
from xiucheng.city.registers import registers
from xiucheng.pages.filters import duration
from xiucheng.portal import door, queries
from xiucheng.portal import solved as done
from xiucheng.portal.drafts import WORDS_MOST, Order
from xiucheng.portal.keys import case_of
from xiucheng.portal.progress import STAGES
from xiucheng.portal.show import show
from xiucheng.rules.refusals import Refused

_MOST_ZOOM = 22


@require_safe
def city_map(request: HttpRequest) -> HttpResponse:
    """正在办的问题地图；下面是同样内容的列表."""
    listed = queries.rows(_LATELY, {})
    return show(request, "map", tab="map", lately=[queries.public(row) for row in listed], open_now=queries.open_now())


_LATELY = f"""
SELECT c.id, c.state, c.category_id, c.street, c.community, c.opened_at, c.due_at, c.unit_id, c.public, {queries.SUMMARY}
FROM cases_case c WHERE {queries._SHOWN} AND c.ended_at IS NULL ORDER BY c.opened_at DESC LIMIT 12
"""


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The open problems of a part of the map, as GeoJSON; kept for two seconds on the way."""
    box = Box.parse(request.GET.get("bbox", ""))
    zoom = request.GET.get("zoom", "")
    if box is None or not zoom.isascii() or not zoom.isdigit() or int(zoom) > _MOST_ZOOM:
        raise Http404
    answer = HttpResponse(queries.geojson(box, int(zoom)), content_type="application/geo+json")
    answer.headers["Cache-Control"] = "public, max-age=2"
    return answer


@require_safe
def problem(request: HttpRequest, key: str) -> HttpResponse:
    """一个问题的公开页，可以点“我也遇到了”."""
    return problem_page(request, key, Order())


def problem_page(request: HttpRequest, key: str, order: Order, refusal: Refused | None = None) -> HttpResponse:
    """One problem; after a refused “me too” what its reporter had written stays in the form."""
    found = queries.one(case_of(key))
    if found is None:
        raise Http404
    once = request.POST.get("once", "")[:60] or secrets.token_urlsafe(18)
    facts = {"case": found, "order": order, "once": once, "refusal": refusal, "most": WORDS_MOST}
    unit = registers().units.get(found["unit_id"] or 0)
    status = refusal.status if refusal else 200
    return door.let_in(request, show(request, "problem", tab="map", status=status, unit=unit, stages=STAGES, **facts))


@require_safe
def solved(request: HttpRequest) -> HttpResponse:
    """办好的问题，前后对比."""
    street = request.GET.get("street", "")[:12]
    found = done.solved(done.Mark.parse(request.GET.get("before", "")), street)
    streets = list(Area.objects.filter(level="street").order_by("pinyin").values_list("code", "name"))
    more = str(done.Mark.of(found[-1])) if len(found) == done.PAGE else ""
    units = registers().units
    return show(request, "solved", tab="solved", solved=found, streets=streets, street=street, more=more, units=units)


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """建议的答复."""
    return show(request, "answers", tab="solved", answers=queries.published_answers(), units=registers().units)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """今天的数字，来自每日汇总."""
    today = clock.today()
    span = [today - dt.timedelta(days=n) for n in range(13, -1, -1)]
    found = queries.figures(30)
    took = found.seconds.get("closed", 0) / max(1, found.total("closed"))
    streets = sorted(found.streets.items(), key=lambda one: -one[1].get("reported", 0))
    categories = sorted(found.categories.items(), key=lambda one: -one[1].get("filed", 0))
    return show(
        request, "figures", tab="figures", figures=found, today=today, span=span, open_now=queries.open_now(),
        took=duration(took) if took else "", streets=[s for s in streets if s[0]][:16],
        categories=[c for c in categories if c[0] and c[1].get("filed")][:10],
    )  # fmt: skip

"""Registers that anybody may read (公开台账): categories, filing conditions, units, areas, and the day's figures."""

import datetime as dt
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from xiucheng.api import queries
from xiucheng.api.answers import answer
from xiucheng.city import clock
from xiucheng.city.models import Area, Category, Standard, Unit
from xiucheng.rules.refusals import Pair, Refused

router = Router(tags=["registers"])
DAYS_MOST: Final = 400


@router.get("/categories", summary="类别", url_name="categories")
def categories(request: HttpRequest) -> HttpResponse:
    """The tree of categories, kinds first; `parent` is empty at the top."""
    rows = Category.objects.filter(active=True).order_by("code")
    return answer(list(rows.values("code", "kind", "level", "name", "plain", "parent", "icon", "menu")))


@router.get("/standards", summary="立案条件、时限、结案条件", url_name="standards")
def standards(request: HttpRequest, category: str = "") -> HttpResponse:
    """Filing conditions with limit (text, seconds, clock) and closing condition; `category` is a prefix of a code."""
    if "\x00" in category:
        raise Refused("bad_choice", field="类别")
    rows = Standard.objects.filter(active=True, category__code__startswith=category[:5]).order_by("code")
    names = (
        "id",
        "code",
        "category_id",
        "filing_condition",
        "limit_text",
        "limit_seconds",
        "clock",
        "closing_condition",
    )
    return answer(list(rows.values(*names)))


@router.get("/units", summary="责任单位", url_name="units")
def units(request: HttpRequest) -> HttpResponse:
    """Who handles; numbers and people of a unit are not public."""
    return answer(
        list(Unit.objects.filter(active=True).order_by("pinyin").values("id", "code", "name", "short", "kind"))
    )


@router.get("/areas", summary="镇街、社区、经济区", url_name="areas")
def areas(request: HttpRequest) -> HttpResponse:
    """District, streets, communities, zones."""
    return answer(list(Area.objects.order_by("code").values("code", "level", "name", "parent")))


@router.get("/figures", summary="每日数字", url_name="figures")
def figures(request: HttpRequest, since: dt.date | None = None, until: dt.date | None = None) -> HttpResponse:
    """The district's figures day by day; without dates those of today."""
    last = until or clock.today()
    first = since or last
    if first > last or (last - first).days > DAYS_MOST:
        raise Refused("bad_time", field="since, until", why=Pair(f"最多 {DAYS_MOST} 天", f"{DAYS_MOST} days at most"))
    return answer(queries.figures(first, last))

"""How it works (指南): generated from the table of the workflow and the district pack, so that they never say what is not done."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markupsafe import Markup

from xiucheng.city.models import Standard
from xiucheng.portal import guides
from xiucheng.portal.show import show
from xiucheng.portal.texts import answers, elsewhere, menu


@require_safe
def process(request: HttpRequest) -> HttpResponse:
    """《“12319”城市管理问题处理流程》."""
    return show(request, "guide_process", tab="", parts=guides.process(), limits=guides.limits())


@require_safe
def complaint(request: HttpRequest) -> HttpResponse:
    """《群众投诉意见办理指南》."""
    codes = [item.code for item in menu()]
    rows = Standard.objects.filter(category_id__in=codes, active=True).order_by("category_id", "limit_seconds")
    standards: dict[str, list[Standard]] = {}
    for row in rows:
        standards.setdefault(row.category_id, []).append(row)
    facts: dict[str, Any] = {
        "menu": menu(),
        "standards": standards,
        "rights": guides.rights(),
        "elsewhere": elsewhere(),
        "plain_limit": guides.plain_limit,
    }
    return show(request, "guide_complaint", tab="", **facts)


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """常见问题：先看看有没有现成的答案."""
    words = request.GET.get("q", "")[:200]
    return show(request, "ask", tab="guide", q=words, answers=answers(words), elsewhere=elsewhere())


@require_safe
def how_to(request: HttpRequest) -> HttpResponse:
    """怎么用：一页纸，可以打印."""
    return show(request, "how_to", tab="", qr=_qr(request))


@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """二维码海报，可以打印张贴."""
    return show(request, "poster", tab="", qr=_qr(request), address=request.build_absolute_uri("/"))


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """更多."""
    return show(request, "more", tab="more")


def _qr(request: HttpRequest) -> Markup:
    address = request.build_absolute_uri("/order/")
    drawn = segno.make(address, error="q").svg_inline(
        scale=6, border=2, svgclass="qr-code", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno from our own address

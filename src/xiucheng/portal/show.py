"""Render a resident's page with what every one of them needs (出页)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from xiucheng.city.clock import now
from xiucheng.portal import door
from xiucheng.portal.texts import area_name, category_name, icon_of, setting, texts


def show(request: HttpRequest, template: str, *, status: int = 200, tab: str = "", **facts: Any) -> HttpResponse:
    """A page of the portal; pages with a resident's own matter are never kept by anyone on the way."""
    facts |= {
        "texts": texts(),
        "tab": tab,
        "category_name": category_name,
        "area_name": area_name,
        "icon_of": icon_of,
        "days": setting("resident_days", 15),
        "now_is": now(),
        **door.lazily(request),
    }
    answer = render(request, f"portal/{template}.html", facts, status=status)
    answer.headers["Cache-Control"] = "no-store" if request.method == "POST" else "private, no-cache"
    return answer


def language_code() -> str:
    """`en` or `zh-hans`, to be kept with a report."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"

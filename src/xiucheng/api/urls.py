"""Addresses of the API."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from xiucheng.api import reports
from xiucheng.api.answers import json_view, refusal
from xiucheng.api.openapi import api
from xiucheng.rules.refusals import Refused


@json_view
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for under /api/."""
    return refusal(Refused("not_found"))


urlpatterns = [
    path("reports", reports.create, name="api_report"),
    path("reports/<str:code>", reports.show, name="api_own_report"),
    path("reports/<str:code>/acts/<str:act>", reports.follow, name="api_follow_up"),
    path("pictures", reports.picture, name="api_picture"),
    path("", api.urls),
    re_path(r"^(?P<rest>.*)$", nothing, name="api_nothing"),
]

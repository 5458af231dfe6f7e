"""Addresses (网址): each room that has pages brings its own; one that is not there yet has none."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from xiucheng.run import health

PARTS = (
    ("", "pages.urls"),
    ("", "pages.sign_in.urls"),
    ("", "people.urls"),
    ("api/v1/", "api.urls"),
    ("desk/", "desk.urls"),
    ("field/", "field.urls"),
    ("", "portal.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    *(path(prefix, include(f"xiucheng.{part}")) for prefix, part in PARTS if find_spec(f"xiucheng.{part}") is not None),
]

handler400 = "xiucheng.pages.errors.bad_request"
handler403 = "xiucheng.pages.errors.forbidden"
handler404 = "xiucheng.pages.errors.not_found"
handler500 = "xiucheng.run.guard.failed"

"""Addresses (网址): each room that has pages brings its own; one that is not there yet has none."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from xiucheng.run import health

PARTS = (
    ("", "pages.urls"),
    ("", "people.urls"),
    ("api/v1/", "api.urls"),
    ("", "desk.urls"),
    ("field/", "field.urls"),
    ("", "portal.urls"),
)

admin.site.site_header = admin.site.site_title = _("绣城 · 台账与参数")
admin.site.index_title = _("请选择台账")
admin.site.enable_nav_sidebar = True

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("xiucheng.pages.sign_in.urls")),  # before the administration: there is one door for all
    path("admin/", admin.site.urls),
    *(path(prefix, include(f"xiucheng.{part}")) for prefix, part in PARTS if find_spec(f"xiucheng.{part}") is not None),
]


def _channel(name: str) -> URLResolver:
    """A channel's addresses: under /hook/ unless its platform's clients look for them elsewhere (`MOUNT`)."""
    part = import_module(f"xiucheng.channels.{name}.urls")
    return path(getattr(part, "MOUNT", f"hook/{name}/"), include(part))


urlpatterns += [_channel(name) for name in settings.CHANNELS if find_spec(f"xiucheng.channels.{name}.urls") is not None]

handler400 = "xiucheng.pages.errors.bad_request"
handler403 = "xiucheng.pages.errors.forbidden"
handler404 = "xiucheng.pages.errors.not_found"
handler500 = "xiucheng.run.guard.failed"

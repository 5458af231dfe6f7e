"""Addresses: each face brings its own."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "xiucheng.pages.errors.bad_request"
handler403 = "xiucheng.pages.errors.forbidden"
handler404 = "xiucheng.pages.errors.not_found"
handler500 = "xiucheng.pages.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xiucheng.pages.urls")),
    path("api/v1/", include("xiucheng.api.urls")),
]

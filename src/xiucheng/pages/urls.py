"""Addresses that all faces share."""

from django.urls import path, re_path

from xiucheng.pages import choose, errors, maps, serve, uploads

app_name = "pages"
urlpatterns = [
    path("choose/", choose.choose, name="choose"),
    path("offline/", errors.offline, name="offline"),
    path("map/map.pmtiles", maps.tiles, name="map_tiles"),
    path("map/style.json", maps.style, name="map_style"),
    path("uploads/", uploads.begin, name="upload_begin"),
    path("uploads/<str:token>", uploads.piece, name="upload_piece"),
    re_path(
        r"^pictures/(?P<size>full|thumb)/(?P<sha256>[0-9a-f]{64})\.(?P<seal>[\w-]{16})\.jpg$",
        serve.picture,
        name="picture",
    ),
]

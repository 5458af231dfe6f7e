"""Addresses of the resident's pages."""

from django.urls import path

from xiucheng.portal.views import guides, home, me_too, open, order, track, wechat, worker

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("order/", order.start, name="order"),
    path("order/offline/", order.offline, name="order_offline"),
    path("order/quick/", order.quick, name="order_quick"),
    path("order/around/", order.around, name="order_around"),
    path("order/<str:token>/place/", order.start, name="order_place"),
    path("order/<str:token>/words/", order.words, name="order_words"),
    path("order/<str:token>/contact/", order.contact, name="order_contact"),
    path("track/", track.look_up, name="track"),
    path("t/<str:token>/", track.progress, name="progress"),
    path("t/<str:token>/receipt/", track.receipt, name="receipt"),
    path("t/<str:token>/<str:act>/", track.follow, name="follow"),
    path("wechat/", wechat.page, name="wechat"),
    path("wechat/enter/", wechat.enter, name="wechat_enter"),
    path("wechat/back/", wechat.back, name="wechat_back"),
    path("wechat/leave/", wechat.leave, name="wechat_leave"),
    path("map/", open.city_map, name="map"),
    path("map/cases.json", open.points, name="map_points"),
    path("p/<str:key>/", open.problem, name="problem"),
    path("p/<str:key>/me-too/", me_too.join, name="me_too"),
    path("solved/", open.solved, name="solved"),
    path("answers/", open.answers, name="answers"),
    path("figures/", open.figures, name="figures"),
    path("guide/process/", guides.process, name="guide_process"),
    path("guide/complaint/", guides.complaint, name="guide_complaint"),
    path("guide/how-to/", guides.how_to, name="how_to"),
    path("guide/poster/", guides.poster, name="poster"),
    path("ask/", guides.ask, name="ask"),
    path("more/", guides.more, name="more"),
    path("sw.js", worker.script, name="worker"),
    path("manifest.webmanifest", worker.manifest, name="manifest"),
]

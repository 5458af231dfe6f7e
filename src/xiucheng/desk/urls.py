"""Addresses of the desk."""

from django.urls import path

from xiucheng.desk import urls_calls, urls_duty
from xiucheng.desk.views import (
    act,
    batch,
    case,
    channels,
    export,
    inbox,
    intake,
    kept,
    map,
    orders,
    overview,
    queue,
    review,
)

app_name = "desk"
urlpatterns = [
    path("desk/", queue.first_page, name="desk"),
    path("desk/overview/", overview.overview, name="overview"),
    path("desk/intake/", intake.intake, name="intake"),
    path("desk/intake/hints/", intake.hint, name="hint"),
    path("desk/review/", review.review, name="review"),
    path("desk/review/<slug:kind>/<int:key>/", review.decide, name="decide"),
    path("desk/map/", map.city_map, name="map"),
    path("desk/map/points/", map.points, name="points"),
    path("desk/channels/", channels.channels, name="channels"),
    path("desk/channels/<int:incoming_id>/again/", channels.again, name="channel_again"),
    path("desk/orders/", orders.orders, name="orders"),
    path("desk/orders/results.xlsx", orders.results, name="orders_results"),
    path("desk/inbox/", inbox.inbox, name="inbox"),
    path("desk/inbox/read/", inbox.read, name="inbox_read"),
    path("desk/find/", queue.find_anything, name="find"),
    path("desk/queue/<slug:key>/", queue.queue, name="queue"),
    path("desk/queue/<slug:key>/pulse/", queue.pulse, name="pulse"),
    path("desk/queue/<slug:key>/export/", export.export, name="export"),
    path("desk/views/", kept.save_view, name="save_view"),
    path("desk/views/<int:view>/drop/", kept.drop_view, name="drop_view"),
    path("desk/batch/", batch.batch, name="batch"),
    path("desk/batch/run/", batch.run, name="batch_run"),
    path("desk/case/<str:number>/", case.case, name="case"),
    path("desk/case/<str:number>/sheet/", case.sheet, name="sheet"),
    path("desk/case/<str:number>/look/<int:report>/", case.look, name="look"),
    path("desk/case/<str:number>/not-same/<int:other>/", case.not_same, name="not_same"),
    path("desk/case/<str:number>/act/<str:key>/form/", act.form, name="act_form"),
    path("desk/case/<str:number>/act/<str:key>/", act.carry_out, name="act"),
    *urls_duty.urlpatterns,
    *urls_calls.urlpatterns,
]

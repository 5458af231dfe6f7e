"""Addresses of the call desk (话务): what rings, what is owed, one call with its recording, the service by day."""

from django.urls import path

from xiucheng.desk.views import calls, recording, service

urlpatterns = [
    path("desk/calls/", calls.calls, name="calls"),
    path("desk/calls/now/", calls.now, name="calls_now"),
    path("desk/calls/seat/", calls.seat, name="seat"),
    path("desk/calls/service/", service.service, name="service"),
    path("desk/calls/<int:call>/", calls.call, name="call"),
    path("desk/calls/<int:call>/listen/", recording.listen, name="listen"),
    path("desk/calls/<int:call>/recording/", recording.sound, name="recording"),
]

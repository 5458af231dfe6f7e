"""Addresses that partners call (对接地址), under /hook/hook/."""

from django.urls import path

from xiucheng.channels.hook import hook

app_name = "hook"
urlpatterns = [
    path("events", hook.events, name="events"),
    path("counts", hook.count, name="counts"),
]

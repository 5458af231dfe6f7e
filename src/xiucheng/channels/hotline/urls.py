"""Addresses of the hotline's hook, under `/hook/hotline/`."""

from django.urls import path

from xiucheng.channels.hotline import hooks

urlpatterns = [path("event", hooks.event, name="hotline_event")]

"""Addresses of the web service for 12345."""

from django.urls import path

from xiucheng.channels.order12345 import hook

urlpatterns = [path("", hook.receive, name="hook_order12345")]

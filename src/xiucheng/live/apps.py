"""Django's entry for the room `live`."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "xiucheng.live"
    label = "live"

"""Django's entry for the room `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "xiucheng.portal"
    label = "portal"

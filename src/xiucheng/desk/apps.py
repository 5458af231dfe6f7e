"""Django's entry for the room `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "xiucheng.desk"
    label = "desk"

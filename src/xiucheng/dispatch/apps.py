"""Django's entry for the room `dispatch`."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "xiucheng.dispatch"
    label = "dispatch"

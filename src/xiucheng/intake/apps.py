"""Django's entry for the room `intake`."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "xiucheng.intake"
    label = "intake"
    verbose_name = "接入"

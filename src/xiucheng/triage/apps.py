"""Django's entry for the room `triage`."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "xiucheng.triage"
    label = "triage"

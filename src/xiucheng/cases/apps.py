"""Django's entry for the room `cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "xiucheng.cases"
    label = "cases"

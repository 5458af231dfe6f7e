"""Django's entry for the room `api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "xiucheng.api"
    label = "api"
    verbose_name = "接口"

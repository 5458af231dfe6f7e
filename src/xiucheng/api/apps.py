"""Django's entry for the room `api`."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ApiConfig(AppConfig):
    name = "xiucheng.api"
    label = "api"
    verbose_name = pgettext_lazy("register", "接口")

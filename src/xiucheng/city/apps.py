"""Django's entry for the room `city`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CityConfig(AppConfig):
    name = "xiucheng.city"
    label = "city"
    verbose_name = _("城市台账与参数")

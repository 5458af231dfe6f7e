"""Django's entry for the room `city`."""

from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "xiucheng.city"
    label = "city"
    verbose_name = "城市台账与参数"

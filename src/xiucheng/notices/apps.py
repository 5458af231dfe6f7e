"""Django's entry for the room `notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "xiucheng.notices"
    label = "notices"
    verbose_name = "通知"

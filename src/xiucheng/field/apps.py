"""Django's entry for the room `field`."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "xiucheng.field"
    label = "field"

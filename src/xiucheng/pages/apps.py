"""Django's entry for the room `pages`."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "xiucheng.pages"
    label = "pages"

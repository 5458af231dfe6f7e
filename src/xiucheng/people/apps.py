"""Django's entry for the room `people`."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xiucheng.people"
    label = "people"
    verbose_name = "人员"
    pack_part = "xiucheng.people.pack.PART"  # the district pack brings people too

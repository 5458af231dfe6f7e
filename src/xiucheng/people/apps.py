"""Django's entry for the room `people`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "xiucheng.people"
    label = "people"
    verbose_name = _("人员")
    pack_part = "xiucheng.people.pack.PART"  # the district pack brings people too

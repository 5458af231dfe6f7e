"""Addresses of Open311: where clients expect them, `/open311/discovery.xml` and `/open311/v2/…`."""

from django.urls import re_path

from xiucheng.channels.open311.hook import MOUNT, hook

__all__ = ["MOUNT", "urlpatterns"]
urlpatterns = [re_path(r"^(?P<rest>(?s:.*))$", hook, name="open311")]  # line breaks, too: no address is anybody else's

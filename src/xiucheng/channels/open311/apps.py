"""Django's entry for the Open311 channel: it makes itself known to the ports."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class Open311Config(AppConfig):
    name = "xiucheng.channels.open311"
    label = "channel_open311"
    verbose_name = pgettext_lazy("register", "开放接口（Open311）")

    def ready(self) -> None:
        from xiucheng.channels.open311.channel import POLLER, Open311
        from xiucheng.intake import port

        port.register(Open311(), POLLER)

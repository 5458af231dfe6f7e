"""Django's entry for the Open311 channel: it makes itself known to the ports."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class Open311Config(AppConfig):
    name = "xiucheng.channels.open311"
    label = "channel_open311"
    verbose_name = pgettext_lazy("register", "开放接口（Open311）")

    def ready(self) -> None:
        from xiucheng.channels.open311.channel import POLLER, Open311
        from xiucheng.channels.open311.hook import MOUNT, busy
        from xiucheng.intake import door, port

        door.says_when_busy(f"/{MOUNT}", busy)
        port.register(Open311(), POLLER)

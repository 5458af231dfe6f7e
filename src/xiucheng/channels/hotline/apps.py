"""Django's entry for the hotline: it makes itself known to the port."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "xiucheng.channels.hotline"
    label = "channel_hotline"

    def ready(self) -> None:
        from xiucheng.channels.hotline.channel import Hotline
        from xiucheng.channels.hotline.hooks import busy
        from xiucheng.intake import door, port

        door.says_when_busy("/hook/hotline/", busy)
        port.register(Hotline())

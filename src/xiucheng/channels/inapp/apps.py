"""Django's entry for the in-app channel: it makes itself known to the port."""

from django.apps import AppConfig


class InappConfig(AppConfig):
    name = "xiucheng.channels.inapp"
    label = "channel_inapp"

    def ready(self) -> None:
        from xiucheng.channels.inapp.channel import Inapp
        from xiucheng.notices import port

        port.register(Inapp())

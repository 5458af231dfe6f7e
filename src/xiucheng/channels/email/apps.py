"""Django's entry for the e-mail channel: it makes itself known to the port."""

from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "xiucheng.channels.email"
    label = "channel_email"

    def ready(self) -> None:
        from xiucheng.channels.email.channel import Email
        from xiucheng.notices import port

        port.register(Email())

"""Django's entry for the e-mail channel: it makes its way in and its way out known to the ports."""

from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "xiucheng.channels.email"
    label = "channel_email"

    def ready(self) -> None:
        from xiucheng.channels.email.channel import Email
        from xiucheng.channels.email.inbound import Letters, look
        from xiucheng.intake import port as ways_in
        from xiucheng.intake.numbers import limits
        from xiucheng.notices import port

        port.register(Email())
        ways_in.register(Letters(), ways_in.Poller("email", limits("email")["look_seconds"], look))

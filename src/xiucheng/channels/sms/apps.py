"""Django's entry for the SMS channel: it makes its way in and its way out known to the ports."""

from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "xiucheng.channels.sms"
    label = "channel_sms"

    def ready(self) -> None:
        from xiucheng.channels.sms.channel import Sms
        from xiucheng.channels.sms.inbound import Messages
        from xiucheng.intake import port as ways_in
        from xiucheng.notices import port

        port.register(Sms())
        ways_in.register(Messages())

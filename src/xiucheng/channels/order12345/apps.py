"""Django's entry for the channel of 12345: it makes itself known to both ports."""

from django.apps import AppConfig


class Order12345Config(AppConfig):
    name = "xiucheng.channels.order12345"
    label = "channel_order12345"

    def ready(self) -> None:
        from xiucheng.channels.order12345.hook import busy
        from xiucheng.channels.order12345.reader import Orders
        from xiucheng.channels.order12345.sender import Results
        from xiucheng.intake import door
        from xiucheng.intake import port as ways_in
        from xiucheng.notices import port as ways_out

        door.says_when_busy("/hook/order12345/", busy)
        ways_in.register(Orders())
        ways_out.register(Results())

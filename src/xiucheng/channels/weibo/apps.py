"""Django's entry for the Weibo channel: it makes itself known to both ports."""

from django.apps import AppConfig


class WeiboConfig(AppConfig):
    name = "xiucheng.channels.weibo"
    label = "channel_weibo"

    def ready(self) -> None:
        from xiucheng.channels.weibo.hook import busy
        from xiucheng.channels.weibo.poll import EVERY, look
        from xiucheng.channels.weibo.reader import Reader
        from xiucheng.channels.weibo.sender import Sender
        from xiucheng.intake import door, port
        from xiucheng.notices import port as ways_out

        door.says_when_busy("/hook/weibo/", busy)
        port.register(Reader(), port.Poller("weibo", EVERY, look))
        ways_out.register(Sender())

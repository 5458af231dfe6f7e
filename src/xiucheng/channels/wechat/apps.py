"""Django's entry for WeChat: it makes itself known to both ports."""

from django.apps import AppConfig


class WechatConfig(AppConfig):
    name = "xiucheng.channels.wechat"
    label = "channel_wechat"

    def ready(self) -> None:
        from xiucheng.channels.wechat import watch
        from xiucheng.channels.wechat.hook import busy
        from xiucheng.channels.wechat.reader import WeChat
        from xiucheng.channels.wechat.sender import Sender
        from xiucheng.intake import door, port
        from xiucheng.notices import port as ways_out

        door.says_when_busy("/hook/wechat/", busy)
        port.register(WeChat(), port.Poller(WeChat.name, watch.EVERY, watch.look))
        ways_out.register(Sender())

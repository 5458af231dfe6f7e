"""Django's entry for WeChat: it makes itself known to both ports."""

from django.apps import AppConfig


class WechatConfig(AppConfig):
    name = "xiucheng.channels.wechat"
    label = "channel_wechat"

    def ready(self) -> None:
        from xiucheng.channels.wechat.reader import WeChat
        from xiucheng.intake import port

        port.register(WeChat())

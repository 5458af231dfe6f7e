"""Addresses of WeChat, below /hook/wechat/."""

from django.urls import path

from xiucheng.channels.wechat import hook

app_name = "wechat"
urlpatterns = [path("", hook.hook, name="hook")]

"""Addresses of WeChat, below /hook/wechat/."""

from django.urls import path

from xiucheng.channels.wechat import hook, media, web

app_name = "wechat"
urlpatterns = [
    path("", hook.hook, name="hook"),
    path("js/", web.js, name="js"),
    path("clip/<str:name>/", media.listen, name="clip"),
]

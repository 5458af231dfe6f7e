"""The address that Weibo pushes to: `/hook/weibo/`."""

from django.urls import path

from xiucheng.channels.weibo import hook

urlpatterns = [path("", hook.hook, name="weibo_hook")]

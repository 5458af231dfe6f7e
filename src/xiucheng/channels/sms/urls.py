"""Addresses that the SMS gateway calls (短信网关回调), under /hook/sms/."""

from django.urls import path

from xiucheng.channels.sms import hook

app_name = "sms"
urlpatterns = [
    path("messages", hook.messages, name="messages"),
    path("receipts", hook.receipts, name="receipts"),
]

"""The page of channels says how each is connected (怎么接)."""

from collections.abc import Callable

from django.conf import LazySettings
from django.test import Client
from django.urls import resolve

from xiucheng.desk import connecting
from xiucheng.intake import port

Sit = Callable[[str], Client]


def test_a_channel_that_is_off_says_how_to_connect_it(sit: Sit, settings: LazySettings) -> None:
    settings.PUBLIC_ADDRESS = "https://chengguan.example"
    shown = sit("system_admin").get("/desk/channels/").content.decode()
    assert all(f"xiucheng channel check {way.name}" in shown for way in port.ways())
    assert "https://chengguan.example/hook/wechat/" in shown and "channels.toml 的 [wechat]" in shown


def test_every_address_that_is_told_is_there(settings: LazySettings) -> None:
    paths = [one.path for one in connecting.HOW.values() if one.path]
    assert paths and all(resolve(path) for path in paths)
    assert set(connecting.HOW) == {way.name for way in port.ways()}

"""How times, lengths and names are written."""

import datetime as dt

import pytest
from django.conf import LazySettings
from django.utils import translation

from xiucheng.city import clock
from xiucheng.city.clock import ZONE
from xiucheng.pages import filters

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.datetime(2026, 11, 24, 14, 5, tzinfo=ZONE), "今天 14:05"),
        (dt.datetime(2026, 11, 23, 23, 59, tzinfo=ZONE), "昨天 23:59"),
        (dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC), "明天 00:00"),
        (dt.datetime(2026, 11, 2, 8, 0, tzinfo=ZONE), "11月2日 08:00"),
        (dt.datetime(2025, 1, 2, 8, 0, tzinfo=ZONE), "2025年1月2日"),
        (None, ""),
    ],
)
def test_when(moment: dt.datetime | None, text: str) -> None:
    assert filters.when(moment) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4800, "1小时20分"), (7200, "2小时"), (300, "5分钟"), (20, "不到1分钟"), (277200, "3天5小时")],
)
def test_duration(seconds: int, text: str) -> None:
    assert filters.duration(seconds) == text


def test_duration_in_english() -> None:
    with translation.override("en"):
        assert filters.duration(4800) == "1h 20min"


def test_left_before_the_deadline() -> None:
    assert filters.left(NOON + dt.timedelta(minutes=80)) == "剩 1小时20分"


def test_left_after_the_deadline() -> None:
    assert filters.left(NOON - dt.timedelta(hours=2)) == "超 2小时"


@pytest.mark.parametrize(("hours", "colour"), [(-1, "late"), (1, "soon"), (5, "ok")])
def test_clock_colour_of_eight_hours(hours: int, colour: str) -> None:
    due = NOON + dt.timedelta(hours=hours)
    assert filters.clock_colour(due, due - dt.timedelta(hours=8)) == colour


def test_masked_phone() -> None:
    assert filters.masked_phone("13812345678") == "138****5678"


def test_only_our_own_hooks_are_links_in_paragraphs(settings: LazySettings) -> None:
    settings.PUBLIC_ADDRESS = "https://city.example"
    said = "请听：https://city.example/hook/wechat/clip/abc/】 https://city.example.evil/hook/x/ http://other.example/hook/x/"
    assert filters.paragraphs(said) == (
        '请听：<a href="/hook/wechat/clip/abc/" target="_blank" rel="noopener">打开附件</a>】'
        " https://city.example.evil/hook/x/ http://other.example/hook/x/"
    )


def test_paragraphs_are_not_active() -> None:
    assert filters.paragraphs("<b>一\r\n二") == "&lt;b&gt;一<br>二"

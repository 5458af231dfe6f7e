"""The simulated app keeps the rules (微信客户端的规矩): no place without a right signature for this very page."""

import json
import urllib.request
from typing import Any

import pytest
from tests.channels.wechat.app import App
from tests.channels.wechat.simulator import APPID, SCRIPT, Platform, Server

from xiucheng.channels.wechat.web import js_signature
from xiucheng.rules.datum import to_gcj02

PAGE = "https://city.example/order/?kind=praise"
HERE = (106.5731, 29.5236)
OFFLINE = "getLocation:the permission value is offline verifying"


@pytest.fixture
def app() -> App:
    return App(Platform(tickets={"T": Platform().now() + 7200}, domains={"city.example"}), HERE)


def given(url: str = PAGE, ticket: str = "T", **more: Any) -> dict[str, Any]:
    signed = {"appId": APPID, "timestamp": 1414587457, "nonceStr": "n", "jsApiList": ["getLocation"]}
    return {**signed, "signature": js_signature(ticket, "n", "1414587457", url), **more}


def place(app: App, url: str = PAGE, kind: str = "gcj02") -> dict[str, Any]:
    return app.asked(url, "getLocation", {"type": kind})


def test_a_signed_page_is_told_the_place_in_the_datum_it_asks_for(app: App) -> None:
    assert app.asked(f"{PAGE}#part", "config", given()) == {"errMsg": "config:ok"}
    told, plain = place(app), place(app, kind="wgs84")
    assert ((told["longitude"], told["latitude"]), told["errMsg"]) == (to_gcj02(*HERE), "getLocation:ok")
    assert (plain["longitude"], plain["latitude"]) == HERE


@pytest.mark.parametrize(
    ("url", "wrong", "said"),
    [
        (PAGE, given(appId="wx0"), "config:invalid appId"),
        ("https://elsewhere.example/", given("https://elsewhere.example/"), "config:invalid url domain"),
        (PAGE, given("https://city.example/order/"), "config:invalid signature"),
        (PAGE, given(ticket="made-up"), "config:invalid signature"),
        (PAGE, given(nonceStr="other"), "config:invalid signature"),
        (PAGE, given(signature=""), "config:invalid signature"),
    ],
)
def test_what_is_not_signed_for_this_page_gives_no_place(app: App, url: str, wrong: dict[str, Any], said: str) -> None:
    app.asked(PAGE, "config", given())
    assert app.asked(url, "config", wrong) == {"errMsg": said}
    assert place(app, url) == {"errMsg": OFFLINE}


def test_a_ticket_grows_old(app: App) -> None:
    app.platform.shift = 7201
    assert app.asked(PAGE, "config", given()) == {"errMsg": "config:invalid signature"}


def test_another_page_and_what_was_not_listed_are_not_served(app: App) -> None:
    app.asked(PAGE, "config", given(jsApiList=["scanQRCode"]))
    assert place(app) == {"errMsg": OFFLINE}
    app.asked(PAGE, "config", given())
    assert place(app, "https://city.example/order/") == {"errMsg": OFFLINE}


def test_a_page_is_sent_on_as_it_says_where_its_link_is_ours(app: App) -> None:
    name, card = "updateAppMessageShareData", {"title": "路灯", "link": "https://city.example/p/a/"}
    assert app.asked(PAGE, name, card) == {"errMsg": f"{name}:the permission value is offline verifying"}
    app.asked(PAGE, "config", given(jsApiList=[name]))
    assert app.asked(PAGE, name, {**card, "link": "https://elsewhere.example/"}) == {"errMsg": f"{name}:fail link"}
    assert (app.asked(PAGE, name, card), app.shared) == ({"errMsg": f"{name}:ok"}, [card])


def test_who_declines_gives_no_place(app: App) -> None:
    app.declines = True
    app.asked(PAGE, "config", given())
    assert (place(app), app.said) == ({"errMsg": "getLocation:cancel"}, ["config:ok", "getLocation:cancel"])


def test_the_platform_serves_the_script_and_remembers_its_tickets(server: Server) -> None:
    with urllib.request.urlopen(server.address + SCRIPT, timeout=5) as answer:
        kind, text = answer.headers.get_content_type(), answer.read().decode()
    assert (kind, "window.wx" in text, server.platform.scripts) == ("application/javascript", True, 1)
    server.platform.faults = [(SCRIPT, "drop")]
    with pytest.raises(OSError):
        urllib.request.urlopen(server.address + SCRIPT, timeout=5)
    server.platform.tokens["token"] = server.platform.now() + 60
    address = f"{server.address}/cgi-bin/ticket/getticket?access_token=token&type=jsapi"
    with urllib.request.urlopen(address, timeout=5) as answer:
        ticket = json.loads(answer.read())["ticket"]
    assert list(server.platform.tickets) == [ticket]

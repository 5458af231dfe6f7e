"""The portal inside WeChat (微信里的网页): signatures for our own pages only, a sign-in that belongs to its session."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.channels.wechat.simulator import APPID, SECRET, Platform

from xiucheng.channels.wechat import web
from xiucheng.channels.wechat.account import Account, here
from xiucheng.channels.wechat.client import PeerError

pytestmark = pytest.mark.usefixtures("db", "account")
TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
BACK = "https://city.example/track/"


def account_here() -> Account:
    found = here()
    assert found is not None
    return found


def test_the_official_signature() -> None:
    given = (TICKET, "Wm3WZYTPz0wzccnW", "1414587457", "http://mp.weixin.qq.com?params=value#part")
    assert web.js_signature(*given) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def ask(url: str) -> tuple[int, dict[str, Any]]:
    answer = Client().get("/hook/wechat/js/", {"url": url})
    return answer.status_code, answer.json()


def test_a_page_of_ours_is_signed_with_one_ticket_for_all(settings: LazySettings, platform: Platform) -> None:
    url = f"{settings.PUBLIC_ADDRESS}/order/?a=1"
    status, found = ask(url)
    assert (status, found["appId"]) == (200, APPID)
    signed = web.js_signature("ticket-1", found["nonceStr"], str(found["timestamp"]), url)
    assert found["signature"] == signed
    platform.faults = [("getticket", 45009)]
    assert ask(url)[0] == 200 and platform.faults  # not asked again


@pytest.mark.parametrize(
    "url", ["", "http://elsewhere.example/", "http://127.0.0.1:8000.elsewhere.example/", "/order/"]
)
def test_a_page_of_others_is_not_signed(url: str) -> None:
    assert ask(url)[0] == 400


def test_without_rights_there_is_no_signature(
    settings: LazySettings, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.unverified = True
    monkeypatch.setattr(web._pause, "until", 0.0)
    assert ask(f"{settings.PUBLIC_ADDRESS}/") == (502, {"error": "away"})
    platform.unverified = False
    assert ask(f"{settings.PUBLIC_ADDRESS}/") == (502, {"error": "away"})  # not asked for again at once
    web._pause.until = 0.0
    assert ask(f"{settings.PUBLIC_ADDRESS}/")[0] == 200


def begin(session: dict[str, Any]) -> dict[str, str]:
    parts = urlsplit(web.sign_in_address(account_here(), session, BACK))
    assert (parts.path, parts.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_who_comes_back_with_his_state_is_known(platform: Platform) -> None:
    session: dict[str, Any] = {}
    query = begin(session)
    assert (query["appid"], query["redirect_uri"], query["scope"]) == (APPID, BACK, "snsapi_base")
    assert SECRET not in str(query)
    code = platform.code("oSomebody")
    assert web.signed_in(account_here(), session, code, query["state"]) == "oSomebody"
    assert web.signed_in(account_here(), session, code, query["state"]) == ""


def test_the_state_of_another_session_is_refused(platform: Platform) -> None:
    mine: dict[str, Any] = {}
    theirs = begin({})
    begin(mine)
    code = platform.code("oThief")
    assert web.signed_in(account_here(), mine, code, theirs["state"]) == ""
    assert web.signed_in(account_here(), {}, code, "") == "" and code in platform.codes


def test_a_state_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, Any] = {}
    query = begin(session)
    session[web.STATE][1] -= web.STATE_SECONDS + 1
    assert web.signed_in(account_here(), session, "c", query["state"]) == ""


def test_a_code_that_is_none_is_refused(account: Callable[..., None]) -> None:
    session: dict[str, Any] = {}
    query = begin(session)
    with pytest.raises(PeerError):
        web.signed_in(account_here(), session, "made-up", query["state"])


@pytest.mark.parametrize("openid", [None, 5, "", "o" * 65, ["o"]])
def test_an_answer_without_an_openid_is_none(monkeypatch: pytest.MonkeyPatch, openid: Any) -> None:
    monkeypatch.setattr(web.client, "call", lambda *_: {"openid": openid})
    session: dict[str, Any] = {}
    query = begin(session)
    with pytest.raises(PeerError):
        web.signed_in(account_here(), session, "c", query["state"])


def test_what_a_session_keeps_is_sealed_and_holds_for_its_account() -> None:
    session: dict[str, Any] = {}
    web.keep(session, account_here(), "oSomebody")
    assert "oSomebody" not in str(session) and web.kept(session, account_here()) == "oSomebody"
    assert web.kept(session, replace(account_here(), appid="wx0")) == ""
    spoilt = {web.PERSON: session[web.PERSON][:-8] + "AAAAAAA="}
    assert web.kept(spoilt, account_here()) == web.kept({web.PERSON: "%"}, account_here()) == ""
    web.forget(session)
    assert web.kept(session, account_here()) == ""

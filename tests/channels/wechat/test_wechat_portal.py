"""The portal inside WeChat (微信里的市民): one tap, then reports are answered by WeChat and those of the talk are listed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from tests import district
from tests.channels.wechat.simulator import SECRET, Platform

from xiucheng.audit import vault
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Report
from xiucheng.channels.wechat import web
from xiucheng.channels.wechat.account import here
from xiucheng.channels.wechat.conversation import Heard, brief, hear
from xiucheng.channels.wechat.models import Mine
from xiucheng.channels.wechat.talk import Said
from xiucheng.city import clock
from xiucheng.city.registers import touch
from xiucheng.notices.models import Notice
from xiucheng.portal.keys import key_of
from xiucheng.portal.views.wechat import onward
from xiucheng.rules.workflow import Actor

pytestmark = pytest.mark.usefixtures("db", "account")
ME = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
OPERATOR = Actor("account", "1", frozenset({"operator"}))
PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.47"


@pytest.fixture(autouse=True)
def _ground(db: None, settings: LazySettings, tmp_path: Path, platform: Platform) -> None:
    settings.MEDIA_ROOT, settings.DATA, settings.PUBLIC_ADDRESS = tmp_path / "media", tmp_path, "http://testserver"
    district.build()
    touch()
    platform.domains, platform.phone_of = {"testserver"}, ME


@pytest.fixture
def phone() -> Client:
    return Client(headers={"user-agent": PHONE})


def go(phone: Client, platform: Platform, start: str = "/") -> str:
    """The tap and the way through WeChat; the address at which the browser comes back."""
    page = phone.post("/wechat/enter/", {"onward": start}).content.decode()
    address = re.findall(r'content="0;url=([^"]+)"', page)[0].replace("&amp;", "&")
    parts = urlsplit(address)
    assert (parts.path, parts.fragment, SECRET in address) == ("/connect/oauth2/authorize", "wechat_redirect", False)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    back, sentence = platform.authorize(query, PHONE)
    assert sentence == ""
    return back


def tap(phone: Client, platform: Platform, start: str = "/") -> str:
    """The same and home again; where he goes on."""
    answer = phone.get(go(phone, platform, start))
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def order(client: Client, words: str = "护栏倒了") -> Report:
    token = client.post("/order/", {"kind": "complaint", "place": "南坪西路 12 号"}).headers["Location"].split("/")[2]
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": words, "go": "send"})
    return Report.objects.latest("id")


def talk(words: str = "南坪西路的路灯不亮") -> str:
    account = here()
    assert account is not None
    return hear(Heard(account.appid, ME, brief(words), clock.now()), Said(words))


def contact(report: Report) -> dict[str, Any]:
    return dict(orjson.loads(vault.unseal(report.contact_sealed) or "{}"))


def test_who_tapped_goes_on_where_he_was(phone: Client, platform: Platform) -> None:
    assert tap(phone, platform, "/order/?category=C0101") == "/order/?category=C0101"
    assert "已用微信登录" in phone.get("/").content.decode()


def test_report_of_who_is_known_is_his_and_is_answered_by_wechat(phone: Client, platform: Platform) -> None:
    tap(phone, platform)
    report = order(phone)
    assert (report.channel, report.reply_channel, contact(report)["reply"]) == ("web", "wechat", ME)
    assert Mine.objects.get().token == report.token
    act(report.case_id, "register", OPERATOR, {"category": "C0101"})
    assert Notice.objects.filter(recipient_kind="reporter").get().ladder == ["wechat"]


def test_me_too_of_who_is_known_is_his(phone: Client, platform: Platform) -> None:
    case = order(Client()).case
    Case.objects.filter(id=case.id).update(state="handling", category_id="C0101")
    tap(phone, platform)
    phone.post(f"/p/{key_of(case.id)}/me-too/", {"words": "我家门口也是", "once": "k" * 20})
    report = Report.objects.latest("id")
    assert (report.reply_channel, Mine.objects.get().token) == ("wechat", report.token)


def test_reports_of_talk_and_pages_stand_in_one_list(phone: Client, platform: Platform) -> None:
    said = talk()
    tap(phone, platform)
    made = order(phone)
    order(Client())
    page = phone.get("/wechat/").content.decode()
    assert re.findall(r'href="/t/(\w+)/"', page) == [made.token, said]
    assert "在微信里说的" in page


def test_report_of_nobody_known_has_no_door(phone: Client) -> None:
    report = order(phone)
    assert (report.reply_channel, report.contact_sealed, Mine.objects.count()) == ("", None, 0)


def test_who_left_is_known_no_more(phone: Client, platform: Platform) -> None:
    tap(phone, platform)
    phone.post("/wechat/leave/")
    assert order(phone).contact_sealed is None and "用微信登录" in phone.get("/wechat/").content.decode()


def test_session_row_shows_no_openid(phone: Client, platform: Platform) -> None:
    tap(phone, platform)
    kept = Session.objects.get().get_decoded()
    assert ME not in str(kept) and web.PERSON in kept


def test_session_key_changes_with_the_sign_in(phone: Client, platform: Platform) -> None:
    back = go(phone, platform)
    before = phone.session.session_key
    phone.get(back)
    assert phone.session.session_key != before


def test_way_back_is_good_once(phone: Client, platform: Platform) -> None:
    back = go(phone, platform)
    assert phone.get(back).status_code == 302
    assert phone.get(back).headers["Location"] == "/wechat/"  # known already: he just goes on
    phone.post("/wechat/leave/")
    assert phone.get(back).status_code == 400
    assert "用微信登录" in phone.get("/").content.decode()


def test_way_back_of_another_browser_is_refused(phone: Client, platform: Platform) -> None:
    """Nobody is made to report as somebody else by a link that was sent to him."""
    back = go(Client(headers={"user-agent": PHONE}), platform)
    answer = phone.get(back)
    page = answer.content.decode()
    assert (answer.status_code, "请再点一次" in page, "不登录，继续" in page) == (400, True, True)
    assert order(phone).contact_sealed is None


def test_way_back_grows_old(phone: Client, platform: Platform) -> None:
    back = go(phone, platform)
    session = phone.session
    session[web.STATE] = [session[web.STATE][0], session[web.STATE][1] - web.STATE_SECONDS - 1]
    session.save()
    assert phone.get(back).status_code == 400


def test_code_that_grew_old_is_told(phone: Client, platform: Platform) -> None:
    back = go(phone, platform, "/track/")
    platform.shift = 301
    answer = phone.get(back)
    assert (answer.status_code, "微信没有告诉我们您是谁" in answer.content.decode()) == (400, True)
    assert 'href="/track/">不登录，继续' in answer.content.decode()


def test_who_comes_back_without_a_code_is_told(phone: Client, platform: Platform) -> None:
    state = parse_qs(urlsplit(go(phone, platform)).query)["state"][0]
    answer = phone.get("/wechat/back/", {"state": state})
    assert (answer.status_code, "微信没有告诉我们您是谁" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("broken", "没有回答"), ("drop", "没有回答"), (40125, "还没有设置好"), (45009, "没有回答"), (40029, "请再点一次")],
)
def test_trouble_of_wechat_is_a_sentence_with_a_way_on(
    phone: Client, platform: Platform, fault: Any, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    back = go(phone, platform)
    platform.faults = [("/sns/", fault)]
    page = phone.get(back).content.decode()
    assert words in page and "用微信登录" in page and "不登录，继续" in page
    assert SECRET not in caplog.text and parse_qs(urlsplit(back).query)["code"][0] not in caplog.text


def test_switched_off_nothing_of_it_is_seen(
    phone: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tap(phone, platform)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(tmp_path / "none.toml"))
    assert "微信登录" not in phone.get("/").content.decode()
    assert [phone.post("/wechat/enter/").status_code, phone.get("/wechat/back/").status_code] == [404, 404]
    assert (phone.get("/wechat/").status_code, "还没有开通" in phone.get("/wechat/").content.decode()) == (404, True)
    assert order(phone).contact_sealed is None


def test_outside_wechat_there_is_no_button_but_a_word(client: Client) -> None:
    assert "微信" not in client.get("/order/").content.decode()
    assert "请在微信里打开这一页" in client.get("/wechat/").content.decode()


def test_tap_needs_our_own_page() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"user-agent": PHONE})
    assert strict.post("/wechat/enter/", {"onward": "/"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("/order/", "/order/"), ("/t/ABCD/", "/t/ABCD/"), ("/wechat/", "/wechat/"), ("", "/"), ("//elsewhere.example/", "/"),
        ("https://elsewhere.example/order/", "/"), ("/\\elsewhere.example/", "/"), ("/\telsewhere.example", "/"), ("javascript:alert(1)", "/"),
        ("/desk/", "/"), ("/wechat/leave/", "/"), ("/order/\r\nX: 1", "/"), ("/nowhere/", "/"), ("/order/?" + "a" * 300, "/"),
        ("/t/ABCD/urge/", "/"),
    ],
)  # fmt: skip
def test_one_goes_on_to_our_own_pages_only(asked: str, expected: str) -> None:
    assert onward(asked) == expected


def test_somebody_signed_in_on_the_pages_sees_them_in_the_talk(
    phone: Client, platform: Platform, account: Callable[..., None]
) -> None:
    tap(phone, platform)
    number = order(phone).case.number
    talk("进度")
    told = Notice.objects.filter(recipient_kind="talk").latest("id")
    assert number in told.facts["text"]

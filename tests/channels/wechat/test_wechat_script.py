"""WeChat's script on our pages (微信脚本): inside WeChat, where a page has something to ask of it, from one address, and nowhere else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests import district
from tests.channels.wechat.app import AGENT
from tests.channels.wechat.simulator import APPID, SCRIPT, SECRET, TOKEN, Platform, Server

from xiucheng.cases.models import Case, Report
from xiucheng.channels.wechat import web
from xiucheng.channels.wechat.account import BadAccountError, here, of
from xiucheng.channels.wechat.client import PeerError
from xiucheng.city.registers import touch
from xiucheng.portal.keys import key_of
from xiucheng.rules.datum import to_gcj02

pytestmark = pytest.mark.usefixtures("db", "account")
HERE = (106.5731, 29.5236)
TABLE = {"appid": APPID, "secret": SECRET, "token": TOKEN}


@pytest.fixture(autouse=True)
def _ground(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.DATA = tmp_path / "media", tmp_path
    district.build()
    touch()


@pytest.fixture
def phone() -> Client:
    return Client(headers={"user-agent": AGENT})


def directives(answer: Any) -> dict[str, str]:
    lines = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (line.partition(" ") for line in lines)}


def test_inside_wechat_the_place_page_may_load_this_one_script(phone: Client, server: Server) -> None:
    inside, outside = phone.get("/order/"), Client().get("/order/")
    mine, usual = directives(inside), directives(outside)
    assert mine.pop("script-src") == f"'self' {server.address}{SCRIPT}"
    assert usual.pop("script-src") == "'self'"
    assert mine == usual
    assert f'data-script="{server.address}{SCRIPT}"' in inside.content.decode()
    assert "wechat.js" not in outside.content.decode() and SCRIPT not in outside.content.decode()


def test_a_refused_place_keeps_the_leave(phone: Client, server: Server) -> None:
    answer = phone.post("/order/", {"kind": "complaint", "place": "长" * 201})
    assert (answer.status_code, directives(answer)["script-src"]) == (422, f"'self' {server.address}{SCRIPT}")


@pytest.mark.parametrize("address", ["/", "/track/", "/solved/", "/map/", "/wechat/", "/order/offline/", "/sign-in/"])
def test_no_other_page_may_load_it(phone: Client, address: str) -> None:
    assert directives(phone.get(address, follow=True))["script-src"] == "'self'"


def test_a_public_problem_is_sent_on_with_public_facts_alone(phone: Client, server: Server) -> None:
    report = order(lng=HERE[0], lat=HERE[1])
    Case.objects.filter(id=report.case_id).update(state="handling", category_id="C0101")
    address = f"/p/{key_of(report.case_id)}/"
    inside = phone.get(address)
    page = inside.content.decode()
    card = dict(re.findall(r' data-(link|title|line)="([^"]*)"', page))
    assert card["link"] == address and card["title"].endswith(" · 正在办理")
    assert (report.token in page, "护栏倒了" in card["line"]) == (False, False)
    assert directives(inside)["script-src"] == f"'self' {server.address}{SCRIPT}"
    assert "wechat.js" not in Client().get(address).content.decode()
    own = phone.get(f"/t/{report.token}/")
    assert (directives(own)["script-src"], "wechat.js" in own.content.decode()) == ("'self'", False)


@pytest.mark.parametrize("off", ["[weibo]", '[wechat]\nappid = "wx0"', "[wechat]\noff = true"])
def test_without_an_account_nothing_foreign_is_let_in(phone: Client, tmp_path: Path, off: str) -> None:
    (tmp_path / "channels.toml").write_text(off, encoding="utf-8")
    answer = phone.get("/order/")
    assert (directives(answer)["script-src"], "wechat.js" in answer.content.decode()) == ("'self'", False)
    assert 'name="gcj02"' not in answer.content.decode()


def test_the_usual_address_is_wechats_own(account: Callable[..., None]) -> None:
    assert of(TABLE).script == "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"


@pytest.mark.parametrize(
    "address", ["jweixin.js", "ftp://a.example/x.js", "https://a.example/x.js; img-src *", "https://a.example", "https://*/x.js", "https://a.example/x.js?a"]
)  # fmt: skip
def test_an_address_that_cannot_stand_in_a_header_is_none(address: str) -> None:
    with pytest.raises(BadAccountError):
        of({**TABLE, "script": address})


def test_one_page_at_a_time_asks_for_the_ticket(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is waiting for WeChat another goes on without, and takes it as soon as it is there."""
    account = here()
    assert account is not None
    monkeypatch.setattr(web, "PATIENCE", 0.0)
    monkeypatch.setattr(web._pause, "until", 0.0)
    with web._asking, pytest.raises(PeerError):
        web.ticket(account)
    assert not web._asking.locked() and web.ticket(account) in platform.tickets
    with web._asking:
        assert web.ticket(account) in platform.tickets


def around(**given: Any) -> Any:
    return Client().get("/order/around/", {"lng": HERE[0], "lat": HERE[1], **given})


def test_a_point_of_wechat_is_turned_on_the_server() -> None:
    lng, lat = to_gcj02(*HERE)
    found = around(lng=lng, lat=lat, datum="gcj02").json()
    assert (found["lng"], found["lat"]) == pytest.approx(HERE, abs=1e-8)
    assert found["where"] == around().json()["where"]
    assert around(datum="mars").status_code == 422


def order(**pin: Any) -> Report:
    client = Client()
    token = client.post("/order/", {"kind": "complaint", "how": "phone", **pin}).headers["Location"].split("/")[2]
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "护栏倒了", "go": "send"})
    return Report.objects.latest("id")


def test_where_the_pin_stands_as_wechat_said_its_words_are_kept() -> None:
    lng, lat = to_gcj02(*HERE)
    report = order(lng=HERE[0], lat=HERE[1], gcj02=f"{lng},{lat}")
    assert (report.case.lng, report.case.lat) == pytest.approx(HERE, abs=1e-8)
    assert report.original_point == {"lng": lng, "lat": lat, "datum": "gcj02", "by": "phone"}


@pytest.mark.parametrize("said", ["", "x,y", "106.5,", ",", "nan,nan", "{0},{1}"])
def test_a_pin_that_was_moved_counts_as_it_stands(said: str) -> None:
    lng, lat = to_gcj02(HERE[0] + 0.001, HERE[1])
    report = order(lng=HERE[0], lat=HERE[1], gcj02=said.format(lng, lat))
    assert report.original_point == {"lng": HERE[0], "lat": HERE[1], "datum": "wgs84", "by": "phone"}

"""A resident with WeChat, played on a simulated phone in a real browser (微信对话演练): the whole service, the platform's rules between them."""

import math
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser import chromium, faults, shot, visit
from tests.channels.wechat.app import AGENT, App
from tests.channels.wechat.simulator import AES_KEY, APPID, SCRIPT, SECRET, TOKEN, Platform, Server
from tests.handled import one_case, to_the_end
from tests.pages.test_pictures import jpeg
from tests.service import RunningService, copied

from xiucheng.rules.datum import to_gcj02

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ME = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
WORDS = "路灯一闪一闪的，像鬼火，照得卧室睡不着"
HERE = (106.5731, 29.5236)
CHAT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>对话</title><style>
body { margin: 0; font: 16px/1.5 sans-serif; background: #ededed; }
header { padding: 12px; text-align: center; background: #f7f7f7; border-bottom: 1px solid #ddd; font-weight: 600; }
main { padding: 12px; display: flex; flex-direction: column; gap: 10px; }
p { margin: 0; padding: 9px 12px; border-radius: 6px; max-width: 78%; white-space: pre-wrap; overflow-wrap: anywhere; background: #fff; }
p.mine { align-self: flex-end; background: #95ec69; }
form { display: flex; gap: 8px; padding: 10px; background: #f7f7f7; } input { flex: 1; font: inherit; padding: 6px; }
</style><header>绣城 · 南岸</header><main></main>
<form><input aria-label="说什么"><button>发送</button></form><script>
const add = (words, mine) => { const p = document.createElement("p"); p.textContent = words; p.className = mine ? "mine" : "city"; document.querySelector("main").append(p); };
document.querySelector("form").onsubmit = async (event) => {
  event.preventDefault(); const field = document.querySelector("input"); const words = field.value; field.value = ""; add(words, true); await window.send(words);
};</script></html>"""


@pytest.fixture
def platform() -> Iterator[Platform]:
    yield Platform()


@pytest.fixture
def service(platform: Platform, prepared: Path) -> Iterator[RunningService]:
    with Server(platform) as server, tempfile.TemporaryDirectory() as folder:
        data = copied(prepared, Path(folder) / "data")
        accounts = data / "channels.toml"
        facts = {
            "appid": APPID,
            "secret": SECRET,
            "token": TOKEN,
            "aes_key": AES_KEY,
            "api": server.address,
            "open": server.address,
            "script": server.address + SCRIPT,
        }
        accounts.write_text("[wechat]\n" + "".join(f'{k} = "{v}"\n' for k, v in facts.items()), encoding="utf-8")
        accounts.chmod(0o600)
        with RunningService(data) as running:
            yield running


class Phone:
    """The chat on the screen: what the resident sends goes to the platform, what the city writes stands there as the platform delivers it."""

    def __init__(self, page: Page, platform: Platform, address: str) -> None:
        self.page, self.platform, self.address, self.shown = page, platform, address, 0
        page.expose_function("send", lambda words: self.push("text", Content=words))
        page.set_content(CHAT)

    def push(self, kind: str, **given: object) -> None:
        assert self.platform.push(self.address, self.platform.message(ME, kind, **given)) == ["success"]

    def types(self, words: str) -> None:
        self.page.get_by_label("说什么").fill(words)
        self.page.get_by_role("button", name="发送").click()

    def hears(self, what: str, seconds: int = 20) -> str:
        """Waits until the city has written a message with these words; all that came meanwhile stands in the chat."""
        for _ in range(seconds * 10):
            came = self.platform.texts(ME)[self.shown :]
            for words in came:
                self.page.evaluate("words => add(words, false)", words)
            self.shown += len(came)
            if found := [words for words in came if what in words]:
                expect(self.page.locator("p.city").filter(has_text=what).last).to_be_visible()
                return found[-1]
            self.page.wait_for_timeout(100)
        raise AssertionError(f"nobody wrote {what}; what was written: {self.platform.texts(ME)}")


def _link(words: str) -> str:
    return next(piece for piece in words.replace("：", " ").split() if piece.startswith("http"))


def test_a_talk_on_the_phone_leads_to_a_case_whose_result_stands_in_the_chat(
    service: RunningService, platform: Platform
) -> None:
    with chromium() as browser, visit(browser, service.url) as page:
        phone = Phone(page, platform, f"{service.url}/hook/wechat/")
        phone.types(WORDS)
        phone.hears("有照片吗")
        page.evaluate("add('［照片］', true)")
        phone.push("image", MediaId=platform.keep(jpeg()), PicUrl="http://platform.invalid/1")
        phone.hears("在哪里")
        lng, lat = to_gcj02(*HERE)
        page.evaluate("add('［位置］南坪西路', true)")
        phone.push("location", Location_X=lat, Location_Y=lng, Scale=16, Label="南坪西路")
        thanks = phone.hears("查询码")
        phone.hears("交给负责的单位")
        shot(page, "wechat-phone-1-told")
        phone.types("进度")
        phone.hears("正在办理")
        shot(page, "wechat-phone-2-progress")
        to_the_end(service)
        phone.hears("已经办结", seconds=90)
        shot(page, "wechat-phone-3-result")
        assert page.locator("p.mine").all_inner_texts() == [
            WORDS, "［照片］", "［位置］南坪西路", "进度",
        ]  # fmt: skip
        page.goto(_link(thanks))
        expect(page.locator("main")).to_contain_text("已办结")
        shot(page, "wechat-phone-4-page")
    platform.domains = {"127.0.0.1"}
    app = App(platform, HERE)
    with chromium() as browser, visit(browser, service.url, user_agent=AGENT, bypass_csp=False) as page:
        app.opens(page)
        page.goto("/solved/")
        page.locator("a.item").click()
        page.locator('html[data-shared="ok"]').wait_for()
        (card,) = app.shared
        assert (card["link"], card["title"]) == (page.url, f"{page.locator('h1').inner_text().strip()} · 已办结")
    assert [way["name"] for way in service.command("channel", "list")["channels"] if way["on"]] == ["wechat"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_one_tap_on_the_pages_inside_wechat_shows_his_reports_and_keeps_his_door(
    service: RunningService, platform: Platform, scripts: bool
) -> None:
    platform.domains, platform.phone_of = {"127.0.0.1"}, ME
    pushed = platform.push(f"{service.url}/hook/wechat/", platform.message(ME, "text", Content="南坪西路的路灯不亮了"))
    assert pushed == ["success"]
    with (
        chromium() as browser,
        visit(browser, service.url, user_agent=AGENT, java_script_enabled=scripts, bypass_csp=False) as page,
    ):
        page.goto("/")
        page.get_by_role("button", name="用微信登录").scroll_into_view_if_needed()
        shot(page, "wechat-portal-1-tap")
        page.get_by_role("button", name="用微信登录").click()
        expect(page.get_by_text("已用微信登录")).to_be_visible()
        assert page.url.partition("#")[0] == f"{service.url}/"
        page.goto("/order/")
        page.get_by_label("路名、门牌").fill("南坪东路")
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("说几句").fill("人行道地砖松了。")
        page.get_by_role("button", name="直接提交").click()
        expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        page.goto("/wechat/")
        rows = page.locator("main .row-item")
        expect(rows).to_have_count(2)
        expect(rows.nth(1)).to_contain_text("在微信里说的")
        shot(page, "wechat-portal-2-mine")
        page.get_by_role("button", name="退出微信登录").click()
        expect(page.get_by_role("button", name="用微信登录")).to_be_visible()
        platform.faults = [("/sns/", "broken")]
        page.get_by_role("button", name="用微信登录").click()
        expect(page.get_by_role("alert")).to_contain_text("微信暂时没有回答")
        shot(page, "wechat-portal-3-trouble")
        page.get_by_role("link", name="不登录，继续").click()
        expect(page).to_have_title(re.compile("第一步"))


def test_pages_inside_wechat_have_no_serious_fault(service: RunningService, platform: Platform) -> None:
    platform.domains, platform.phone_of = {"127.0.0.1"}, ME
    with chromium() as browser, visit(browser, service.url, user_agent=AGENT, bypass_csp=True) as page:
        found = []
        for address in ("/", "/order/", "/track/", "/wechat/", "/wechat/back/?state=old&code=x"):
            page.goto(address)
            found += [f"{address}: {fault}" for fault in faults(page)]
        page.goto("/wechat/")
        page.get_by_role("button", name="用微信登录").click()
        expect(page.get_by_role("button", name="退出微信登录")).to_be_visible()
        assert found + faults(page) == []


def _metres(lng: float, lat: float, to: tuple[float, float]) -> float:
    return math.hypot((lng - to[0]) * 111_320 * math.cos(math.radians(lat)), (lat - to[1]) * 110_574)


def _stands(page: Page, config: str = "") -> tuple[float, float]:
    """Where the pin stands after one press on the map's button; before it `wx.config` has ended with these words."""
    page.goto("/order/")
    page.locator("[data-map][data-loaded]").wait_for()
    if config:
        page.locator(f'html[data-weixin="{config}"]').wait_for()
    page.get_by_role("button", name="我的位置").click()
    expect(page.locator("[data-found]")).to_contain_text("位置：", timeout=20_000)
    return float(page.locator("[name=lng]").input_value()), float(page.locator("[name=lat]").input_value())


def _no_signature(page: Page, status: int) -> None:
    page.route("**/hook/wechat/js/*", lambda route: route.fulfill(status=status, json={}))


def test_the_place_that_wechat_tells_is_the_place_of_the_report(service: RunningService, platform: Platform) -> None:
    platform.domains = {"127.0.0.1"}
    app = App(platform, HERE)
    with chromium() as browser, visit(browser, service.url, user_agent=AGENT, bypass_csp=False) as page:
        refused: list[str] = []
        page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        app.opens(page)
        assert _metres(*_stands(page, "config:ok"), HERE) < 1
        assert (app.said, refused) == (["config:ok", "getLocation:ok"], [])
        page.locator("[data-map]").scroll_into_view_if_needed()
        shot(page, "wechat-place-1-told")
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("说几句").fill("人行道地砖松了。")
        page.get_by_role("button", name="直接提交").click()
        expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    case = one_case(service)
    assert _metres(case["lng"], case["lat"], HERE) < 1


@pytest.mark.parametrize("agent", [AGENT, None], ids=["inside", "outside"])
def test_what_wechat_does_not_tell_the_browser_tells(
    service: RunningService, platform: Platform, agent: str | None
) -> None:
    """He declines, the script does not come, the signature is none or wrong; outside WeChat nothing foreign is asked for at all."""
    platform.domains = {"127.0.0.1"}
    app = App(platform, (106.58, 29.53), declines=True)
    own = {"permissions": ["geolocation"], "geolocation": {"longitude": HERE[0], "latitude": HERE[1]}}
    with chromium() as browser, visit(browser, service.url, user_agent=agent, bypass_csp=False, **own) as page:
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(request.url))
        app.opens(page)
        assert _metres(*_stands(page, "config:ok" if agent else ""), HERE) < 1
        if agent is None:
            assert ([url for url in asked if not url.startswith((service.url, "data:", "blob:"))], app.said) == ([], [])
            assert platform.scripts == 0
            return
        assert app.said == ["config:ok", "getLocation:cancel"]
        platform.faults = [(SCRIPT, "drop")] * 3
        assert _metres(*_stands(page), HERE) < 1
        platform.faults, platform.tickets, app.declines = [], {}, False
        assert _metres(*_stands(page, "config:invalid signature"), HERE) < 1
        assert app.said[2:] == ["config:invalid signature"]
        for status in (404, 502):
            _no_signature(page, status)
            assert _metres(*_stands(page), HERE) < 1
        assert app.said[3:] == []
        shot(page, "wechat-place-2-by-the-browser")


def test_an_app_that_never_answers_holds_nobody_up(service: RunningService, platform: Platform) -> None:
    own = {"permissions": ["geolocation"], "geolocation": {"longitude": HERE[0], "latitude": HERE[1]}}
    with chromium() as browser, visit(browser, service.url, user_agent=AGENT, bypass_csp=False, **own) as page:
        assert _metres(*_stands(page), HERE) < 1
        assert platform.scripts == 1

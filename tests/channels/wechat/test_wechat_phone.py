"""A resident with WeChat, played on a simulated phone in a real browser (微信对话演练): the whole service, the platform's rules between them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser import chromium, shot, visit
from tests.channels.wechat.simulator import AES_KEY, APPID, SECRET, TOKEN, Platform, Server
from tests.handled import to_the_end
from tests.pages.test_pictures import jpeg
from tests.service import RunningService

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
def service(platform: Platform) -> Iterator[RunningService]:
    with Server(platform) as server, tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        accounts = data / "channels.toml"
        facts = {"appid": APPID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY, "api": server.address}
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
        phone.hears("交给负责的单位", seconds=120)  # a new installation learns its model first
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
    assert [way["name"] for way in service.command("channel", "list")["channels"] if way["on"]] == ["wechat"]

"""A resident's way in a real browser: with and without scripts, on a bad line and without one, large and small."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser import chromium, faults, shot, visit
from tests.pages.test_pictures import jpeg, located
from tests.service import RunningService, copied

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "home": "/", "order": "/order/", "track": "/track/", "map": "/map/", "solved": "/solved/", "figures": "/figures/",
    "answers": "/answers/", "process": "/guide/process/", "complaint": "/guide/complaint/", "how-to": "/guide/how-to/",
    "poster": "/guide/poster/", "ask": "/ask/?q=路灯", "more": "/more/", "offline": "/order/offline/", "404": "/nowhere/",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(prepared: Path) -> Iterator[RunningService]:
    with tempfile.TemporaryDirectory() as folder, RunningService(copied(prepared, Path(folder) / "data")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(jpeg(1600, 1200, exif=located()))
    return file


def code_of(page: Page) -> str:
    return page.locator(".fresh .code").inner_text()


def say(page: Page, words: str) -> None:
    page.get_by_label("说几句").fill(words)
    page.get_by_role("button", name="直接提交").click()


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
@pytest.mark.parametrize("name", list(PAGES))
def test_page_has_no_serious_fault(service: RunningService, browser: Browser, name: str, phone: bool) -> None:
    with visit(browser, service.url, phone=phone, bypass_csp=True) as page:
        page.goto(PAGES[name])
        shot(page, f"portal-{name}-{360 if phone else 1280}")
        assert faults(page) == []


@pytest.mark.parametrize("name", ["home", "order", "track", "complaint", "ask"])
def test_elder_version_has_no_small_text(service: RunningService, browser: Browser, name: str) -> None:
    with visit(browser, service.url, cookies={"elder": "1"}, bypass_csp=True) as page:
        page.goto(PAGES[name])
        shot(page, f"portal-{name}-elder")
        small = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((el) =>
                 !el.closest(".maplibregl-map") && el.checkVisibility() &&
                 [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) &&
                 parseFloat(getComputedStyle(el).fontSize) < 18).map((el) => el.outerHTML.slice(0, 80))"""
        )
        assert small + faults(page) == []


def test_order_without_scripts(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_role("link", name="路灯不亮").click()
        page.locator("input[type=file]").set_input_files(picture)
        page.get_by_label("路名、门牌").fill("南坪西路 12 号")
        page.get_by_role("button", name="下一步").click()
        say(page, "路灯不亮三天了。")
        expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        assert re.fullmatch(r"(\w{4}-){3}\w{4}", code_of(page))


def test_order_with_scripts_takes_the_place_from_the_picture(
    service: RunningService, browser: Browser, picture: Path
) -> None:
    with visit(browser, service.url) as page:
        page.goto("/order/")
        page.locator("input[type=file]").set_input_files(picture)
        expect(page.get_by_text("照片里带着位置")).to_be_visible()
        shot(page, "portal-order-placed-360")
        page.get_by_role("button", name="下一步").click()
        shot(page, "portal-words-360")
        say(page, "护栏倒了，请来看看。")
        expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        shot(page, "portal-received-360")


def test_order_page_has_no_complaint_of_its_policy(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto("/order/")
        page.wait_for_selector("[data-map][data-loaded]")
        assert said == []


def test_upload_goes_on_where_the_line_broke(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url) as page:
        broken: list[str] = []

        def break_twice(route: Route) -> None:
            if route.request.method == "PATCH" and len(broken) < 2:
                broken.append(route.request.url)
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route("**/uploads/*", break_twice)
        page.goto("/order/")
        page.locator("input[type=file]").set_input_files(picture)
        expect(page.locator(".xc-uploads").get_by_text("已上传")).to_be_visible()
        assert len(broken) == 2


def test_order_made_without_a_line_is_sent_later(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        page.goto("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.context.set_offline(True)
        page.goto("/order/")
        expect(page.get_by_role("heading", name="没有网络也能写")).to_be_visible()
        page.get_by_label("说几句").fill("井盖松了。")
        page.get_by_role("button", name="存下，有网就发").click()
        expect(page.get_by_text("等着发")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("已发出")).to_be_visible()


KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open("xiucheng", 1);
  asked.onsuccess = () => {
    const rows = asked.result.transaction("orders").objectStore("orders").getAll();
    rows.onsuccess = () => done(rows.result.map((row) => Object.keys(row).sort().join(" ")));
  };
})"""


def write_offline(page: Page, words: str, phone: str = "") -> None:
    page.get_by_label("说几句").fill(words)
    page.get_by_label("路名、门牌").fill("后堡公园东门")
    page.get_by_label("电话").fill(phone)
    page.get_by_role("button", name="存下，有网就发").click()


def test_order_that_was_refused_is_read_and_put_right(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url, bypass_csp=True) as page:
        page.goto("/order/offline/")
        page.locator("input[type=file]").set_input_files(picture)
        write_offline(page, "井盖松了，车一过就响。", "看不见")
        kept = page.locator("[data-kept] li")
        expect(kept).to_contain_text("井盖松了，车一过就响。")
        expect(kept).to_contain_text("后堡公园东门")
        expect(kept).to_contain_text("“电话”看起来不对")
        shot(page, "portal-outbox-refused-360")
        assert faults(page) == []
        kept.get_by_role("button", name="改一改再发").click()
        expect(page.get_by_label("说几句")).to_have_value("井盖松了，车一过就响。")
        page.get_by_label("电话").fill("13812345678")
        page.get_by_role("button", name="存下，有网就发").click()
        expect(kept).to_contain_text("已发出")
        expect(kept).to_have_count(1)
        shot(page, "portal-outbox-sent-360")
        kept.get_by_role("link", name="看进度").click()
        expect(page.get_by_text("井盖松了，车一过就响。")).to_be_visible()
        expect(page.locator(".pics img")).to_have_count(1)


def test_sent_order_leaves_only_its_code_on_the_phone(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        page.goto("/order/offline/")
        write_offline(page, "路灯不亮。", "13812345678")
        expect(page.get_by_text("已发出")).to_be_visible()
        assert page.evaluate(KEPT) == ["code key sent"]


def test_sign_in_page_of_a_network_takes_no_order(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url) as page:
        page.route("**/order/quick/", lambda route: route.fulfill(body="<h1>Wi-Fi</h1>", content_type="text/html"))
        page.goto("/order/offline/")
        page.locator("input[type=file]").set_input_files(picture)
        with page.expect_response("**/order/quick/"):
            write_offline(page, "花坛塌了。")
        expect(page.get_by_text("等着发")).to_be_visible()
        page.unroute("**/order/quick/")
        expect(page.get_by_text("已发出")).to_be_visible()
        page.get_by_role("link", name="看进度").click()
        expect(page.locator(".pics img")).to_have_count(1)


def test_me_too_from_the_order(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url, java_script_enabled=False) as page:
        for words in ("垃圾没人扫", ""):
            page.goto("/order/?category=E0110")
            page.locator("input[type=file]").set_input_files(picture)
            page.get_by_role("button", name="下一步").click()
            if words:
                say(page, words)
                expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        page.get_by_label("说几句").fill("我家楼下也堆了三天。")
        page.get_by_role("button", name="我也遇到了").first.click()
        expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        expect(page.get_by_text("我家楼下也堆了三天。")).to_be_visible()


def test_enter_in_step_two_is_never_me_too(service: RunningService, browser: Browser, picture: Path) -> None:
    with visit(browser, service.url, java_script_enabled=False) as page:
        for _ in range(2):
            page.goto("/order/?category=E0110")
            page.locator("input[type=file]").set_input_files(picture)
            page.get_by_role("button", name="下一步").click()
            page.get_by_label("说几句").fill("果皮箱翻了。")
            page.get_by_label("请求帮忙").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="收到了")).to_be_visible()
        expect(page.get_by_text("这个问题不止您一位反映")).to_have_count(0)


def test_progress_by_code_and_urge(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url, bypass_csp=True) as page:
        page.goto("/order/")
        page.get_by_label("路名、门牌").fill("南坪东路")
        page.get_by_role("button", name="下一步").click()
        say(page, "人行道地砖松了。")
        code = code_of(page)
        page.goto("/track/")
        page.get_by_label("查询码").fill(code.lower())
        page.get_by_role("button", name="查", exact=True).click()
        page.get_by_text("催一下").click()
        page.get_by_role("button", name="催", exact=True).click()
        expect(page.get_by_text("已经替您催了。")).to_be_visible()
        shot(page, "portal-progress-360")
        assert faults(page) == []


def test_map_is_reached_and_moved_by_keyboard(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url, phone=False) as page:
        page.goto("/order/")
        page.wait_for_selector("[data-map][data-loaded]")
        page.locator(".maplibregl-canvas").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator("[name=lng]")).not_to_have_value("")


@pytest.mark.parametrize("elder", ["", "1"], ids=["usual", "elder"])
def test_buttons_of_the_map_cover_nothing_on_a_phone(service: RunningService, browser: Browser, elder: str) -> None:
    with visit(browser, service.url, cookies={"elder": elder} if elder else None) as page:
        page.goto("/order/")
        page.wait_for_selector("[data-map][data-loaded]")
        page.wait_for_selector(".maplibregl-ctrl-attrib-inner")
        boxes = [
            page.locator(one).first.bounding_box()
            for one in (".xc-map-my", ".maplibregl-ctrl-attrib", ".maplibregl-ctrl-group")
        ]
        button, words, zoom = (box or {"x": 0, "y": 0, "width": 0, "height": 0} for box in boxes)
        assert (button["y"] + button["height"] <= words["y"], button["x"] + button["width"] <= zoom["x"]) == (
            True,
            True,
        )


def test_words_of_the_key_stand_beside_their_dots(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        page.goto("/map/")
        lines = page.locator(".legend .nowrap").evaluate_all("(all) => all.map((one) => one.getClientRects().length)")
        assert lines == [1, 1]


def test_empty_outbox_has_no_heading(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        page.goto("/order/offline/")
        heading = page.get_by_role("heading", name="手机里的")
        expect(heading).to_have_count(0)
        write_offline(page, "路灯不亮。")
        expect(heading).to_be_visible()


def test_page_without_webgl_says_what_to_do(service: RunningService, browser: Browser) -> None:
    with visit(browser, service.url) as page:
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto("/map/")
        expect(page.get_by_text("这台设备显示不了地图")).to_be_visible()

"""The centre's way in a real browser: operator, shift leader, dispatcher, unit; by keyboard where it is offered."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import chromium, faults, shot, visit
from tests.pages.test_pictures import jpeg
from tests.service import RunningService, copied

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIGN_INS = {
    "operator": "shouli1",
    "shift_leader": "zhiban1",
    "dispatcher": "paiqian1",
    "unit": "shirong",
    "leader": "lingdao1",
}
PAGES = {
    "operator": ["queue/register/", "queue/file/?view=table", "intake/", "review/", "inbox/", "queue/all/"],
    "shift_leader": ["queue/file/", "queue/grants/", "roster/", "handovers/"],
    "dispatcher": ["queue/dispatch/"],
    "unit": ["queue/inbox/", "queue/working/"],
    "leader": ["overview/", "map/", "queue/open/"],
}  # fmt: skip
WORDS = "门口那个亭子脏得不成样子，麻烦来看一下"


@pytest.fixture(scope="module")
def service(prepared: Path) -> Iterator[RunningService]:
    with tempfile.TemporaryDirectory() as folder, RunningService(copied(prepared, Path(folder) / "data")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def at_desk(service: RunningService, browser: Browser, post: str, *, phone: bool = False) -> Iterator[Page]:
    """A browser in which a person of this post has signed in."""
    password = json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"]
    with visit(browser, service.url, phone=phone, bypass_csp=True) as page:
        page.goto("/sign-in/?next=/desk/")
        page.fill("input[name=login]", SIGN_INS[post])
        page.fill("input[name=password]", password)
        page.locator("form:has(input[name=password]) button").first.click()
        page.wait_for_url("**/desk/**")
        yield page


def pick(page: Page, label: str, typed: str) -> None:
    """Choose in a searchable choice by typing."""
    box = page.locator("input").and_(
        page.get_by_role("combobox", name=label)
    )  # the script puts it in place of the list
    box.fill(typed)
    page.locator(".dk-combo ul:not([hidden]) [role=option]").first.wait_for()
    box.press("Enter")


def take(page: Page) -> None:
    """Take a call that nobody can understand yet, so that it waits at the desk."""
    page.goto("/desk/intake/")
    page.get_by_label("反映内容").fill("有个事情想请你们来看看，说不清楚")
    page.get_by_role("button", name="登记", exact=True).click()
    page.locator(".dk-done").wait_for()


def open_first(page: Page, queue: str) -> None:
    """Open the first case of a queue by keyboard."""
    page.goto(f"/desk/queue/{queue}/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#case [data-case]").wait_for()


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
@pytest.mark.parametrize("post", list(PAGES))
def test_pages_of_a_post_have_no_serious_fault(
    service: RunningService, browser: Browser, post: str, phone: bool
) -> None:
    found = {}
    with at_desk(service, browser, post, phone=phone) as page:
        for address in PAGES[post]:
            page.goto(f"/desk/{address}")
            shot(page, f"desk-{post}-{address.split('?')[0].strip('/').replace('/', '-')}-{360 if phone else 1280}")
            found[address] = faults(page)
    assert found == {address: [] for address in PAGES[post]}


def test_call_goes_from_operator_to_unit_and_back(service: RunningService, browser: Browser, tmp_path: Path) -> None:
    picture = tmp_path / "after.jpg"
    picture.write_bytes(jpeg(1200, 900))
    with at_desk(service, browser, "operator") as page:
        page.goto("/desk/intake/")
        page.get_by_label("反映内容").fill(WORDS)
        page.get_by_label("地址或地名").fill("无名巷口东侧三十米")
        pick(page, "类别", "垃圾箱")
        shot(page, "desk-way-1-intake")
        page.get_by_role("button", name="登记", exact=True).click()
        number = page.locator(".dk-done a").inner_text()
    with at_desk(service, browser, "shift_leader") as page:
        open_first(page, "file")
        expect(page.locator("#case .dk-num").first).to_have_text(number)
        page.keyboard.press("1")
        page.locator("[data-act-form] [name=standard]").first.check()
        shot(page, "desk-way-2-file")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#case [role=status]")).to_contain_text("已办：立案")
    with at_desk(service, browser, "dispatcher") as page:
        open_first(page, "dispatch")
        page.keyboard.press("1")
        pick(page, "责任单位", "市容科")
        shot(page, "desk-way-3-dispatch")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#case [role=status]")).to_contain_text("已办：派遣")
    with at_desk(service, browser, "unit", phone=True) as page:
        page.goto("/desk/queue/inbox/")
        page.locator("[data-row] a").first.click()
        page.locator("[data-act]", has_text="签收").click()
        page.locator("[data-act-form] button.btn-primary").click()
        expect(page.locator("#case [role=status]")).to_contain_text("已办：签收")
        page.locator("[data-act]", has_text="反馈").click()
        page.locator("[data-act-form] input[type=file]").set_input_files(picture)
        page.locator("[data-act-form] [name=upload]").wait_for(state="attached")
        page.locator("[data-act-form] [name=words]").fill("亭子已擦洗干净，小广告已清除")
        shot(page, "desk-way-4-feed-back")
        assert faults(page) == []
        page.locator("[data-act-form] button.btn-primary").click()
        expect(page.locator("#case [role=status]")).to_contain_text("已办：反馈")
    with at_desk(service, browser, "operator") as page:
        open_first(page, "check")
        expect(page.locator("#case .dk-num").first).to_have_text(number)
        shot(page, "desk-way-5-check")
        assert faults(page) == []


def test_new_case_is_announced_and_nothing_jumps(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as watcher, at_desk(service, browser, "operator") as taker:
        watcher.goto("/desk/queue/register/")
        before = watcher.locator("[data-row]").count()
        take(taker)
        expect(watcher.locator("#fresh")).to_contain_text("件新案件", timeout=30_000)
        assert watcher.locator("[data-row]").count() == before
        watcher.locator("#fresh").click()
        expect(watcher.locator("[data-row].fresh")).to_have_count(1)


def test_somebody_faster_is_told_without_losing_words(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as slow, at_desk(service, browser, "operator") as fast:
        take(fast)
        for page in (slow, fast):
            open_first(page, "register")
        slow.locator("[data-act]", has_text="不予受理").click()
        slow.locator("[name=reason]").fill("属于小区内部物业管理事项")
        slow.locator("[name=whose]").fill("物业公司")
        fast.locator("[data-act]", has_text="受理").first.click()
        fast.locator("[data-act-form] button.btn-primary").click()
        expect(fast.locator("#case [role=status]")).to_contain_text("已办：受理")
        slow.locator("[data-act-form] button.btn-primary").click()
        expect(slow.locator("#case [role=alert]")).to_contain_text("有人先一步处理了")
        expect(slow.locator("#case [role=alert]")).to_contain_text("属于小区内部物业管理事项")


def held(page: Page) -> str:
    """What has the keyboard now."""
    told: str = page.evaluate(
        """() => { const e = document.activeElement;
        return e.closest("[data-row]") ? "row" : e.getAttribute("role") || e.name || e.id || e.tagName; }"""
    )
    return told


def test_choice_by_typing_offers_the_very_word_first_and_is_one_stop_for_tab(
    service: RunningService, browser: Browser
) -> None:
    with at_desk(service, browser, "operator") as page:
        page.goto("/desk/intake/")
        box = page.get_by_role("combobox", name="类别").and_(page.locator("input"))
        box.fill("ludeng")
        first = page.locator(".dk-combo [role=option]").first
        expect(first).to_have_text(re.compile("^路灯(?!井盖)"))
        box.press("Tab")
        assert held(page) == "place"


def test_choice_in_the_filters_is_called_by_its_label_alone(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as page:
        page.goto("/desk/queue/all/")
        page.locator("#filter-button").click()
        boxes = page.locator("#filters input[role=combobox]")
        boxes.first.wait_for()
        assert boxes.evaluate_all("all => all.map((e) => e.getAttribute('aria-label'))") == [
            "状态", "类别", "镇街", "责任单位", "渠道",
        ]  # fmt: skip


def test_keyboard_stays_where_the_work_is(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as page:
        for _ in range(2):
            take(page)
        open_first(page, "register")
        page.keyboard.press("1")
        page.locator("[data-act-form]").wait_for()
        expect(page.locator("[data-act-form] input[role=combobox]")).to_be_focused()
        page.locator("[data-act-form] button", has_text="取消").press("Enter")
        assert held(page) == "row"
        page.keyboard.press("2")
        page.locator("[data-act-form] [name=reason]").fill("不归中心管")
        page.locator("[data-act-form] [name=whose]").fill("物业公司")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#case [role=status]")).to_contain_text("已办：不予受理")
        page.wait_for_function("document.activeElement !== document.body")
        assert held(page) == "row"


def test_focus_on_the_camera_button_can_be_seen(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as page:
        page.goto("/desk/intake/")
        page.locator("[name=wants_call]").focus()
        page.keyboard.press("Tab")
        assert held(page) == "pictures"
        style = page.locator(".xc-camera").evaluate("e => getComputedStyle(e).outlineStyle")
        assert style == "solid"


def test_what_has_the_keyboard_is_not_under_the_foot_of_the_form(service: RunningService, browser: Browser) -> None:
    with at_desk(service, browser, "operator") as page:
        page.goto("/desk/intake/")
        last = page.locator("#intake summary", has_text="没有地点")
        page.locator(".xc-map-my").first.focus()
        last.evaluate(
            "e => scrollTo({top: scrollY + e.getBoundingClientRect().bottom - innerHeight + 5, behavior: 'instant'})"
        )
        page.keyboard.press("Tab")
        expect(last).to_be_focused()
        page.wait_for_function(
            """() => document.activeElement.getBoundingClientRect().bottom
            <= document.querySelector(".dk-intake-foot").getBoundingClientRect().top"""
        )

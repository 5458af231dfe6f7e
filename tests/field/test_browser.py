"""The street by phone in a real browser: an officer's and a handler's day at 360 px, with and without a line."""

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import chromium, faults, shot, visit
from tests.pages.test_pictures import jpeg
from tests.service import RunningService, copied

from xiucheng.run.demo.troupe import Troupe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STREET = "500108001"
PLACE = {"lng": 106.5506, "lat": 29.5389}
OFFICER, HANDLER, UNIT = "xuncha1", "huanwei_1", "huanwei"
TO = {
    "verifying": ("register", "send_verify"),
    "handling": ("register", "file", "dispatch"),
    "checking": ("register", "file", "dispatch", "feed_back", "send_check"),
}


@dataclass
class District:
    """A running district: its people through the API, and browsers for them."""

    service: RunningService
    browser: Browser
    troupe: Troupe
    picture: Path

    def case(self, state: str, words: str) -> str:
        """A case in this state, taken there by the people whose work it is; gives its number."""
        desk = self.troupe.of_post("operator")
        given = {"kind": "complaint", "words": words, "place": "南坪正街路口", **PLACE}
        number = str(desk.post("/api/v1/reports", given)["number"])
        category, unit = "C0301", next(u for u in self.troupe.units if u["code"] == "CG-HW")
        standard = self.troupe.standards[category][0]["id"]
        forms = {
            "register": ("operator", {"category": category}),
            "send_verify": ("operator", {}),
            "file": ("shift_leader", {"category": category, "standard": standard}),
            "dispatch": ("dispatcher", {"unit": unit["id"]}),
            "feed_back": (UNIT, {"words": "已清运"}),
            "send_check": ("operator", {}),
        }
        for act in TO[state]:
            who, form = forms[act]
            person = self.troupe.client(who) if who == UNIT else self.troupe.of_post(who)
            if act == "feed_back":
                form = {**form, "pictures": [person.upload(self.picture.read_bytes())]}
            person.post(f"/api/v1/cases/{number}/acts/{act}", form)
        return number

    def state(self, number: str) -> str:
        return str(self.troupe.reader.get(f"/api/v1/cases/{number}")["state"]["code"])

    def sign_in(self, page: Page, who: str) -> None:
        page.goto("/sign-in/?next=/field/")
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", self.troupe.password)
        page.locator("form:has(input[name=password]) button").first.click()

    @contextmanager
    def phone(self, who: str) -> Iterator[Page]:
        """A phone on which this person has signed in; it knows where it is."""
        more = {"bypass_csp": True, "geolocation": {"longitude": PLACE["lng"], "latitude": PLACE["lat"]}}
        with visit(self.browser, self.service.url, permissions=["geolocation"], **more) as page:
            self.sign_in(page, who)
            page.wait_for_url("**/field/**")
            yield page


@pytest.fixture(scope="module")
def district(prepared: Path) -> Iterator[District]:
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningService(copied(prepared, Path(folder) / "data")) as service,
        chromium() as browser,
    ):
        picture = Path(folder) / "place.jpg"
        picture.write_bytes(jpeg(1200, 900))
        password = json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"]
        with closing(Troupe(service.url, password, random.Random(3))) as troupe:
            yield District(service, browser, troupe, picture)


def photograph(page: Page, district: District) -> None:
    """Take a picture and wait until it has arrived."""
    page.locator("input[type=file][data-camera], input[type=file]").first.set_input_files(district.picture)
    page.locator("[data-shots] li").first.wait_for()


def open_case(page: Page, number: str) -> None:
    """The task of exactly this case."""
    page.goto("/field/tasks/")
    links = [str(a) for a in page.eval_on_selector_all(".fd-cardlink", "all => all.map(a => a.getAttribute('href'))")]
    for link in links:
        page.goto(link)
        if number[-5:] in page.locator("h1").inner_text():
            take = page.get_by_role("button", name="我去看")
            if take.count():
                take.click()
            page.locator("form[data-queue]").first.wait_for()
            return
    raise AssertionError(f"no task of {number} among {len(links)}")


def send(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/field/**")


def test_officer_verifies_with_a_picture_from_the_place(district: District) -> None:
    number = district.case("verifying", "垃圾堆在路口没人管")
    with district.phone(OFFICER) as page:
        open_case(page, number)
        photograph(page, district)
        page.locator("[data-gps].ok").wait_for()
        page.get_by_text("属实，问题在").click()
        shot(page, "field-officer-verify-360")
        assert faults(page) == []
        send(page, "报回中心")
        expect(page.locator("#toasts")).to_contain_text("已报回中心")
    assert district.state(number) == "to_file"


def test_officer_checks_what_is_done_and_sends_back_what_is_not(district: District) -> None:
    done, undone = district.case("checking", "垃圾已经清了"), district.case("checking", "垃圾只清了一半")
    with district.phone(OFFICER) as page:
        open_case(page, done)
        photograph(page, district)
        page.get_by_text("已达到结案条件").click()
        shot(page, "field-officer-check-360")
        assert faults(page) == []
        send(page, "核查通过")
        page.locator("#toasts").get_by_text("已报回中心").wait_for()
        open_case(page, undone)
        photograph(page, district)
        page.get_by_text("没办好，要返工").click()
        shot(page, "field-officer-rework-360")
        send(page, page.locator("[name=reason]").first.inner_text())
        page.locator("#toasts").get_by_text("已报回中心").wait_for()
    assert (district.state(done), district.state(undone)) == ("to_close", "handling")


def test_officer_reports_what_he_finds(district: District) -> None:
    with district.phone(OFFICER) as page:
        page.goto("/field/report/")
        photograph(page, district)
        page.locator("[data-gps].ok").wait_for()
        page.locator(".fd-pick").first.click()
        page.get_by_label("说明").fill("巡查发现井盖松动")
        shot(page, "field-officer-report-360")
        assert faults(page) == []
        send(page, "上报")
        expect(page.locator("body")).to_contain_text("巡查发现井盖松动")
        shot(page, "field-officer-mine-360")


def test_handler_hears_of_new_work_signs_and_feeds_back(district: District) -> None:
    with district.phone(HANDLER) as page:
        page.goto("/field/work/?shelf=new")
        before = page.locator(".fd-card").count()
        number = district.case("handling", "垃圾箱满了溢出来")
        expect(page.locator(".fd-tab .fd-dot").first).to_be_visible(timeout=20_000)
        expect(page.locator(".fd-card")).to_have_count(before + 1, timeout=20_000)
        shot(page, "field-handler-new-360")
        card = page.locator(f".fd-card:has-text('{number[-5:]}')")
        card.get_by_role("button", name="签收").click()
        expect(page.locator("#toasts")).to_contain_text("签收")
        page.goto(f"/field/cases/{number}/")
        photograph(page, district)
        page.locator("[data-fill=done] button").first.click()
        shot(page, "field-handler-feed-back-360")
        assert faults(page) == []
        send(page, "反馈给中心")
        page.locator("#toasts").get_by_text("反馈").wait_for()
    acts = [entry["act"]["code"] for entry in district.troupe.reader.get(f"/api/v1/cases/{number}")["history"]]
    assert (district.state(number), acts[-2:]) == ("to_check", ["sign", "feed_back"])


def test_handler_returns_in_two_taps(district: District) -> None:
    number = district.case("handling", "这不是我们管的")
    with district.phone(HANDLER) as page:
        page.goto(f"/field/cases/{number}/")
        page.get_by_text("不是我们的，退回").click()
        shot(page, "field-handler-return-360")
        page.locator("form[action$='/return/'] .fd-chip").first.click()
        page.locator("#toasts").get_by_text("退回").wait_for()
    assert district.state(number) == "to_dispatch"


def test_feedback_without_a_line_is_kept_and_sent_once(district: District) -> None:
    number = district.case("handling", "信号不好的地方也要能反馈")
    with district.phone(HANDLER) as page:
        page.goto(f"/field/cases/{number}/")
        page.context.set_offline(True)
        photograph(page, district)
        page.locator("#done").fill("地下车库里清理完毕")
        page.get_by_role("button", name="反馈给中心", exact=True).click()
        expect(page.locator("#pending")).to_contain_text(number[-5:])
        shot(page, "field-handler-offline-360")
        assert district.state(number) == "handling"
        page.context.set_offline(False)
        expect(page.locator("#pending")).to_be_hidden(timeout=30_000)
    acts = [entry["act"]["code"] for entry in district.troupe.reader.get(f"/api/v1/cases/{number}")["history"]]
    assert (district.state(number), acts.count("feed_back")) == ("to_check", 1)


def test_feedback_of_one_signed_out_meanwhile_goes_after_the_sign_in(district: District) -> None:
    number = district.case("handling", "填到一半登录过期了")
    with district.phone(HANDLER) as page:
        page.goto(f"/field/cases/{number}/")
        photograph(page, district)
        page.locator("[data-fill=done] button").first.click()
        page.context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="反馈给中心", exact=True).click()
        expect(page.locator("#pending")).to_contain_text(number[-5:])
        district.sign_in(page, HANDLER)
        page.locator("#toasts").get_by_text("反馈").wait_for()
    assert district.state(number) == "to_check"


def test_report_from_a_page_older_than_the_sign_in_waits_and_goes_by_the_door(district: District) -> None:
    words = "路口护栏歪了，页面开着的时候换了登录"
    with district.phone(OFFICER) as page:
        page.goto("/field/report/")
        page.get_by_label("说明").fill(words)
        page.context.clear_cookies()
        page.get_by_role("button", name="上报", exact=True).click()
        door = page.locator("#pending").get_by_role("link", name="重新登录")
        expect(door).to_be_visible()
        door.click()
        page.fill("input[name=login]", OFFICER)
        page.fill("input[name=password]", district.troupe.password)
        page.locator("form:has(input[name=password]) button").first.click()
        page.locator("#toasts").get_by_text("已上报").wait_for()
        page.goto("/field/mine/")
        expect(page.locator("main").get_by_text(words)).to_have_count(1)
        expect(page.locator("main .fd-line.text-secondary").first).not_to_contain_text("·")  # no place, no dot


def test_what_one_person_left_in_a_phone_does_not_go_under_another(district: District) -> None:
    number = district.case("handling", "换了人登录")
    with district.phone(HANDLER) as page:
        page.goto(f"/field/cases/{number}/")
        photograph(page, district)
        page.locator("[data-fill=done] button").first.click()
        page.context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="反馈给中心", exact=True).click()
        expect(page.locator("#pending")).to_contain_text(number[-5:])
        for who in (OFFICER, HANDLER):
            page.context.clear_cookies(name="sessionid")
            district.sign_in(page, who)
            if who == OFFICER:
                expect(page.locator("#pending")).to_have_text("这部手机里还有 1 件别人填的，等本人登录后发送")
                assert district.state(number) == "handling"
        page.locator("#toasts").get_by_text("反馈").wait_for()
    assert district.state(number) == "to_check"


@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        (OFFICER, ["tasks/", "tasks/?map=1", "report/", "mine/", "notices/", "me/"]),
        (HANDLER, ["work/", "work/?map=1", "work/?shelf=sent", "pace/", "notices/", "me/"]),
        (UNIT, ["work/?shelf=new", "pace/"]),
    ],
)
def test_pages_of_the_street_have_no_serious_fault(district: District, who: str, addresses: list[str]) -> None:
    district.case("handling", "随便一件")
    district.case("verifying", "随便又一件")
    found = {}
    with district.phone(who) as page:
        for address in addresses:
            page.goto(f"/field/{address}")
            shot(page, f"field-{who}-{address.strip('/').replace('/', '-').replace('?', '-').replace('=', '-')}-360")
            found[address] = faults(page)
    assert found == {address: [] for address in addresses}

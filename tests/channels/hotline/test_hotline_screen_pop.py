"""The screen-pop in a real browser: a ring at the gateway's hook stands on the operator's screen; how soon is printed, not asserted."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import chromium, faults, shot
from tests.channels.hotline.conftest import CALLER, SECRET
from tests.channels.hotline.screen import WATCH, hotline_service, listening, signed_in, sit, take
from tests.service import RunningService

from xiucheng.channels.hotline import codec

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(prepared: Path) -> Iterator[RunningService]:
    with hotline_service(prepared) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(service: RunningService, browser: Browser) -> Iterator[Page]:
    """An operator who sits at 8001."""
    with signed_in(service, browser, "shouli1") as found:
        sit(found, "8001")
        yield found


class Gateway:
    """Tells the hook what happens on the line."""

    def __init__(self, peer: httpx.Client) -> None:
        self.peer = peer

    def say(self, event: str, call: str, **more: str) -> float:
        """Gives when it was told."""
        body, stamp = orjson.dumps({"event": event, "call": call, **more}), str(int(time.time()))
        told = time.time()
        headers = {"X-Timestamp": stamp, "X-Signature": codec.sign(SECRET, stamp, body)}
        assert self.peer.post("/hook/hotline/event", content=body, headers=headers).status_code == 200
        return told


@pytest.fixture
def gateway(service: RunningService) -> Iterator[Gateway]:
    with httpx.Client(base_url=service.url, trust_env=False) as peer:
        yield Gateway(peer)


def test_a_ring_opens_the_form_with_the_callers_open_cases(gateway: Gateway, page: Page) -> None:
    number = take(page, "有个事情想请你们来看看，说不清楚")
    page.goto("/desk/calls/")
    listening(page)
    gateway.say("ring", "pop-1", caller=CALLER, agent="8001")
    page.wait_for_url("**/desk/intake/?call=*")
    beside = page.locator(".dk-caller")
    expect(beside).to_contain_text("138****5678")
    expect(beside.locator(f"a[href*='{number}']")).to_be_visible()
    assert CALLER not in page.content()
    gateway.say("answer", "pop-1", agent="8001")
    page.get_by_label("反映内容").fill("还是上次那件事，想再说一遍")
    shot(page, "hotline-screen-pop")
    assert faults(page) == []
    page.get_by_role("button", name="登记", exact=True).click()
    page.locator(".dk-done").wait_for()
    gateway.say("hangup", "pop-1")
    page.goto("/desk/calls/")
    shot(page, "hotline-call-desk")
    assert faults(page) == []
    expect(page.locator("tbody tr").first).to_contain_text("已登记")


def test_a_ring_stands_on_the_screen_while_words_are_typed(gateway: Gateway, page: Page) -> None:
    """Words that are being typed stay: only the bar appears."""
    took = []
    page.goto("/desk/intake/")
    page.get_by_label("反映内容").fill("正在记另一件事")
    listening(page)
    for n in range(3):
        page.evaluate(WATCH)
        told = gateway.say("ring", f"fast-{n}", caller=CALLER, agent="8001")
        page.locator("#ringing [data-call]").wait_for()
        took.append(page.evaluate("window.rung") / 1000 - told)
        if n == 0:
            shot(page, "hotline-ring-while-typing")
            assert faults(page) == []
        gateway.say("hangup", f"fast-{n}")
        page.locator("#ringing [data-call]").wait_for(state="detached")
    print("seconds from the hook to the screen:", [round(one, 3) for one in took])
    assert (page.url.endswith("/desk/intake/"), len(took)) == (True, 3)
    expect(page.get_by_label("反映内容")).to_have_value("正在记另一件事")


def test_a_call_for_another_seat_leaves_the_page_alone(gateway: Gateway, page: Page) -> None:
    listening(page)
    gateway.say("ring", "other-1", caller=CALLER, agent="8002")
    page.locator("#ringing [data-call]").wait_for()
    assert page.url.endswith("/desk/calls/")  # nobody is known to sit there: everybody sees it, nobody's page moves
    gateway.say("hangup", "other-1")
    page.locator("#ringing [data-call]").wait_for(state="detached")


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
def test_pages_of_the_call_desk_have_no_serious_fault(
    service: RunningService, browser: Browser, gateway: Gateway, phone: bool
) -> None:
    found, width = {}, 360 if phone else 1280
    gateway.say("ring", f"page-{width}", caller=CALLER, agent="8007")
    gateway.say("answer", f"page-{width}", agent="8007")
    gateway.say("hangup", f"page-{width}")
    with signed_in(service, browser, "zhiban1", phone=phone) as page:
        page.locator("#newest").wait_for()
        calls = page.locator("a[href^='/desk/calls/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        one = next(href for href in calls if href.strip("/").split("/")[-1].isdigit())
        for name, address in (("desk", "/desk/calls/"), ("call", one), ("service", "/desk/calls/service/")):
            page.goto(address)
            shot(page, f"hotline-{name}-{width}")
            found[name] = faults(page)
    assert found == {"desk": [], "call": [], "service": []}

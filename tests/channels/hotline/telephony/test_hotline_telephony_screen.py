"""A real call on the operator's real screen: from the INVITE at the proxy to the bar in Chromium; how soon is printed, not asserted."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import chromium, shot
from tests.channels.hotline.conftest import CALLER
from tests.channels.hotline.screen import WATCH, hotline_service, listening, signed_in, sit, take
from tests.channels.hotline.telephony.exchange import PATIENCE, Exchange, why_not
from tests.channels.hotline.telephony.gateway import Gateway
from tests.service import RunningService

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROUNDS = 10
BAR = "#ringing [data-call]"


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    if reason := why_not():
        pytest.skip(reason)
    with Exchange.open() as found:
        yield found


@pytest.fixture(scope="module")
def browser(exchange: Exchange) -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def service(browser: Browser, prepared: Path) -> Iterator[RunningService]:
    with hotline_service(prepared) as running:
        yield running


@pytest.fixture
def gateway(exchange: Exchange, service: RunningService) -> Iterator[Gateway]:
    with Gateway.between(exchange, service.url) as found:
        yield found
    exchange.hush()


@pytest.fixture
def page(service: RunningService, browser: Browser) -> Iterator[Page]:
    """An operator who sits at 8001."""
    with signed_in(service, browser, "shouli1") as found:
        sit(found, "8001")
        yield found


def test_a_real_call_opens_the_form_with_the_callers_open_cases(
    exchange: Exchange, gateway: Gateway, page: Page
) -> None:
    number = take(page, "有个事情想请你们来看看，说不清楚")
    page.goto("/desk/calls/")
    listening(page)
    seat, line = exchange.seat("8001", "late"), exchange.call("calls")
    page.wait_for_url("**/desk/intake/?call=*")
    beside = page.locator(".dk-caller")
    expect(beside).to_contain_text("138****5678")
    expect(beside.locator(f"a[href*='{number}']")).to_be_visible()
    assert CALLER not in page.content()
    page.get_by_label("反映内容").fill("还是上次那件事，想再说一遍")
    line.finish()
    seat.finish()
    page.get_by_role("button", name="登记", exact=True).click()
    page.locator(".dk-done").wait_for()
    page.goto("/desk/calls/")
    expect(page.locator("tbody tr").first).to_contain_text("已登记")
    assert gateway.seen(4) == ["ring", "ring", "answer", "hangup"]


def test_from_the_invite_to_the_screen(exchange: Exchange, gateway: Gateway, page: Page) -> None:
    """While words are typed, so that the page stays and only the bar comes and goes."""
    page.goto("/desk/intake/")
    page.get_by_label("反映内容").fill("正在记另一件事")
    listening(page)
    shown = []
    for n in range(ROUNDS):
        page.evaluate(WATCH)
        seat, line = exchange.seat("8001", "late"), exchange.call("calls")
        page.wait_for_function("window.rung > 0")
        shown.append(page.evaluate("window.rung"))
        if n == 0:
            shot(page, "hotline-real-call")
        line.finish()
        seat.finish()
        page.locator(BAR).wait_for(state="detached")
    assert gateway.seen(4 * ROUNDS) == ["ring", "ring", "answer", "hangup"] * ROUNDS
    took = [round(at - 1000 * gateway.rang(n)) for n, at in enumerate(shown)]
    print(f"ms from the INVITE to the screen: p50 {statistics.median(took)}, worst {max(took)}; {took}")
    expect(page.get_by_label("反映内容")).to_have_value("正在记另一件事")


def test_a_real_call_that_was_given_up_stands_among_what_is_owed(
    exchange: Exchange, gateway: Gateway, service: RunningService, browser: Browser
) -> None:
    seat, line = exchange.seat("8001", "rings"), exchange.call("gives-up", "13987654321")
    line.finish()
    seat.finish()
    assert gateway.seen(3) == ["ring", "ring", "hangup"]
    with signed_in(service, browser, "shouli1") as page:
        owed = page.locator("section[aria-labelledby=owed]")
        until = time.monotonic() + PATIENCE
        while "139****4321" not in owed.inner_text() and time.monotonic() < until:
            page.goto("/desk/calls/")  # the worker waits a few seconds for an answer that was overtaken
        expect(owed.locator("tr", has_text="139****4321")).to_have_count(1)
        expect(owed.locator("tr", has_text="139****4321")).to_contain_text("要回电")

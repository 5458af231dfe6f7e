"""The operator's screen for tests: the whole service with a gateway's secret, somebody who sits at 8001, the moment a ring shows."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.browser import visit
from tests.channels.hotline.conftest import CALLER, SECRET
from tests.service import RunningService, copied

WATCH = """() => {
  window.rung = 0;
  new MutationObserver(() => { const at = performance.timeOrigin + performance.now(); if (!window.rung && document.querySelector("#ringing [data-call]")) window.rung = at; })
    .observe(document.getElementById("ringing"), { childList: true });
}"""


@contextmanager
def hotline_service(prepared: Path) -> Iterator[RunningService]:
    """A service of its own whose hook is on."""
    with tempfile.TemporaryDirectory() as folder:
        data = copied(prepared, Path(folder) / "data")
        accounts = data / "channels.toml"
        accounts.write_text(f"[hotline]\nsecret = '{SECRET}'\n", encoding="utf-8")
        accounts.chmod(0o600)
        with RunningService(data) as running:
            yield running


@contextmanager
def signed_in(service: RunningService, browser: Browser, name: str, *, phone: bool = False) -> Iterator[Page]:
    password = json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"]
    with visit(browser, service.url, phone=phone, bypass_csp=True) as found:
        found.goto("/sign-in/?next=/desk/calls/")
        found.fill("input[name=login]", name)
        found.fill("input[name=password]", password)
        found.locator("form:has(input[name=password]) button").first.click()
        found.wait_for_url("**/desk/calls/")
        yield found


def sit(page: Page, extension: str) -> None:
    """Sit down at an extension."""
    page.get_by_label("我坐在哪个分机").fill(extension)
    page.get_by_role("button", name="就座").click()
    page.wait_for_load_state()


def take(page: Page, words: str) -> str:
    """Write a report of the caller down; gives its number."""
    page.goto("/desk/intake/")
    page.get_by_label("反映内容").fill(words)
    page.get_by_label("电话", exact=True).fill(CALLER)
    page.get_by_role("button", name="登记", exact=True).click()
    return page.locator(".dk-done a").inner_text()


def listening(page: Page) -> None:
    """Wait until the page follows the live events."""
    page.wait_for_function("!document.body.classList.contains('live-away')")
    page.wait_for_timeout(600)

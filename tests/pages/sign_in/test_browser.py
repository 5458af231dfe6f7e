"""Signing in with a real browser (登录): password, security key, and what is said when a key does not work."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.browser import chromium, faults, shot, visit
from tests.service import RunningService, copied

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "lingdao1"
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def service(prepared: Path) -> Iterator[RunningService]:
    """The demo, whose leader signs in."""
    with tempfile.TemporaryDirectory() as folder, RunningService(copied(prepared, Path(folder) / "data")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all of them."""
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, service: RunningService) -> Iterator[Page]:
    """A phone with a built-in key, at a host name: keys do not work with numbers."""
    with visit(browser, f"http://localhost:{service.port}", bypass_csp=True) as found:
        keys = found.context.new_cdp_session(found)
        keys.send("WebAuthn.enable")
        keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield found


def _password(service: RunningService) -> str:
    return str(json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"])


def _sign_in(page: Page, service: RunningService) -> None:
    page.goto("/sign-in/?next=/me/")
    page.fill("[name=login]", NAME)
    page.fill("[name=password]", _password(service))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/me/")


def test_pages_of_the_door_have_no_faults(page: Page, service: RunningService) -> None:
    page.goto("/sign-in/")
    found = faults(page)
    shot(page, "sign-in")
    _sign_in(page, service)
    shot(page, "my-account")
    assert found + faults(page) == []


def test_security_key_is_registered_and_then_enough(page: Page, service: RunningService) -> None:
    _sign_in(page, service)
    page.goto("/me/second/keys/new/")
    page.fill("[name=password]", _password(service))
    page.get_by_role("button", name="确认").click()
    page.fill("[name=name]", "办公室电脑")
    page.check("[name=passwordless]")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/me/second/codes/")
    shot(page, "recovery-codes")
    page.context.clear_cookies()
    page.goto("/sign-in/?next=/me/")
    page.get_by_role("button", name="用安全钥匙登录").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/me/")
    assert page.get_by_text(NAME, exact=True).count() == 1


def test_unknown_key_is_said_in_words(page: Page, service: RunningService) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="用安全钥匙登录").click()
    page.get_by_text("安全钥匙没有用成").wait_for()
    assert page.url.endswith("/sign-in/")

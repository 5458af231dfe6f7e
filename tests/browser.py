"""A real browser for tests (浏览器测试): Debian's Chromium, pictures of pages in `out/screens/`, axe for accessibility."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
SCREENS: Final = ROOT / "out" / "screens"
AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM: Final = os.environ.get("XIUCHENG_CHROMIUM") or shutil.which("chromium")
FLAGS: Final = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--hide-scrollbars",
]  # fmt: skip
PHONE: Final = {"width": 360, "height": 740}
SCREEN: Final = {"width": 1280, "height": 860}
SERIOUS: Final = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a whole module; skips with a word when there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, url: str, *, phone: bool = True, cookies: Any = None, **more: Any) -> Iterator[Page]:
    """A fresh visitor with one page; `cookies` are names and values."""
    size: Any = PHONE if phone else SCREEN
    context: BrowserContext = browser.new_context(viewport=size, base_url=url, locale="zh-CN", **more)
    context.set_default_timeout(15_000)
    if cookies:
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    try:
        yield context.new_page()
    finally:
        context.close()


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page for whoever wants to look."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical on the page, and whether the page is wider than the window."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    told = [f"{v['id']}: {v['nodes'][0]['html'][:100]}" for v in found if v["impact"] in SERIOUS]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        told.append("wider than the window")
    return told

"""Another city's program reports by Open311 (开放接口全程): a request with a picture, what people see of it, and how its status follows."""

import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.browser import chromium, faults, shot, visit
from tests.handled import to_the_end
from tests.pages.test_pictures import jpeg
from tests.service import RunningService, copied

georeport: Any = pytest.importorskip("georeport", reason="georeport is not installed here: pip install georeport")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "反映沿线多盏路灯不亮，夜间出行不便，请尽快维修"


@pytest.fixture
def service(prepared: Path) -> Iterator[RunningService]:
    with tempfile.TemporaryDirectory() as folder:
        data = copied(prepared, Path(folder) / "data")
        accounts = data / "channels.toml"
        accounts.write_text("[open311]\ncontact = '市热线 12319'\n", encoding="utf-8")
        accounts.chmod(0o600)
        with RunningService(data) as running:
            yield running


def sign_in(page: Page, service: RunningService, name: str, then: str) -> None:
    password = json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"]
    page.goto(f"/sign-in/?next={then}")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.locator("form:has(input[name=password]) button").first.click()
    page.wait_for_url(f"**{then}")


def key(page: Page, service: RunningService) -> str:
    """A key, as the security administrator gives it: shown once."""
    sign_in(page, service, "anquan", "/admin/channel_open311/key/add/")
    page.fill("input[name=name]", "邻市")
    page.fill("input[name=quota]", "100")
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/admin/channel_open311/key/")
    shown = re.search(r"o311_[\w-]{43}", page.content())
    assert shown is not None
    return shown[0]


def test_a_program_reports_and_everybody_sees_what_became_of_it(service: RunningService) -> None:
    with chromium() as browser:
        with visit(browser, service.url, phone=False) as page:
            given = key(page, service)
        facts = {
            "api_key": given, "service_code": "C0137", "lat": "29.5236", "long": "106.5731", "description": WORDS,
            "first_name": "王", "phone": "13900000000",
        }  # fmt: skip
        with httpx.Client(base_url=f"{service.url}/open311/v2", trust_env=False, timeout=30) as peer:
            made = peer.post("/requests.json", data=facts, files={"media": ("lamp.jpg", jpeg(), "image/jpeg")})
            assert made.status_code == 200, made.text
            number = made.json()[0]["service_request_id"]
            until = time.monotonic() + 30
            while (
                "agency_responsible" not in (seen := peer.get(f"/requests/{number}.json").json()[0])
                or not seen["agency_responsible"]
            ):
                assert time.monotonic() < until, seen
                time.sleep(0.2)
            assert (seen["status"], "13900000000" in json.dumps(seen)) == ("open", False)
            assert f"<service_request_id>{number}</service_request_id>" in peer.get(f"/requests/{number}.xml").text
        for form in ("json", "xml"):
            client = georeport.GeoReport(f"{service.url}/open311/v2", output_format=form)
            assert client.get_service_request(number)["status"] == "open"
        with visit(browser, service.url, phone=False, bypass_csp=True) as page:
            sign_in(page, service, "paiqian1", f"/desk/case/{number}/")
            expect(page.locator("main")).to_contain_text("Open311")
            expect(page.locator("main img").first).to_be_visible()
            assert faults(page) == []
            shot(page, "open311-client-1-desk")
        with visit(browser, service.url, bypass_csp=True) as page:
            page.goto(f"/open311/v2/requests/{number}.json")
            shot(page, "open311-client-2-answer")
        assert to_the_end(service) == number
        with httpx.Client(base_url=f"{service.url}/open311/v2", trust_env=False, timeout=30) as peer:
            assert peer.get(f"/requests/{number}.json").json()[0]["status"] == "closed"
            assert "<status>closed</status>" in peer.get(f"/requests/{number}.xml").text
        with visit(browser, service.url, bypass_csp=True) as page:
            page.goto("/solved/")
            shot(page, "open311-client-3-solved")
            assert faults(page) == []

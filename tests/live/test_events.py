"""The stream over HTTP: a real server process, a real listener, a real relay."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import orjson
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from tests.district import District

from xiucheng.cases import actions
from xiucheng.live import relay
from xiucheng.people.models import Posting
from xiucheng.rules.workflow import Actor

LASTING = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
pytestmark = [LASTING, pytest.mark.usefixtures("lasting"), pytest.mark.slow]
RAIL = actions.Submission(channel="web", kind="complaint", words="护栏倒了")


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def live(lasting: None) -> Iterator[str]:
    """A server on a free port, reading the test's database."""
    port, name = _free(), connection.settings_dict["NAME"]
    url = f"postgresql://xiucheng@/{name}?host={connection.settings_dict['HOST']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "xiucheng.run.events", "127.0.0.1", str(port)], env={**os.environ, "DATABASE_URL": url}
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx.get(f"{address}/live/health", trust_env=False)
            break
        except httpx.ConnectError:
            time.sleep(0.05)  # a process needs a moment to open its port
    yield address
    process.terminate()
    process.wait(10)


def _signed_in(post: str) -> str:
    account = get_user_model().objects.create(username=post, name="某")
    Posting.objects.create(account=account, post=post)
    client = Client()
    client.force_login(account)
    return client.cookies["sessionid"].value


def _lines(response: httpx.Response, event: str) -> Iterator[dict[str, object]]:
    waiting = False
    for line in response.iter_lines():
        if line.startswith("event: "):
            waiting = line == f"event: {event}"
        elif line.startswith("data: ") and waiting:
            yield orjson.loads(line[6:])


def test_events_tell_the_operator_of_a_new_report(live: str, people: dict[str, Actor], district: District) -> None:
    cookies = {"sessionid": _signed_in("operator")}
    with httpx.stream(
        "GET", f"{live}/live/events?topics=queue:to_register", cookies=cookies, timeout=10, trust_env=False
    ) as response:
        assert response.status_code == 200
        lines = _lines(response, "change")
        done = actions.submit(RAIL, people["resident"])
        relay.gather()
        assert next(lines) == {
            "topics": ["queue:to_register"],
            "cases": [{"number": done.number, "state": "to_register", "act": "submit", "version": 1}],
        }


@pytest.mark.parametrize("topics", ["queue:to_register", "map", "inbox", ""])
def test_events_without_sign_in_are_refused(live: str, topics: str) -> None:
    assert httpx.get(f"{live}/live/events?topics={topics}", trust_env=False).status_code == 403


def test_events_from_a_foreign_page_are_refused(live: str) -> None:
    cookies = {"sessionid": _signed_in("operator")}
    headers = {"Origin": "https://evil.example"}
    found = httpx.get(f"{live}/live/events?topics=map", cookies=cookies, headers=headers, trust_env=False)
    assert (found.status_code, found.headers.get("access-control-allow-origin")) == (403, None)


def test_events_with_a_made_up_session_are_refused(live: str) -> None:
    cookies = {"sessionid": base64.b64encode(b"x" * 24).decode()}
    assert httpx.get(f"{live}/live/events?topics=map", cookies=cookies, trust_env=False).status_code == 403

"""A city with Open311 switched on, its staff, and a program with a key."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import LazySettings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.http import HttpResponse
from django.test import Client
from tests.district import District
from tests.staff import staff

from xiucheng.channels.open311 import keys
from xiucheng.people.models import Account

FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True)
class Caller:
    """A program of another city: speaks to our server as the specification says."""

    key: str
    house: dict[str, Account]
    district: District

    def get(self, path: str, **query: Any) -> HttpResponse:
        return Client(raise_request_exception=False).get(f"/open311/{path}", query)

    def post(self, path: str, body: Any = None, **facts: Any) -> HttpResponse:
        pairs = body if body is not None else {"api_key": self.key, **facts}
        return Client(raise_request_exception=False).post(f"/open311/{path}", urlencode(pairs, doseq=True), FORM)

    def report(self, **facts: Any) -> str:
        """A request made; gives its id."""
        known = {"service_code": "C0101", "lat": "29.53", "long": "106.57", "description": "护栏倒了", **facts}
        answer = self.post("v2/requests.json", **known)
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.json()[0]["service_request_id"])


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "channels.toml"
    path.write_text("[open311]\ncontact = '市热线 12319'\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    return path


@pytest.fixture
def caller(district: District, account: Path) -> Iterator[Caller]:
    house = staff(district)
    yield Caller(keys.give(by=house["security_admin"], name="邻市", quota=1000), house, district)


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def served(caller: Caller, settings: LazySettings) -> Iterator[str]:
    """The same city on a real port; while somebody asks there, the test waits, so both use one connection."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet) as server:

        def serve() -> None:
            connections["default"] = shared
            server.serve_forever(0.05)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        settings.PUBLIC_ADDRESS = f"http://127.0.0.1:{server.server_port}"
        yield settings.PUBLIC_ADDRESS
        server.shutdown()
        thread.join()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    shared.dec_thread_sharing()

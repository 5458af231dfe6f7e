"""The database goes away while a channel calls (数据库离线): 503 and Retry-After in the caller's own form, wherever it is noticed."""

import json
import select
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.test import Client

from xiucheng.rules.refusals import Refused
from xiucheng.run import guard

BUSY = Refused("busy")
OURS = {"code": BUSY.code, "zh": BUSY.zh, "en": BUSY.en}
ADDRESSES: list[tuple[str, Any]] = [
    ("/hook/hook/events", OURS),
    ("/hook/sms/messages", OURS),
    ("/hook/order12345/", {"code": 503, "error": "busy", "message": "系统正在恢复，请稍后再发"}),
    ("/hook/hotline/event", {"ok": False, "error": "busy"}),
    ("/hook/wechat/", ""),
    ("/hook/weibo/", ""),
    ("/hook/nobody/", OURS),
    ("/open311/v2/requests.json", [{"code": "503", "description": f"{BUSY.zh} {BUSY.en}"}]),
]


def break_it() -> None:
    """The server ends this thread's connection, as it does when it restarts."""
    connection.ensure_connection()
    raw, params = connection.connection, connection.get_connection_params()
    with psycopg.connect(**{k: str(params[k]) for k in ("dbname", "user", "host") if k in params}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])
    select.select([raw.fileno()], [], [], 10)


def breaking(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware that asks the database while it goes away."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        break_it()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return get_response(request)

    return answer


def nobody_there() -> None:
    """This thread's next connection goes to a port at which nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    connection.close()
    connection.settings_dict = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": port}


def post(path: str, before: Callable[[], None]) -> tuple[int, str, Any]:
    """In a thread, whose connection is its own."""

    def ask() -> tuple[int, str, Any]:
        before()
        try:
            client = Client(raise_request_exception=False)
            answer = client.post(path, b"{}", content_type="application/json")
        finally:
            connection.close()
        text = answer.content.decode()
        return answer.status_code, answer.headers.get("Retry-After", ""), json.loads(text) if text else text

    with ThreadPoolExecutor(1) as own:
        return own.submit(ask).result()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "told"), ADDRESSES)
def test_a_database_that_is_not_there_when_a_channel_calls(
    path: str, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.wait_for_database, "__defaults__", (0.0,))
    assert post(path, nobody_there) == (503, "2", told)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "told"), ADDRESSES)
def test_a_database_that_goes_away_in_a_middleware(path: str, told: Any, settings: LazySettings) -> None:
    at = settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], f"{__name__}.breaking", *settings.MIDDLEWARE[at:]]
    assert post(path, connection.ensure_connection) == (503, "2", told)


@pytest.mark.django_db
def test_open311_is_told_in_the_form_it_asked_for_and_people_see_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.wait_for_database, "__defaults__", (0.0,))

    def ask() -> list[tuple[int, str]]:
        nobody_there()
        answers = [Client().get(path) for path in ("/open311/v2/requests.xml", "/open311/v2/requests", "/")]
        connection.close()
        return [(answer.status_code, answer.headers["Content-Type"].partition(";")[0]) for answer in answers]

    with ThreadPoolExecutor(1) as own:
        found = own.submit(ask).result()
    assert found == [(503, "text/xml"), (503, "text/xml"), (503, "text/html")]

"""Live events over HTTP (实时推送): `GET /live/events?topics=queue:to_register,case:A1,inbox` as server-sent events.

A small ASGI application without Django's request cycle. Messages carry keys and states only. A stream ends after ten minutes, so
that a browser comes back and its rights are looked at anew; `Last-Event-ID` gives it what it has missed in between.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qs

import django
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
django.setup()

from xiucheng.live import door  # noqa: E402 - Django must be ready first
from xiucheng.live.hub import RESET, Hub, Listener  # noqa: E402 - as above
from xiucheng.live.listen import listen  # noqa: E402 - as above

BEAT: Final = 15.0
LONGEST: Final = 600.0
MOST: Final = 2_000
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_hub = Hub(secrets.token_hex(4))
_askers = ThreadPoolExecutor(2, thread_name_prefix="door")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI entry."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _http(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    ear: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            ear = asyncio.create_task(listen(_hub))
            await send({"type": "lifespan.startup.complete"})
        else:
            if ear is not None:
                ear.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _http(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    path, method = scope["path"], scope["method"]
    if path == "/live/health" and method == "GET":
        await _plain(send, 200, f"ok {len(_hub.listeners)}", headers)
    elif path != "/live/events" or method != "GET":
        await _plain(send, 404, "nothing here", headers)
    elif not door.host_allowed(headers.get("host", "")) or not _own_page(headers):
        await _plain(send, 403, "not from here", headers)
    elif len(_hub.listeners) >= MOST:
        await _plain(send, 503, "too many listeners", headers)
    else:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        await _events(query, headers, receive, send)


def _own_page(headers: dict[str, str]) -> bool:
    return door.origin_allowed(headers.get("origin", ""), headers.get("host", ""))


def _answer_headers(headers: dict[str, str], kind: bytes) -> list[tuple[bytes, bytes]]:
    found = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    found += [(b"x-content-type-options", b"nosniff"), (b"vary", b"Origin, Cookie")]
    origin = headers.get("origin", "")
    if origin and _own_page(headers):
        found += [(b"access-control-allow-origin", origin.encode("latin-1"))]
        found += [(b"access-control-allow-credentials", b"true")]
    return found


async def _plain(send: Send, status: int, text: str, headers: dict[str, str]) -> None:
    kind = _answer_headers(headers, b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": kind})
    await send({"type": "http.response.body", "body": text.encode()})


async def _events(query: dict[str, list[str]], headers: dict[str, str], receive: Receive, send: Send) -> None:
    topics = ",".join(query.get("topics", []))
    interest = await asyncio.get_running_loop().run_in_executor(_askers, door.admit, headers, topics)
    if interest is None:
        await _plain(send, 403, "not allowed", headers)
        return
    listener = Listener(interest)
    mark = headers.get("last-event-id") or "".join(query.get("last", []))
    for message in _hub.missed(interest, mark) if mark else ():
        listener.offer(message)
    _hub.listeners.add(listener)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": _answer_headers(headers, b"text/event-stream; charset=utf-8"),
            }
        )
        await _stream(listener, send, gone)
    finally:
        _hub.listeners.discard(listener)
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(listener: Listener, send: Send, gone: "asyncio.Task[None]") -> None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + LONGEST
    await _say(send, f"retry: 3000\nid: {_hub.mark()}\nevent: hello\ndata: {{}}\n\n")
    while not gone.done() and loop.time() < ends:
        try:
            mark, message = await asyncio.wait_for(listener.queue.get(), BEAT)
        except TimeoutError:
            await _say(send, ": beat\n\n")
            continue
        kind = "reset" if message is RESET else "change"
        await _say(send, f"id: {mark}\nevent: {kind}\ndata: {orjson.dumps(message).decode()}\n\n")
    await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})

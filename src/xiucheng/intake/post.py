"""Hand JSON to another system (发给对方): one try, no redirects, no proxy; says honestly whether the other side may have it."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side said; of a long body the beginning."""

    status: int
    body: bytes


class NotSent(Exception):  # noqa: N818 - it is what it says
    """Surely not handed over: no connection."""


class NoAnswer(Exception):  # noqa: N818 - it is what it says
    """Handed over or not: the connection broke or nothing came back in time."""


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Reply:
    """POST `body` as JSON. Raises `NotSent` or `NoAnswer`, both with the kind of fault only."""
    parts = urlsplit(url)
    try:
        peer = _peer(parts.scheme, parts.hostname or "", parts.port, timeout)
    except ValueError as wrong:
        raise NotSent("the address is not valid") from wrong
    try:
        try:
            peer.connect()
        except (OSError, http.client.HTTPException) as fault:
            raise NotSent(type(fault).__name__) from fault
        try:
            where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            peer.request(
                "POST", where, body, {"Content-Type": "application/json", "Accept": "application/json", **headers}
            )
            said = peer.getresponse()
            found = Reply(said.status, said.read(MOST))
            if said.length and len(found.body) < MOST:
                raise NoAnswer("half an answer")
            return found
        except (OSError, http.client.HTTPException) as fault:
            raise NoAnswer(type(fault).__name__) from fault
        except ValueError as wrong:
            raise NotSent("the address is not valid") from wrong
    finally:
        peer.close()


def _peer(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if not host or scheme not in {"http", "https"}:
        raise ValueError("no address")
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)

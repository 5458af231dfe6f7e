"""Speak to another city's GeoReport v2 server (对接外市): one call at a time, JSON or XML as that server can, never longer than ten seconds.

What servers in the field do differently is let pass: numbers for ids, one thing instead of a list of one, errors without a body.
"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import orjson

from xiucheng.channels.open311.codec import ITEMS
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask

TIMEOUT: Final = 10.0
MOST_BYTES: Final = 5_000_000
DEEPEST: Final = 20


class PeerFault(Exception):  # noqa: N818 - it is what it says
    """The other server said no, or nothing (`status` 0); `said` is short and holds no key; `city` is whose server it is."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said, self.city = status, said, ""

    @property
    def zh(self) -> str:
        """For the page of channels."""
        return f"{self.city}：{self.said}" if self.city else self.said

    @property
    def again(self) -> bool:
        """Whether trying later may help."""
        return self.status in {0, 403, 408, 429} or self.status >= 500


@dataclass(frozen=True, slots=True)
class Peer:
    """Another city's server, as `[open311.peers.NAME]` names it; `unit` is the code of our unit that stands for that city."""

    name: str
    endpoint: str
    unit: str
    api_key: str = ""
    jurisdiction_id: str = ""
    form: str = "json"
    service_code: str = ""
    services: Mapping[str, str] = field(default_factory=dict)
    updates: bool = False

    def service(self, category: str) -> str:
        """What that city calls a category of ours: the longest beginning that is named, else the one for the rest."""
        fitting = [code for code in self.services if category.startswith(code)]
        return self.services[max(fitting, key=len)] if fitting else self.service_code


def peers(account: Mapping[str, Any] | None) -> list[Peer]:
    """The servers of the account; one without address or unit is left out."""
    rows = (account or {}).get("peers")
    found = []
    for name, row in sorted(rows.items()) if isinstance(rows, dict) else ():
        services = row.get("services") if isinstance(row, dict) else None
        if (
            not isinstance(row, dict)
            or urlsplit(str(row.get("endpoint"))).scheme not in {"http", "https"}
            or not row.get("unit")
        ):
            continue
        texts = {key: str(row[key]) for key in ("api_key", "jurisdiction_id", "service_code") if row.get(key)}
        found.append(
            Peer(
                name=name[:40], endpoint=str(row["endpoint"]).rstrip("/"), unit=str(row["unit"]),
                form="xml" if row.get("form") == "xml" else "json", updates=bool(row.get("updates")),
                services={str(k): str(v) for k, v in services.items()} if isinstance(services, dict) else {}, **texts,
            )
        )  # fmt: skip
    return found


def get(peer: Peer, resource: str, **facts: str) -> list[dict[str, Any]]:
    """GET a resource; what it lists. Raises `PeerFault`."""
    query = urlencode({k: v for k, v in {**_who(peer), **facts}.items() if v})
    return _call(peer, urllib.request.Request(f"{_address(peer, resource)}?{query}"))  # noqa: S310 - http or https, see `peers`


def post(peer: Peer, resource: str, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    """POST a form; what the answer lists. Raises `PeerFault`."""
    body = urlencode({k: v for k, v in {**_who(peer), **facts}.items() if v}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return _call(peer, urllib.request.Request(_address(peer, resource), body, headers))  # noqa: S310 - http or https, see `peers`


def _who(peer: Peer) -> dict[str, str]:
    return {"api_key": peer.api_key, "jurisdiction_id": peer.jurisdiction_id}


def _address(peer: Peer, resource: str) -> str:
    return f"{peer.endpoint}/{quote(resource)}.{peer.form}"


def _call(peer: Peer, request: urllib.request.Request) -> list[dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - http or https, see `peers`
            raw = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as refused:
        with refused:
            raise PeerFault(refused.code, _why(peer, refused.read(20_000)) or f"HTTP {refused.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as silent:
        raise PeerFault(0, f"没有回答（{type(silent).__name__}）") from None
    if len(raw) > MOST_BYTES:
        raise PeerFault(0, "回答太大")
    return read(raw, peer.form)


def _why(peer: Peer, raw: bytes) -> str:
    """What the other server says is wrong; our key is never repeated."""
    try:
        said = "；".join(str(row.get("description") or "") for row in read(raw, peer.form))
    except PeerFault:
        return ""
    return legible(mask(said.replace(peer.api_key, "***") if peer.api_key else said))[:150]


def read(raw: bytes, form: str) -> list[dict[str, Any]]:
    """The rows of a document: one alone counts as a list of one; every value is text or None."""
    try:
        content = orjson.loads(raw) if form == "json" else _spark(_root(raw))
    except (orjson.JSONDecodeError, ElementTree.ParseError, ValueError, LookupError):
        raise PeerFault(0, "回答看不懂") from None
    rows = content if isinstance(content, list) else [content]
    return [{str(k): _text(v) for k, v in row.items()} for row in rows if isinstance(row, dict)]


class _Tree(ElementTree.TreeBuilder):
    """A tree that is not deep and knows no document type, in whatever characters it is written."""

    depth = 0

    def doctype(self, *_: Any) -> None:
        raise ValueError("a document type is not expected")

    def start(self, tag: Any, attrs: Any) -> ElementTree.Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError("too deep")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


def _root(raw: bytes) -> ElementTree.Element:
    reader = ElementTree.XMLParser(target=_Tree())  # noqa: S314 - entities need a document type, which is refused
    reader.feed(raw)
    found: ElementTree.Element = reader.close()
    return found


def _spark(element: ElementTree.Element) -> Any:
    if element.tag in ITEMS:
        return [_spark(child) for child in element]
    return {child.tag: _spark(child) for child in element} if len(element) else element.text


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

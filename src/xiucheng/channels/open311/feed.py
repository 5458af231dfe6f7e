"""Public requests as a feed (订阅): Atom with GeoRSS points, for news readers and maps. The same arguments as the list, newest first."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from xiucheng.channels.open311 import codec
from xiucheng.channels.open311.discovery import base
from xiucheng.city import clock
from xiucheng.rules.legible import legible

TYPE: Final = "application/atom+xml; charset=utf-8"
_HEAD: Final = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss">'


def write(found: Sequence[dict[str, Any]], *, training: bool) -> bytes:
    """The feed of these requests, as the list tells them."""
    end = f"{base()}/{'test/v2' if training else 'v2'}"
    newest = max((row["updated_datetime"] for row in found), default=codec.told(clock.now(), clock.ZONE))
    parts = [
        codec.DECLARATION,
        _HEAD,
        _text("id", f"{end}/requests.atom"),
        _text("title", "城市管理诉求 · City requests"),
    ]
    parts += [_text("updated", newest), f'<link rel="self" href="{escape(end)}/requests.atom"/>']
    parts += ["<author><name>绣城 Xiucheng</name></author>"]
    parts += [piece for row in found for piece in _entry(row, end)]
    return "".join([*parts, "</feed>"]).encode()


def _entry(row: dict[str, Any], end: str) -> Iterator[str]:
    address = f"{end}/requests/{row['service_request_id']}.xml"
    told = " · ".join(row[name] for name in ("service_name", "address", "status_notes") if row[name])
    yield "<entry>"
    yield _text("id", address)
    yield f'<link href="{escape(address)}"/>'
    yield _text("title", told)
    yield _text("published", row["requested_datetime"])
    yield _text("updated", row["updated_datetime"])
    yield _text("summary", row["description"] or told)
    if row["lat"] is not None and row["long"] is not None:
        yield _text("georss:point", f"{row['lat']:.6f} {row['long']:.6f}")
    if row["media_url"]:
        yield f'<link rel="enclosure" type="image/jpeg" href="{escape(row["media_url"])}"/>'
    yield "</entry>"


def _text(name: str, words: str | None) -> str:
    return f"<{name}>{escape(legible(words or ''))}</{name}>"

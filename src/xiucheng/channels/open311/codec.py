"""How GeoReport v2 writes and reads (编解码): XML and JSON of one content, moments with their zone, the status words. Pure.

JSON follows XML by the "Spark" rule: the outer element falls away, a repeated element is an array, an empty one is null.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

from xiucheng.rules.legible import legible

TYPES: Final = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
ITEMS: Final[Mapping[str, str]] = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
}
"""What the elements inside a list are called."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOST_PLUS: Final = re.compile(r"(?<=:\d\d) (?=\d\d:?\d\d$)")
_AWAY: Final = re.compile(r"[\ud800-\udfff]")


def write(root: str, content: Any, form: str) -> bytes:
    """The document in `form` (xml or json); characters that XML cannot carry are left out of both."""
    clean = _clean(content)
    if form == "json":
        return orjson.dumps(clean)
    return (DECLARATION + "".join(_element(root, clean))).encode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return legible(value) or None
    if isinstance(value, Mapping):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_clean(inner) for inner in value]
    return value


def _element(name: str, value: Any) -> Iterator[str]:
    """An empty list keeps its element with both tags: clients look for the root first."""
    yield f"<{name}>"
    if isinstance(value, Mapping):
        for inner, content in value.items():
            yield from _element(inner, content)
    elif isinstance(value, list):
        for item in value:
            yield from _element(ITEMS[name], item)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, float):
        yield f"{value:.6f}"
    elif value is not None:
        yield escape(str(value))
    yield f"</{name}>"


def moment(text: str, zone: dt.tzinfo, *, last: bool = False) -> dt.datetime:
    """A W3C date-time; without a zone it is the city's, a bare day begins (or with `last` ends) it. Raises ValueError."""
    text = _LOST_PLUS.sub("+", text.strip())
    if _DAY.fullmatch(text):
        day = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        found = day + dt.timedelta(days=1, seconds=-1) if last else day
    else:
        if "T" not in text.upper():
            raise ValueError("no date-time")
        found = dt.datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
    if not 1970 <= found.year <= 9000:
        raise ValueError("no real date")
    return found.astimezone(zone)  # a zone beyond 16 hours is lawful here, but no database takes it


def told(moment: dt.datetime | None, zone: dt.tzinfo) -> str | None:
    """A moment as we write it: the city's time with its zone, whole seconds."""
    return moment.astimezone(zone).replace(microsecond=0).isoformat() if moment else None


def plain_status(text: str) -> str:
    """A status word as it is compared: small letters, blanks for underlines."""
    return " ".join(text.replace("_", " ").lower().split())


def storable(text: str) -> str:
    """What came in a form field or a query, without what no database can hold."""
    return _AWAY.sub("", text.replace("\x00", "")).strip()

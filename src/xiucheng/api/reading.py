"""What a machine sent (请求内容): a JSON object with the fields named, each of the right kind and length."""

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from django.http import HttpRequest

from xiucheng.intake.actions import Point
from xiucheng.intake.uploads import finished
from xiucheng.rules.refusals import Pair, Refused

MOST_BYTES: Final = 512 * 1024
PICTURES_MOST: Final = 9
KEY_MOST: Final = 80


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request; too big is refused before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise Refused("too_big", most="512 KB")
    raw = request.body
    if not raw:
        return {}
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused("not_json") from None
    if not isinstance(found, dict):
        raise Refused("not_json")
    return found


def text(given: Mapping[str, Any], name: str, default: str = "") -> str:
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Refused("bad_field", field=name, why="要是文字")
    return value


def flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Refused("bad_field", field=name, why="要是 true 或 false")
    return value


def number(given: Mapping[str, Any], name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused("bad_field", field=name, why="要是数字")
    return float(value)


def texts(given: Mapping[str, Any], name: str) -> dict[str, str]:
    """An object of texts, such as a contact."""
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise Refused("bad_field", field=name, why="要是一组文字")
    return value


def point(given: Mapping[str, Any]) -> Point | None:
    """`lng` and `lat` in degrees of `datum` (wgs84, gcj02, bd09); half a point is refused."""
    lng, lat = number(given, "lng"), number(given, "lat")
    if lng is None and lat is None:
        return None
    if lng is None or lat is None:
        raise Refused("bad_field", field="lng, lat", why="经度和纬度要一起给")
    return Point(lng, lat, text(given, "datum", "wgs84"), number(given, "accuracy"), by="api")


def moment(given: Mapping[str, Any], name: str) -> dt.datetime | None:
    value = text(given, name)
    if not value:
        return None
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        raise Refused("bad_time", field=name, why="要写成 2026-01-31T08:00:00+08:00") from None


def key(request: HttpRequest, account: int | None = None) -> str | None:
    """The Idempotency-Key of a request: the same key of the same account gives the first answer again."""
    value = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if len(value) > KEY_MOST or any(not c.isprintable() for c in value):
        raise Refused(
            "bad_field",
            field="Idempotency-Key",
            why=Pair(f"最多 {KEY_MOST} 个可见字符", f"{KEY_MOST} visible characters at most"),
        )
    if not value or account is None:
        return value or None
    own = f"{account}:{value}"
    return own if len(own) <= KEY_MOST else f"{account}:{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def pictures(given: Mapping[str, Any], name: str = "pictures") -> list[dict[str, Any]]:
    """The stored pictures behind upload codes; one that has not arrived is refused."""
    codes = given.get(name)
    if codes is None:
        return []
    if not isinstance(codes, list) or not all(isinstance(c, str) for c in codes):
        raise Refused("bad_field", field=name, why="要是上传码的列表")
    if len(codes) > PICTURES_MOST:
        raise Refused("too_many_pictures", most=PICTURES_MOST)
    return uploads(codes)


def uploads(codes: Sequence[str]) -> list[dict[str, Any]]:
    """Upload codes to stored pictures, in the order given."""
    if not codes:
        return []
    found = finished(codes)
    if set(codes) - set(found):
        raise Refused("upload_unknown")
    return [found[code] for code in dict.fromkeys(codes)]

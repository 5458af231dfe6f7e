"""What came from the phone (手机表单): pictures with the place where they were taken, and the act's own fields."""

import datetime as dt
import math
import secrets
from typing import Any, Final

from xiucheng.cases import forms
from xiucheng.city import clock
from xiucheng.field.access import FieldRequest
from xiucheng.intake.models import Upload
from xiucheng.pages import uploads
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ROWS, Row

PICTURES_MOST: Final = 6


def row_of(key: str) -> Row:
    """The table's row for `act` or `act.step`; the rows of one act ask for the same whatever the state."""
    found = next((row for row in ROWS if row.key == key), None)
    if found is None:
        raise Refused("unknown_act", act=key[:20])
    return found


def pictures(request: FieldRequest) -> list[dict[str, Any]]:
    """The form's pictures; one whose camera wrote no place gets the phone's."""
    spot = point(request, "at_")
    found = uploads.taken(request, most=PICTURES_MOST)
    if spot is None:
        return found
    return [p if p.get("lng") is not None else {**p, "lng": spot[0], "lat": spot[1]} for p in found]


def kept(shots: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Pictures of a form that must be shown again: each gets an upload code, so that nothing is sent twice."""
    now = clock.now()
    rows = [Upload(token=secrets.token_urlsafe(32), size=1, offset=1, created_at=now, picture=shot) for shot in shots]
    Upload.objects.bulk_create(rows)
    return [{"token": row.token, "sha256": str(shot["sha256"])} for row, shot in zip(rows, shots, strict=True)]


def point(request: FieldRequest, prefix: str = "") -> tuple[float, float] | None:
    """A WGS-84 point (lng, lat) that the phone measured; nothing when it could not."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        lng, lat = float(given.get(f"{prefix}lng", "")), float(given.get(f"{prefix}lat", ""))
    except ValueError:
        return None
    return (lng, lat) if math.isfinite(lng) and math.isfinite(lat) and abs(lng) <= 180 and abs(lat) < 85 else None


def read(request: FieldRequest, row: Row, shots: list[dict[str, Any]]) -> dict[str, Any]:
    """The act's form. The case moves to where the officer stands only if he says so (更正地点)."""
    given: dict[str, Any] = {name: request.POST.get(name) for name in request.POST}
    if not request.POST.get("correct_place"):
        given = {k: v for k, v in given.items() if k not in forms.PLACE_FIELDS}
    else:
        spot = point(request, "at_")
        given |= {"lng": spot[0], "lat": spot[1]} if spot else {}
    reason = str(given.get("reason_more") or "").strip()
    if reason:
        given["reason"] = reason
    return forms.read(row, given | {"pictures": shots})


def version(request: FieldRequest) -> int | None:
    """The version of the case that the person saw."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def key(request: FieldRequest) -> str | None:
    """The form's own key: sent twice it acts once."""
    text = request.POST.get("key", "").replace("\x00", "")[:60]
    return f"field:{request.walker.holder.id}:{text}"[:80] if text else None


def new_key() -> str:
    """A key for a form that is about to be shown."""
    return secrets.token_urlsafe(12)


def soon(moment: dt.datetime | None) -> bool:
    """Less than two hours left."""
    return moment is not None and moment - clock.now() < dt.timedelta(hours=2)

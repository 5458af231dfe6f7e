"""Pictures that arrive in pieces (断点续传): each piece is confirmed, a broken line goes on where it stopped.

`POST /uploads/` with `Upload-Length` gives an address; `PATCH` it with `Upload-Offset` and bytes; `HEAD` tells how far it came;
`GET` gives the finished picture. An upload that nobody finishes is dropped after a day.
"""

import contextlib
import datetime as dt
import logging
import os
import secrets
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from xiucheng.cases import pictures
from xiucheng.city import clock
from xiucheng.intake.models import Upload
from xiucheng.intake.uploads import KEPT, drop_old, finished
from xiucheng.pages import limits, signed
from xiucheng.rules.refusals import Refused

PIECE: Final = 1024 * 1024
_log = logging.getLogger(__name__)


def _part(token: str) -> Path:
    return Path(settings.DATA) / "uploads" / f"{token}.part"


@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """A picture is about to come."""
    limits.spend(request, "upload", most=90, seconds=600)
    size = _number(request.headers.get("Upload-Length"))
    if size > pictures.MOST_BYTES:
        raise Refused("picture_too_heavy", most=pictures.MOST_BYTES // 1024 // 1024)
    if size == 0:
        raise Refused("picture_unknown")
    token = secrets.token_urlsafe(32)
    _part(token).parent.mkdir(parents=True, exist_ok=True)
    Upload.objects.create(token=token, size=size, created_at=clock.now())
    return JsonResponse({"upload": token}, status=201, headers={"Location": f"/uploads/{token}", "Upload-Offset": "0"})


@require_http_methods(["PATCH", "HEAD", "GET"])
def piece(request: HttpRequest, token: str) -> HttpResponse:
    """The next piece of a picture, or how far it came."""
    if request.method != "PATCH":
        upload = Upload.objects.filter(token=token).first()
        if upload is None:
            raise Http404
        return _answer(upload)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(token=token).first()
        if upload is None:
            raise Http404
        if _number(request.headers.get("Upload-Offset")) != upload.offset:
            return JsonResponse({"offset": upload.offset}, status=409, headers={"Upload-Offset": str(upload.offset)})
        if upload.picture is None:
            _append(upload, request.body)
    return _answer(upload)


def _append(upload: Upload, content: bytes) -> None:
    """Bytes are on disk before the row says so; what a killed process wrote too much is cut off.

    The pieces go only when the row with the finished picture is committed: whatever happens before, the last piece sent
    again finds the others. What a killed process leaves is swept. Raises `Refused`, `no_room` when the disk takes no more.
    """
    if len(content) > min(PIECE, upload.size - upload.offset):
        raise Refused("picture_broken")
    part = _part(upload.token)
    try:
        _write(part, upload.offset, content)
        upload.offset += len(content)
        if upload.offset == upload.size:
            upload.picture = pictures.keep(part.read_bytes()).facts()
            transaction.on_commit(lambda: part.unlink(missing_ok=True))
    except OSError as full:
        _log.exception("a picture could not be kept")
        raise Refused("no_room") from full
    upload.save(update_fields=["offset", "picture"])


def _write(part: Path, offset: int, content: bytes) -> None:
    with part.open("r+b" if offset else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _answer(upload: Upload) -> JsonResponse:
    facts: dict[str, Any] = {"upload": upload.token, "offset": upload.offset, "size": upload.size}
    if upload.picture:
        kept = upload.picture
        facts |= {"thumb": signed.thumb_url(kept["sha256"]), "full": signed.picture_url(kept["sha256"])}
        facts |= {name: kept.get(name) for name in ("lng", "lat", "taken_at", "width", "height")}
    headers = {"Upload-Offset": str(upload.offset), "Cache-Control": "no-store"}
    return JsonResponse(facts, headers=headers)


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        raise Refused("missing", field="Upload-Length / Upload-Offset")
    return int(text)


def taken(request: HttpRequest, *, most: int = 3, name: str = "pictures") -> list[dict[str, Any]]:
    """The pictures of a sent form, as `cases.pictures.Kept.facts()`: those uploaded before, then those in the form itself."""
    tokens = request.POST.getlist("upload")[:most]
    kept = finished(tokens)
    found = [kept[token] for token in dict.fromkeys(tokens) if token in kept]
    for file in request.FILES.getlist(name)[: max(0, most - len(found))]:
        if file.size and file.size > pictures.MOST_BYTES:
            raise Refused("picture_too_heavy", most=pictures.MOST_BYTES // 1024 // 1024)
        if file.size:
            found.append(pictures.keep(file.read()).facts())
    return found


def sweep() -> int:
    """Drop uploads that nobody finished or used within a day; gives how many.

    Rows first, then pieces; a finished one's file goes with its row. Pieces without a row, which a killed process leaves, go when nobody has written to them for a day.
    """
    gone = drop_old()
    quiet = (dt.datetime.now(dt.UTC) - KEPT).timestamp()  # a file's time is real time, not the demo's
    for part in _part("").parent.glob("*.part"):
        if Upload.objects.filter(token=part.stem, picture__isnull=True).exists():
            continue
        with contextlib.suppress(FileNotFoundError):
            if part.stat().st_mtime < quiet:
                part.unlink()
    return gone

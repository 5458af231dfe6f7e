"""Uploads between their arrival and the report that takes them (上传照片): which are whole, and what is left of those nobody took."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from xiucheng.cases import pictures
from xiucheng.city import clock
from xiucheng.intake.models import Upload

KEPT: Final = dt.timedelta(days=1)
BATCH: Final = 500
_NEEDED: Final = """
SELECT sha256 FROM cases_picture WHERE sha256 = ANY(%(names)s)
UNION SELECT picture->>'sha256' FROM intake_upload WHERE created_at >= %(before)s AND picture->>'sha256' = ANY(%(names)s)
UNION SELECT p->>'sha256' FROM intake_draft, jsonb_array_elements(pictures) AS p WHERE p->>'sha256' = ANY(%(names)s)
"""
_COVERED: Final = "SELECT original_sha256 FROM cases_picture WHERE original_sha256 = ANY(%s)"


def finished(tokens: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The pictures behind upload codes by code, as `cases.pictures.Kept.facts()`; without those that are unfinished or too old."""
    wanted = [token for token in tokens if len(token) <= 43 and "\x00" not in token]
    rows = Upload.objects.filter(token__in=wanted, picture__isnull=False, created_at__gt=clock.now() - KEPT)
    return {row.token: row.picture for row in rows if row.picture}


def drop_old() -> int:
    """Drop uploads of more than a day ago, and with them the files that nothing uses; gives how many uploads.

    A finished one stays until its file may go (see `cases.pictures.discard`): the file goes first, so that a process which is
    killed in between leaves a row, and the next sweep ends it.
    """
    now = clock.now()
    gone = Upload.objects.filter(picture__isnull=True, created_at__lt=now - KEPT).delete()[0]
    before, last = now - pictures.QUIET, ""
    while True:
        rows = Upload.objects.filter(picture__isnull=False, created_at__lt=before, token__gt=last).order_by("token")
        found = {row.token: row.picture or {} for row in rows[:BATCH]}
        if not found:
            return gone
        last = max(found)
        used = _used(list(found.values()), before)
        done = [token for token, kept in found.items() if _settled(kept.get("sha256"), used)]
        gone += Upload.objects.filter(token__in=done).delete()[0]


def _settled(name: str | None, used: set[str]) -> bool:
    return not name or name in used or pictures.discard(name)


def _used(shots: list[dict[str, Any]], before: dt.datetime) -> set[str]:
    """The files that a case, a draft or a younger upload names, or named before faces in it were covered."""
    names = [shot["sha256"] for shot in shots if shot.get("sha256")]
    with connection.cursor() as cursor:
        cursor.execute(_NEEDED, {"names": names, "before": before})
        used = {str(row[0]) for row in cursor.fetchall()}
        left = {
            shot["original_sha256"]: shot["sha256"]
            for shot in shots
            if shot.get("sha256") and shot["sha256"] not in used
        }
        if left:
            cursor.execute(_COVERED, [list(left)])
            used |= {left[row[0]] for row in cursor.fetchall()}
    return used

"""Recordings (录音): fetched once from where the telephone system keeps them, kept sealed under their hash, dropped in time.

The account's `recordings` is a folder on this machine or the beginning of an http(s) address; a name that leads elsewhere is refused.
"""

import datetime as dt
import hashlib
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings

from xiucheng.audit import vault
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later
from xiucheng.rules.refusals import Refused

TIMEOUT: Final = 20.0
KINDS: Final = ((b"RIFF", "audio/wav"), (b"OggS", "audio/ogg"), (b"ID3", "audio/mpeg"))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that points elsewhere is not followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def fetch(call: Call) -> None:
    """Get a call's recording, once. Raises Later while it cannot be had, Refused for what it may not be."""
    name = vault.unseal(call.recording_sealed)
    where = str((accounts.account("hotline") or {}).get("recordings", ""))
    if call.recording or not name or not where:
        return
    raw = _from_web(where, name) if where.startswith(("http://", "https://")) else _from_folder(Path(where), name)
    if kind(raw) == "":
        raise Refused("bad_choice", field="录音格式")
    sha256 = hashlib.sha256(raw).hexdigest()
    _write(path(sha256), vault.seal_bytes(raw))
    Call.objects.filter(pk=call.pk, recording="").update(recording=sha256)


def kind(raw: bytes) -> str:
    """The media type by the first bytes; empty when it is no recording."""
    if (
        len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE6 == 0xE2
    ):  # a frame of layer III; of a telephone call mostly MPEG-2 or 2.5
        return "audio/mpeg"
    return next((name for mark, name in KINDS if raw.startswith(mark)), "")


def path(sha256: str) -> Path:
    """Where the sealed file of a recording lies."""
    return Path(settings.MEDIA_ROOT) / "recordings" / sha256[:2] / f"{sha256}.sealed"


def read(call: Call) -> bytes:
    """The recording in clear; nothing when it is not there (any longer)."""
    try:
        return vault.unseal_bytes(path(call.recording).read_bytes()) if call.recording else b""
    except FileNotFoundError:
        return b""


def _most() -> int:
    return int(limits("hotline")["recording_bytes"])


def _from_folder(folder: Path, name: str) -> bytes:
    file = (folder / name.removeprefix(f"{folder}/")).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise Refused("bad_choice", field="录音地址")
    try:
        if file.stat().st_size > _most():
            raise Refused("too_long", field="录音", most=_most())
        return file.read_bytes()
    except OSError as fault:
        raise Later(f"录音读不到：{type(fault).__name__}") from None


def _from_web(base: str, name: str) -> bytes:
    base = base.rstrip("/") + "/"
    address = name if "://" in name else base + quote(name.lstrip("/"))
    if not address.startswith(base) or ".." in urlsplit(address).path.split("/"):
        raise Refused("bad_choice", field="录音地址")
    try:
        with _opener.open(address, timeout=TIMEOUT) as answer:
            raw: bytes = answer.read(_most() + 1)
    except (OSError, ValueError) as fault:
        raise Later(f"录音取不到：{type(fault).__name__}") from None
    if len(raw) > _most():
        raise Refused("too_long", field="录音", most=_most())
    return raw


def _write(file: Path, raw: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with new.open("wb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def drop_old() -> int:
    """Recordings past their time go, and with them the number of who was never written down; the figures stay."""
    kept = (accounts.account("hotline") or {}).get("recording_days", limits("hotline")["recording_days"])
    old = Call.objects.filter(created_at__lt=clock.now() - dt.timedelta(days=int(kept)))
    gone = set(old.exclude(recording="").values_list("recording", flat=True))
    old.exclude(recording="").update(recording="", recording_sealed=None)
    still = set(Call.objects.filter(recording__in=gone).values_list("recording", flat=True))
    for sha256 in gone - still:
        path(sha256).unlink(missing_ok=True)
    old.filter(reports=None, caller_sealed__isnull=False).update(caller_sealed=None, caller_blind=None)
    return len(gone)

"""Pictures as files (照片): checked before decoding, turned upright, made smaller, stripped of everything but the image.

A file's name is the SHA-256 of its own bytes: `MEDIA_ROOT/aa/bb/<sha256>.jpg`, its small copy beside it as `.thumb.jpg`.
Files are on disk (fsync) before the row that names them. EXIF time and place are read, then dropped; degrees are WGS-84.
"""

import datetime as dt
import hashlib
import io
import math
import os
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from xiucheng.city import clock
from xiucheng.rules.refusals import Refused

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000
LONG_SIDE: Final = 2048
THUMB_SIDE: Final = 480
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUIET: Final = dt.timedelta(days=3)
"""Longer than any picture waits for the row that names it: a draft or a talk may hold it for two days."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a stored picture; `facts()` is its form in JSON."""

    sha256: str
    original_sha256: str
    width: int
    height: int
    taken_at: dt.datetime | None = None
    lng: float | None = None
    lat: float | None = None

    def facts(self) -> dict[str, Any]:
        """The same as a dict for a JSON column; the time as ISO text."""
        return asdict(self) | {"taken_at": self.taken_at.isoformat() if self.taken_at else None}


def path(sha256: str, size: str = "full") -> Path:
    """Where the file of a picture lies; `size` is `full` or `thumb`."""
    tail = ".thumb.jpg" if size == "thumb" else ".jpg"
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / f"{sha256}{tail}"


def keep(raw: bytes) -> Kept:
    """Store a picture (存照片). Raises Refused for what is too big, no picture, or broken."""
    if len(raw) > MOST_BYTES:
        raise Refused("picture_too_heavy", most=MOST_BYTES // 1024 // 1024)
    image = _opened(raw)
    taken_at, place = _exif(image)
    try:
        upright = _upright(image)
        encoded, thumb = _jpeg(upright, LONG_SIDE, 85), _jpeg(upright, THUMB_SIDE, 80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise Refused("picture_broken") from broken
    sha256 = hashlib.sha256(encoded[0]).hexdigest()
    _write(path(sha256, "thumb"), thumb[0])
    _write(path(sha256), encoded[0])
    lng, lat = place or (None, None)
    return Kept(sha256, hashlib.sha256(raw).hexdigest(), encoded[1], encoded[2], taken_at, lng, lat)


def discard(sha256: str) -> bool:
    """Drop the files of a picture that nothing names any more; False while the same picture was stored lately and may be wanted."""
    quiet = (dt.datetime.now(dt.UTC) - QUIET).timestamp()  # a file's time is real time, not the demo's
    return all(_drop(path(sha256, size), quiet) for size in ("full", "thumb"))


def _drop(file: Path, quiet: float) -> bool:
    """Put aside, look again, delete: who stores the same picture at this moment has touched the file, or finds it gone and writes it."""
    aside = file.with_name(f".{file.name}.gone")
    try:
        if file.stat().st_mtime > quiet:
            return False
        file.rename(aside)
        if aside.stat().st_mtime > quiet:
            aside.rename(file)
            return False
        aside.unlink()
    except FileNotFoundError:  # dropped already
        return True
    return True


def _opened(raw: bytes) -> Image.Image:
    """The header read, nothing decoded yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except Image.DecompressionBombError as bomb:
        raise Refused("picture_too_large", most=MOST_PIXELS // 10_000) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as unknown:
        raise Refused("picture_unknown") from unknown
    if image.width * image.height > MOST_PIXELS:
        raise Refused("picture_too_large", most=MOST_PIXELS // 10_000)
    return image


def _upright(image: Image.Image) -> Image.Image:
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    turned = ImageOps.exif_transpose(image)
    if turned.mode in {"RGBA", "LA", "P", "PA"}:
        clear = turned.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return turned.convert("RGB")


def _jpeg(image: Image.Image, side: int, quality: int) -> tuple[bytes, int, int]:
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True, progressive=side > THUMB_SIDE)
    return out.getvalue(), small.width, small.height


def _write(target: Path, content: bytes) -> None:
    """Write once and for all: another process with the same picture writes the same bytes. One that is there becomes young again."""
    try:
        os.utime(target)
    except FileNotFoundError:
        _write_new(target, content)


def _write_new(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:  # a full disk keeps no half picture
        draft.unlink(missing_ok=True)
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exif(image: Image.Image) -> tuple[dt.datetime | None, tuple[float, float] | None]:
    """Time and place that the camera wrote, if they can be believed."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return None, None
    return _time(detail), _place(gps)


def _time(detail: dict[int, Any]) -> dt.datetime | None:
    text = str(detail.get(ExifTags.Base.DateTimeOriginal) or "").strip("\x00 ")
    offset = str(detail.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
    try:
        if offset:
            moment = dt.datetime.strptime(text + offset, "%Y:%m:%d %H:%M:%S%z")
        else:
            moment = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=clock.ZONE)
    except ValueError:
        return None
    now = clock.now()
    return moment if now - dt.timedelta(days=3650) < moment < now + dt.timedelta(days=1) else None


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], str(gps.get(ExifTags.GPS.GPSLatitudeRef, "N")))
        lng = _degrees(gps[ExifTags.GPS.GPSLongitude], str(gps.get(ExifTags.GPS.GPSLongitudeRef, "E")))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    real = -90 <= lat <= 90 and -180 <= lng <= 180 and (abs(lat) > 0.01 or abs(lng) > 0.01)
    return (round(lng, 6), round(lat, 6)) if real else None


def _degrees(parts: Any, side: str) -> float:
    whole = math.fsum(float(part) / 60.0**power for power, part in enumerate(parts))
    if math.isnan(whole):
        raise ValueError("not a number")
    return -whole if side.strip("\x00 ").upper() in {"S", "W"} else whole

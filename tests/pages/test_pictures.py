"""Pictures as files: what is taken, what is refused, what is kept of it."""

import datetime as dt
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from xiucheng.cases import pictures
from xiucheng.city.clock import ZONE
from xiucheng.rules.refusals import Refused


@pytest.fixture(autouse=True)
def _media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings


def jpeg(
    width: int = 64,
    height: int = 48,
    exif: Image.Exif | None = None,
    color: tuple[int, int, int] = (200, 60, 30),
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


def located() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (29.0, 31.0, 30.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (106.0, 34.0, 12.0)
    return exif


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"\0" * 1000)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(raw: bytes) -> str:
    with pytest.raises(Refused) as caught:
        pictures.keep(raw)
    return caught.value.code


def test_picture_is_made_smaller() -> None:
    kept = pictures.keep(jpeg(4000, 3000))
    assert (kept.width, kept.height) == (2048, 1536)


def test_small_copy_lies_beside_it() -> None:
    kept = pictures.keep(jpeg(1000, 500))
    with Image.open(pictures.path(kept.sha256, "thumb")) as thumb:
        assert thumb.size == (480, 240)


def test_time_and_place_are_read() -> None:
    kept = pictures.keep(jpeg(exif=located()))
    assert (kept.taken_at, kept.lng, kept.lat) == (dt.datetime(2026, 11, 20, 9, 30, tzinfo=ZONE), 106.57, 29.525)


def test_stored_file_is_upright_and_holds_no_exif() -> None:
    kept = pictures.keep(jpeg(64, 48, exif=located()))
    with Image.open(pictures.path(kept.sha256)) as stored:
        assert (stored.size, dict(stored.getexif())) == ((48, 64), {})


def test_same_picture_twice_is_one_file() -> None:
    assert pictures.keep(jpeg()).sha256 == pictures.keep(jpeg()).sha256


def test_transparent_png_gets_a_white_ground() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(pictures.path(pictures.keep(out.getvalue()).sha256)) as stored:
        assert stored.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (png_header(30_000, 30_000), "picture_too_large"),
        (png_header(100_000, 100_000), "picture_too_large"),
        (png_header(300, 300), "picture_broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "picture_unknown"),
        (b"PK\x03\x04" + b"\0" * 100, "picture_unknown"),
        (b"GIF89a" + b"\0" * 100, "picture_unknown"),
        (b"", "picture_unknown"),
        (jpeg(800, 600)[:900], "picture_broken"),
    ],
)
def test_refused_picture(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


def test_too_heavy_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    assert refusal(jpeg()) == "picture_too_heavy"


def test_date_of_1900_is_dropped() -> None:
    exif = located()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "1900:01:01 00:00:00"
    assert pictures.keep(jpeg(exif=exif)).taken_at is None

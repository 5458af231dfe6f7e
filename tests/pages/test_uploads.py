"""Pictures in pieces (断点续传) on a disk that is full, and after a crash: nothing is lost, nothing stays for ever."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client, TestCase
from tests.pages.test_pictures import jpeg

from xiucheng.cases import pictures
from xiucheng.cases.models import Picture
from xiucheng.city import clock
from xiucheng.intake.models import Draft, Upload
from xiucheng.intake.uploads import finished
from xiucheng.pages import uploads

pytestmark = pytest.mark.django_db
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _ground(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"


def begun(client: Client, size: int) -> str:
    return str(client.post("/uploads/", headers={"Upload-Length": str(size)}).json()["upload"])


def sent(client: Client, token: str, offset: int, content: bytes) -> int:
    headers = {"Upload-Offset": str(offset)}
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.patch(f"/uploads/{token}", content, "application/offset+octet-stream", headers=headers)
    return int(answer.status_code)


def pieces(folder: Path) -> list[Path]:
    return list((folder / "uploads").glob("*.part"))


def test_last_piece_sent_again_after_a_full_disk_gives_the_picture(client: Client, tmp_path: Path) -> None:
    raw, full = jpeg(), tmp_path / "media"
    token = begun(client, len(raw))
    assert sent(client, token, 0, raw[:200]) == 200
    full.touch()  # where a folder should be, nothing can be written
    assert sent(client, token, 200, raw[200:]) == 507
    full.unlink()
    assert sent(client, token, 200, raw[200:]) == 200
    assert (Upload.objects.get().picture is not None, pieces(tmp_path)) == (True, [])


def test_pieces_go_only_when_the_picture_is_kept(client: Client, tmp_path: Path) -> None:
    raw = b"no picture at all"
    token = begun(client, len(raw))
    assert sent(client, token, 0, raw) == 422
    assert [part.read_bytes() for part in pieces(tmp_path)] == [raw]


def test_sweep_takes_pieces_that_no_upload_claims(client: Client, tmp_path: Path) -> None:
    token, old = begun(client, 1000), time.time() - 2 * DAY
    for name in (token, "finished", "fresh"):
        (tmp_path / "uploads" / f"{name}.part").write_bytes(b"x")
    for name in (token, "finished"):
        os.utime(tmp_path / "uploads" / f"{name}.part", (old, old))
    uploads.sweep()
    assert sorted(part.stem for part in pieces(tmp_path)) == sorted([token, "fresh"])


def test_full_disk_leaves_no_half_picture(client: Client, tmp_path: Path) -> None:
    raw = jpeg()
    token = begun(client, len(raw))
    sent(client, token, 0, raw)
    kept = [path.name for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert [name for name in kept if name.startswith(".")] == []


def stored(*, days: float, color: tuple[int, int, int] = (200, 60, 30)) -> pictures.Kept:
    """A finished upload and its file of some days ago."""
    kept = pictures.keep(jpeg(color=color))
    since, then = clock.now() - dt.timedelta(days=days), time.time() - days * DAY
    Upload.objects.create(token=f"{color}{days}", size=9, offset=9, created_at=since, picture=kept.facts())
    for size in ("full", "thumb"):
        os.utime(pictures.path(kept.sha256, size), (then, then))
    return kept


def files(kept: pictures.Kept) -> list[bool]:
    return [pictures.path(kept.sha256, size).exists() for size in ("full", "thumb")]


def used(kept: pictures.Kept, sha256: str = "") -> None:
    """A case has taken the picture, perhaps with faces covered since."""
    Picture.objects.create(
        sha256=sha256 or kept.sha256, original_sha256=kept.original_sha256, stage="report", width=1, height=1, by="x",
        at=clock.now(),
    )  # fmt: skip


def test_sweep_drops_the_picture_that_nobody_took(db: None) -> None:
    kept = stored(days=4)
    assert uploads.sweep() == 1
    assert (files(kept), Upload.objects.count()) == ([False, False], 0)


@pytest.mark.parametrize("sha256", ["", "f" * 64])
def test_sweep_leaves_the_picture_of_a_case(db: None, sha256: str) -> None:
    kept = stored(days=4)
    used(kept, sha256)
    assert uploads.sweep() == 1
    assert (files(kept), Upload.objects.count()) == ([True, True], 0)


def test_sweep_leaves_the_picture_of_a_draft_and_of_a_younger_upload(db: None) -> None:
    drafted, again = stored(days=4), stored(days=5, color=(1, 2, 3))
    Draft.objects.create(token="d", pictures=[drafted.facts()], created_at=clock.now())
    Upload.objects.create(token="young", size=9, offset=9, created_at=clock.now(), picture=again.facts())
    assert uploads.sweep() == 2
    assert (files(drafted), files(again)) == ([True, True], [True, True])


def test_sweep_waits_for_a_picture_that_was_stored_again_lately(db: None) -> None:
    kept = stored(days=4)
    pictures.keep(jpeg())
    assert uploads.sweep() == 0
    assert (files(kept), Upload.objects.count()) == ([True, True], 1)


def test_upload_of_more_than_a_day_ago_is_taken_no_more(db: None) -> None:
    stored(days=2)
    assert finished([row.token for row in Upload.objects.all()]) == {}

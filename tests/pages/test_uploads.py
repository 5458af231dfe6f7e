"""Pictures in pieces (断点续传) on a disk that is full, and after a crash: nothing is lost, nothing stays for ever."""

import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client, TestCase
from tests.pages.test_pictures import jpeg

from xiucheng.intake.models import Upload
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

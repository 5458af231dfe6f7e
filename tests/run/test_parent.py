"""The parent of all processes waits a full disk out: it says so once, looks after the others, goes on when there is room."""

import errno
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from xiucheng.run import children, parent
from xiucheng.run.children import trim
from xiucheng.run.ground import Ground
from xiucheng.run.parent import Service, Stopping, Wish

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_is_said_once_and_waited_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parent, "AGAIN_SECONDS", 0.0)
    service = Service(Ground(tmp_path), Wish())
    seen = {"database": 0, "child": 0, "state": 0}

    def start() -> None:
        seen["database"] += 1
        if seen["database"] < 3:
            raise FULL
        service.cluster.process = SimpleNamespace(poll=lambda: None)  # type: ignore[union-attr, assignment]

    def mind() -> bool:
        seen["child"] += 1
        return False

    def write_state() -> None:
        seen["state"] += 1
        if seen["state"] == 1:
            raise FULL
        service._asked = True

    service.cluster = SimpleNamespace(process=None, start=start)  # type: ignore[assignment]
    service.children = [SimpleNamespace(mind=mind)]  # type: ignore[list-item]
    monkeypatch.setattr(service, "_write_state", write_state)
    guard = threading.Timer(10, lambda: setattr(service, "_asked", True))
    guard.start()
    with pytest.raises(Stopping):
        service.mind()
    guard.cancel()
    assert seen == {"database": 3, "child": 4, "state": 2}
    assert capsys.readouterr().err.count("磁盘空间不足") == 1


def test_what_no_sentence_fits_ends_the_parent(tmp_path: Path) -> None:
    service = Service(Ground(tmp_path), Wish())

    def mind() -> bool:
        raise OSError(errno.ENOENT, "gone")

    service.children = [SimpleNamespace(mind=mind)]  # type: ignore[list-item]
    with pytest.raises(OSError, match="gone"):
        service.mind()


def test_log_on_a_full_disk_is_cut_without_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "web.log"
    log.write_text("much")

    def full(*_all: object) -> None:
        raise FULL

    monkeypatch.setattr(children, "LOG_LIMIT_BYTES", 1)
    monkeypatch.setattr(children.shutil, "copyfile", full)
    trim(log)
    assert [(p.name, p.stat().st_size) for p in tmp_path.iterdir()] == [("web.log", 0)]

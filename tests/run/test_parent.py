"""The parent of all processes waits a full disk out: it says so once, looks after the others, goes on when there is room."""

import errno
import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from xiucheng.run import children, parent
from xiucheng.run.children import Spare, trim
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


class Pretended:
    """A process that lives as long as it is told to."""

    def __init__(self) -> None:
        self.pid, self.over = 0, False

    def ended(self, _seconds: float) -> bool:
        return self.over

    def close(self) -> None:
        """Nothing."""


def test_spare_hands_come_when_wanted_end_by_themselves_and_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Pretended] = []

    def fork(*_: object) -> Pretended:
        made.append(Pretended())
        return made[-1]

    wanted = [False]
    monkeypatch.setattr(children, "_signal_group", lambda *_: None)
    first = SimpleNamespace(fork=fork)
    spare = Spare("errands", "x", [], first, tmp_path / "x.log", wanted=lambda: wanted[0])  # type: ignore[arg-type]
    assert (spare.mind(), made) == (False, [])
    wanted[0] = True
    assert (spare.mind(), spare.mind(), len(made)) == (True, False, 1)
    made[0].over = True
    assert (spare.mind(), spare.mind(), spare.alive(), len(made)) == (True, False, False, 1)
    spare.again_at = 0.0
    assert (spare.mind(), spare.alive(), len(made)) == (True, True, 2)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"at": 0.0, "behind": 7.5}, 7.5),
        ({"at": -60.0, "behind": 7.5}, 0.0),
        ({"at": 0.0}, 0.0),
        ({"behind": 7.5}, 0.0),
        ([], 0.0),
        ("{", 0.0),
        (None, 0.0),
    ],
)
def test_only_a_fresh_sign_says_that_errands_pile_up(tmp_path: Path, said: object, expected: float) -> None:
    sign = tmp_path / "worker.json"
    if isinstance(said, dict) and "at" in said:
        said = {**said, "at": time.time() + said["at"]}
    if said is not None:
        sign.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    assert parent.behind(sign) == expected


@pytest.mark.parametrize(("cores", "expected"), [({0}, False), ({0, 1}, True)])
def test_hands_are_wanted_only_where_a_processor_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: set[int], expected: bool
) -> None:
    said = {"at": time.time(), "behind": parent.BEHIND_SECONDS}
    (tmp_path / "worker.json").write_text(json.dumps(said), encoding="utf-8")
    monkeypatch.setattr(parent.os, "sched_getaffinity", lambda _: cores)
    service = Service(Ground(tmp_path), Wish())
    assert (service._errands_pile_up(), service._errands_pile_up()) == (expected, False)

"""The whole service: starts, is killed piece by piece, is backed up, restored and stopped."""

import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.service import RunningService, command, copied

from xiucheng.run.ground import process_start
from xiucheng.run.postgres import Cluster
from xiucheng.run.tables import names


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with RunningService(tmp_path_factory.mktemp("service") / "data") as found:
        yield found


def _content(url: str) -> dict[str, tuple[int, str]]:
    """Rows and their digest for every table."""
    with psycopg.connect(url) as connection:
        found = {}
        for name in names(connection):
            rows = connection.execute(f'SELECT t::text FROM "{name}" t').fetchall()
            seen = hashlib.sha256("\n".join(sorted(str(r[0]) for r in rows)).encode()).hexdigest()
            found[name] = (len(rows), seen)
    return found


def _wait_for(service: RunningService, path: str = "/readyz", status: int = 200) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(service.url + path, timeout=10).status_code == status:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{path} did not answer {status}")


def _again(service: RunningService, name: str, before: int) -> None:
    until = time.monotonic() + 30
    while service.state()["processes"].get(name) in {None, before} and time.monotonic() < until:
        time.sleep(0.05)
    assert service.state()["processes"][name] != before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["worker", "web", "live", "database"])
def test_killed_process_is_started_again(service: RunningService, name: str) -> None:
    before = service.state()["processes"][name]
    service.kill(name)
    _again(service, name, before)
    _wait_for(service)
    assert service.state()["processes"][name] not in {None, before}


@pytest.mark.slow
def test_killed_first_process_takes_its_forks_with_it_and_all_come_again(service: RunningService) -> None:
    before = service.state()["processes"]
    service.kill("first")
    for name in ("first", "web", "worker", "live"):
        _again(service, name, before[name])
    _wait_for(service)
    now = service.state()["processes"]
    assert {name: now[name] == before[name] for name in before} == {
        "web": False, "worker": False, "live": False, "first": False, "database": True,
    }  # fmt: skip
    assert [name for name, pid in before.items() if name != "database" and process_start(pid) is not None] == []


@pytest.mark.slow
def test_page_while_database_restarts_is_answered(service: RunningService) -> None:
    with httpx.Client(base_url=service.url, timeout=30) as client:
        assert client.get("/readyz").status_code == 200
        service.kill("database")
        seen = {client.get("/admin/login/", follow_redirects=True).status_code for _ in range(20)}
    assert seen <= {200, 503}


def _content_at_rest(folder: Path) -> dict[str, tuple[int, str]]:
    """What the database of a folder holds while no service works on it."""
    cluster = Cluster(folder / "database", folder / "logs" / "database.log")
    cluster.start()
    try:
        return _content(cluster.url())
    finally:
        cluster.stop()


@pytest.mark.slow
def test_backup_restored_elsewhere_is_the_same(tmp_path: Path, prepared: Path) -> None:
    folder, other, backup = copied(prepared, tmp_path / "data"), tmp_path / "other", tmp_path / "b.tar.gz"
    with RunningService(folder) as service:
        report = {"words": "护栏倒了", "lng": 106.57, "lat": 29.53, "contact": {"phone": "13900000000"}}
        assert httpx.post(f"{service.url}/api/v1/reports", json=report, timeout=30).status_code == 201
    picture = folder / "media" / "ab" / "abcd.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(os.urandom(50_000))
    words = {"XIUCHENG_PASSPHRASE": "only for tests"}
    made = command(folder, "backup", str(backup), "--with-secrets", "--json", **words)
    assert made.returncode == 0, made.stderr
    back = command(other, "restore", str(backup), "--json", **words)
    assert (back.returncode, json.loads(back.stdout.splitlines()[-1])["ok"]) == (0, True), back.stderr
    assert (other / "media" / "ab" / "abcd.jpg").read_bytes() == picture.read_bytes()
    assert json.loads((other / "secrets.json").read_text()) == json.loads((folder / "secrets.json").read_text())
    assert _content_at_rest(other) == _content_at_rest(folder)


@pytest.mark.slow
def test_restore_over_data_refuses(service: RunningService, tmp_path: Path) -> None:
    made = command(service.folder, "backup", str(tmp_path / "b.tar.gz"), "--json")
    assert made.returncode == 0
    back = command(service.folder, "restore", str(tmp_path / "b.tar.gz"), "--json")
    assert (back.returncode, json.loads(back.stdout.splitlines()[-1])["code"]) == (3, "not_empty")


@pytest.mark.slow
def test_doctor_finds_nothing_wrong_with_a_running_service(service: RunningService) -> None:
    _wait_for(service)
    done = command(service.folder, "doctor", "--json")
    faults = json.loads(done.stdout.splitlines()[-1])["faults"]
    assert (done.returncode, [f for f in faults if f != "libraries"]) == (0 if not faults else 1, [])


@pytest.mark.slow
def test_parent_killed_leaves_no_orphans_and_its_lock_is_taken_over(tmp_path: Path, prepared: Path) -> None:
    folder = copied(prepared, tmp_path / "data")
    with RunningService(folder) as first:
        pids = first.state()["processes"]
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        until = time.monotonic() + 20
        while any(process_start(pid) for pid in pids.values()) and time.monotonic() < until:
            time.sleep(0.05)
        assert [name for name, pid in pids.items() if process_start(pid)] == []
    with RunningService(folder) as second:
        assert second.stop() == 0
    assert not (folder / "service.lock").exists()
    shutil.rmtree(folder)

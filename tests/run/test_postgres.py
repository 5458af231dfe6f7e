"""The built-in database: laid, started, killed, started again."""

import errno
import os
import signal
from pathlib import Path

import psycopg
import pytest

from xiucheng.run import postgres
from xiucheng.run.postgres import Cluster
from xiucheng.run.trouble import Trouble


def _cluster(folder: Path) -> Cluster:
    cluster = Cluster(folder / "database", folder / "database.log")
    cluster.lay()
    return cluster


def test_cluster_after_kill_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    cluster = _cluster(tmp_path)
    cluster.start()
    try:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 100)")
            assert cluster.process is not None
            os.kill(cluster.process.pid, signal.SIGKILL)
            cluster.process.wait()
        cluster.start()
        with psycopg.connect(cluster.url("postgres")) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)
    finally:
        cluster.stop()


def test_cluster_when_laid_is_strict_and_closed(tmp_path: Path) -> None:
    cluster = _cluster(tmp_path)
    cluster.start()
    try:
        with psycopg.connect(cluster.url("postgres")) as connection:
            names = ("fsync", "synchronous_commit", "data_checksums", "listen_addresses", "server_encoding")
            shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in names}
        assert shown == {
            "fsync": ("on",),
            "synchronous_commit": ("on",),
            "data_checksums": ("on",),
            "listen_addresses": ("",),
            "server_encoding": ("UTF8",),
        }
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop()


def test_socket_folder_when_path_is_long_is_short(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120) / "database"
    folder = postgres.socket_folder(deep)
    assert len(str(folder)) + len(postgres.SOCKET_NAME) <= postgres.SOCKET_PATH_LIMIT


def test_start_on_cluster_of_another_version_says_the_way_out(tmp_path: Path) -> None:
    cluster = _cluster(tmp_path)
    (cluster.folder / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble) as raised:
        cluster.start()
    assert raised.value.code == "other_postgres"


def test_programs_when_nothing_is_installed_is_a_sentence() -> None:
    with pytest.raises(Trouble) as raised:
        postgres.programs(major=3)
    assert raised.value.code == "no_postgres"


@pytest.mark.parametrize("left", ["", "{other}\n{folder}\n1\n5432\n", "4194303\n{folder}\n1\n5432\n"])
def test_start_over_a_lock_left_by_a_dead_server_works(tmp_path: Path, left: str) -> None:
    cluster = _cluster(tmp_path)
    cluster.socket.mkdir()
    words = left.format(other=os.getppid(), folder=cluster.folder)
    (cluster.folder / "postmaster.pid").write_text(words)
    (cluster.socket / ".s.PGSQL.5432.lock").write_text(words)
    cluster.start(patience=15)
    try:
        assert cluster.answers()
    finally:
        cluster.stop()


def test_settings_on_a_full_disk_stay_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = _cluster(tmp_path)
    cluster.start()
    cluster.stop()
    kept = (cluster.folder / "postgresql.conf").read_text()

    def full(*_all: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(postgres, "settings_file", lambda *_all, **_more: "other = 1\n")
    with pytest.raises(OSError, match="No space"):
        cluster.start()
    assert (cluster.folder / "postgresql.conf").read_text() == kept

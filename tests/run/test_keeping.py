"""Backups and restores that cannot be done: one sentence, nothing left behind, what was there stays as it was."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xiucheng import __version__
from xiucheng.run import archive, cli
from xiucheng.run.commands import backup
from xiucheng.run.ground import Ground
from xiucheng.run.postgres import Cluster


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command on the data folder `data`; gives its exit code and the last line's object."""
    monkeypatch.setenv("XIUCHENG_JSON", "")
    monkeypatch.setenv("XIUCHENG_DATA", str(tmp_path / "data"))
    for name in ("DATABASE_URL", "XIUCHENG_SECRET_KEY", "XIUCHENG_FIELD_KEY", "XIUCHENG_BLIND_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str | Path) -> tuple[int, dict[str, Any]]:
        code = cli.main([*map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _lay(ground: Ground, words: str) -> None:
    """A data folder with one table, one picture and its keys."""
    ground.prepare()
    (ground.media / "one.jpg").write_text(words)
    cluster = Cluster(ground.database, ground.logs / "database.log", durable=False)
    cluster.lay()
    cluster.start()
    try:
        cluster.create()
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE words (words text)")
            connection.execute("INSERT INTO words VALUES (%s)", (words,))
    finally:
        cluster.stop()


def _words(ground: Ground) -> str:
    cluster = Cluster(ground.database, ground.logs / "database.log", durable=False)
    cluster.start()
    try:
        with psycopg.connect(cluster.url()) as connection:
            row = connection.execute("SELECT words FROM words").fetchone()
        assert row is not None
        return f"{row[0]} {(ground.media / 'one.jpg').read_text()}"
    finally:
        cluster.stop()


def _archive(target: Path, dump: bytes, secrets: dict[str, str]) -> None:
    """A backup that is whole as a file, whatever its database is."""
    facts = {"version": __version__, "rows": {}, "pictures": 0, "demo": False, "key_mark": archive.key_mark(secrets)}
    archive.write(target, [], {archive.DUMP: dump}, facts, lambda _n: None)


def test_backup_of_a_place_without_data_leaves_nothing(tmp_path: Path, told: Any) -> None:
    code, found = told("backup", tmp_path / "b.tar.gz")
    assert (code, found["code"], _left(tmp_path)) == (3, "no_data", set())


def test_backup_where_it_cannot_be_says_why(tmp_path: Path, told: Any) -> None:
    (tmp_path / "file").write_text("kept")
    codes = [
        told("backup", target, "--force")[1]["code"]
        for target in (tmp_path, tmp_path / "file" / "b.tar.gz", tmp_path / "none" / "b.tar.gz")
    ]
    assert (codes, _left(tmp_path)) == (["is_folder", "no_folder", "no_folder"], {"file"})
    assert told("backup", tmp_path / "file")[1]["code"] == "file_exists"


def test_backup_onto_a_full_disk_leaves_nothing_and_keeps_the_older_one(
    tmp_path: Path, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lay(Ground(tmp_path / "data"), "old")
    target = tmp_path / "b.tar.gz"
    target.write_text("older backup")

    def full(new: Path, *_rest: object) -> None:
        new.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup.archive, "write", full)
    code, found = told("backup", target, "--force")
    assert (code, found["code"], target.read_text()) == (3, "target_full", "older backup")
    assert _left(tmp_path) == {"data", "b.tar.gz"}


def test_backup_does_without_a_picture_that_was_swept_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "kept.jpg").write_text("kept")
    files = [(f"{archive.MEDIA}{name}.jpg", tmp_path / f"{name}.jpg") for name in ("gone", "kept")]
    facts: dict[str, Any] = {"version": __version__, "pictures": 2}
    archive.write(tmp_path / "b.tar.gz", files, {}, facts, lambda _n: None)
    found = archive.read(tmp_path / "b.tar.gz", None, lambda _n: None)
    assert (sorted(found["hashes"]), found["pictures"]) == ([f"{archive.MEDIA}kept.jpg"], 1)


def test_restore_onto_a_file_or_from_a_folder_is_a_sentence(tmp_path: Path, told: Any) -> None:
    _archive(tmp_path / "b.tar.gz", b"", {})
    assert told("restore", tmp_path)[1]["code"] == "no_file"
    (tmp_path / "data").write_text("not a folder")
    code, found = told("restore", tmp_path / "b.tar.gz")
    assert (code, found["code"], (tmp_path / "data").read_text()) == (3, "not_a_folder", "not a folder")


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_restore_of_a_damaged_file_leaves_nothing(tmp_path: Path, told: Any, damage: str) -> None:
    target = tmp_path / "b.tar.gz"
    _archive(target, os.urandom(50_000), {})
    whole = target.read_bytes()
    target.write_bytes(
        {"cut": whole[:30_000], "flipped": whole[:20_000] + b"\0" * 9 + whole[20_009:], "other": b"x"}[damage]
    )
    code, found = told("restore", target)
    assert (code, found["code"], _left(tmp_path)) == (3, "bad_backup", {"b.tar.gz"})


def test_restore_that_fails_in_the_database_leaves_the_old_data(tmp_path: Path, told: Any) -> None:
    ground = Ground(tmp_path / "data")
    _lay(ground, "old")
    before = _left(ground.folder)
    _archive(tmp_path / "b.tar.gz", b"not a dump", ground.read_secrets())
    code, found = told("restore", tmp_path / "b.tar.gz", "--force")
    assert (code, found["code"], "原有数据没有改动" in found["zh"]) == (3, "not_restored", True)
    assert (_words(ground), _left(ground.folder)) == ("old old", before)


def test_restore_by_force_keeps_the_old_data_aside_and_names_them(tmp_path: Path, told: Any) -> None:
    ground = Ground(tmp_path / "data")
    _lay(ground, "new")
    assert told("backup", tmp_path / "b.tar.gz")[0] == 0
    cluster = Cluster(ground.database, ground.logs / "database.log", durable=False)
    cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("UPDATE words SET words = 'later'")
    cluster.stop()
    ground.version_file.write_text("")
    code, found = told("restore", tmp_path / "b.tar.gz", "--force")
    assert (code, found["ok"], _words(ground)) == (0, True, "new new")
    aside = Ground(Path(found["aside"]))
    (aside.logs).mkdir()
    assert _words(aside) == "later new"


def test_restore_with_keys_that_are_not_there_is_a_sentence(tmp_path: Path, told: Any) -> None:
    _archive(tmp_path / "b.tar.gz", b"", {"field_key": "x"})
    (tmp_path / "empty.json").write_text("")
    codes = [
        told("restore", tmp_path / "b.tar.gz", "--secrets", tmp_path / name)[1]["code"]
        for name in ("none.json", "empty.json")
    ]
    assert (codes, _left(tmp_path)) == (["no_file", "damaged_secrets"], {"b.tar.gz", "empty.json"})

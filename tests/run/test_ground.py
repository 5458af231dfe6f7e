"""The data folder: made once, kept by one, never of a newer program."""

import json
import os
import stat
from pathlib import Path

import pytest

from xiucheng import __version__
from xiucheng.run import checks
from xiucheng.run import ground as grounds
from xiucheng.run.ground import Ground, process_start
from xiucheng.run.trouble import SENTENCES, Trouble


def _code(raised: pytest.ExceptionInfo[Trouble]) -> str:
    return raised.value.code


@pytest.fixture(autouse=True)
def _without_given_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in grounds.SECRET_NAMES:
        monkeypatch.delenv(f"XIUCHENG_{name.upper()}", raising=False)


def test_prepare_makes_secrets_that_only_the_owner_reads(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    assert stat.S_IMODE(ground.secrets_file.stat().st_mode) == 0o600
    assert sorted(ground.read_secrets()) == ["blind_key", "field_key", "secret_key"]


def test_prepare_twice_keeps_the_secrets(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    first = ground.read_secrets()
    Ground(tmp_path / "data").prepare()
    assert ground.read_secrets() == first


def test_prepare_when_secrets_are_lost_refuses(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.secrets_file.unlink()
    ground.database.mkdir()
    (ground.database / "PG_VERSION").write_text("18\n")
    with pytest.raises(Trouble) as raised:
        ground.prepare()
    assert _code(raised) == "secrets_missing"


def test_prepare_on_newer_data_refuses(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.version_file.write_text(json.dumps({"version": "99.0.0"}))
    with pytest.raises(Trouble) as raised:
        ground.prepare()
    assert (_code(raised), raised.value.facts["theirs"], raised.value.facts["ours"]) == (
        "newer_data",
        "99.0.0",
        __version__,
    )


@pytest.mark.parametrize("content", ["", '{"ver', "[1]", "null", '{"demo": true}'])
def test_prepare_on_a_damaged_version_says_what_belongs_there(tmp_path: Path, content: str) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.version_file.write_text(content)
    with pytest.raises(Trouble) as raised:
        ground.prepare()
    assert (_code(raised), f'"version": "{__version__}"' in raised.value.zh) == ("damaged_version", True)
    assert ground.version_file.read_text() == content


@pytest.mark.parametrize("content", ["", '{"secr', "[]"])
def test_prepare_on_damaged_secrets_refuses(tmp_path: Path, content: str) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.secrets_file.write_text(content)
    with pytest.raises(Trouble) as raised:
        ground.prepare()
    assert (_code(raised), ground.secrets_file.read_text()) == ("damaged_secrets", content)


def test_doctor_finds_damaged_files(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    for file in (ground.version_file, ground.secrets_file):
        file.write_text("")
    assert [(f.check, f.level) for f in (checks.version(ground), checks.secrets(ground))] == [
        ("version", "fault"),
        ("secrets", "fault"),
    ]


def test_prepare_on_full_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grounds, "LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(Trouble) as raised:
        Ground(tmp_path / "data").prepare()
    assert _code(raised) == "disk_full"


def test_lock_left_by_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.lock_file.write_text(json.dumps({"pid": 4194303, "started": 1}))
    assert ground.lock() == 4194303
    assert ground.holder() == os.getpid()
    ground.unlock()


def test_lock_left_by_a_process_whose_number_lives_again_is_taken_over(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    ground.lock_file.write_text(json.dumps({"pid": os.getppid(), "started": 1}))
    assert ground.lock() == os.getppid()
    ground.unlock()


def test_lock_of_a_living_process_is_respected(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "data")
    ground.prepare()
    parent = os.getppid()
    ground.lock_file.write_text(json.dumps({"pid": parent, "started": process_start(parent)}))
    with pytest.raises(Trouble) as raised:
        ground.lock()
    assert (_code(raised), raised.value.facts["pid"]) == ("already_running", parent)


def test_lock_twice_is_refused(tmp_path: Path) -> None:
    first, second = Ground(tmp_path / "data"), Ground(tmp_path / "data")
    first.prepare()
    first.lock()
    with pytest.raises(Trouble) as raised:
        second.lock()
    assert _code(raised) == "already_running"
    first.unlock()


def test_sentences_all_say_it_in_both_languages() -> None:
    assert [
        code for code, (zh, en) in SENTENCES.items() if not zh.strip() or (not en.isascii() and "≥" not in en)
    ] == []

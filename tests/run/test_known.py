"""What the machine does to a command is one sentence; a bug keeps its traceback; the last line is always one object."""

import errno
import json
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError
from tests.service import command

from xiucheng.run import cli
from xiucheng.run.commands import docs
from xiucheng.run.commands.run import make_ready
from xiucheng.run.ground import Ground
from xiucheng.run.parent import Wish
from xiucheng.run.trouble import Trouble


def _wrapped() -> OperationalError:
    error = OperationalError("the connection is closed")
    error.__cause__ = psycopg.OperationalError("the connection is closed")
    return error


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Runs a command that meets an error; gives exit code, what was said and the last line's object."""
    monkeypatch.setenv("XIUCHENG_JSON", "")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def meet(error: BaseException) -> SimpleNamespace:
        def execute(_args: object) -> int:
            raise error

        monkeypatch.setattr(docs, "execute", execute)
        code = cli.main(["docs", "--json"])
        told = capsys.readouterr()
        return SimpleNamespace(code=code, err=told.err, last=json.loads(told.out.splitlines()[-1]))

    return meet


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no_space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/srv/file"), "no_space"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/file"), "no_permission"),
        (OSError(errno.EROFS, "Read-only file system", "/srv/file"), "no_permission"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "database_lost"),
        (psycopg.errors.AdminShutdown("terminating connection"), "database_lost"),
        (psycopg.OperationalError("FATAL:  could not write init file: No space left on device"), "no_space"),
        (psycopg.errors.DiskFull("could not extend file"), "no_space"),
        (_wrapped(), "database_lost"),
    ],
)
def test_what_is_not_ours_is_one_sentence(end, error: BaseException, code: str) -> None:  # type: ignore[no-untyped-def]
    found = end(error)
    assert (found.code, found.last["ok"], found.last["code"], "Traceback" in found.err) == (3, False, code, False)
    assert found.last["zh"] in found.err.replace("\n", "")


def test_database_of_another_machine_is_named(end, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.invalid/x")
    assert end(psycopg.OperationalError("no such host")).last["code"] == "database_unreachable"


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("0"), psycopg.errors.DeadlockDetected("deadlock"), OSError(errno.ENOENT, "x")]
)
def test_bug_keeps_its_traceback_and_the_object(end, error: BaseException) -> None:  # type: ignore[no-untyped-def]
    found = end(error)
    assert (found.code, found.last["ok"], found.last["code"], "Traceback" in found.err) == (1, False, "bug", True)


def test_ctrl_c_ends_with_the_object(end) -> None:  # type: ignore[no-untyped-def]
    found = end(KeyboardInterrupt())
    assert (found.code, found.last["ok"], found.last["code"]) == (130, False, "stopped")


def test_database_url_of_another_kind_is_refused(tmp_path: Path) -> None:
    done = command(tmp_path / "data", "backup", str(tmp_path / "b.tar.gz"), "--json", DATABASE_URL="mysql://x/y")
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["code"]) == (3, "bad_database_url")


def test_what_stops_the_preparation_reaches_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL")
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(Trouble) as raised:
        make_ready(Ground(tmp_path / "data"), Wish(), nowhere, None)
    assert raised.value.code == "database_lost"

"""The command line: help, exit codes, one object at the end."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.service import command, environment, free_port

from xiucheng.run import cli, listen
from xiucheng.run.parent import shown_host
from xiucheng.run.trouble import Trouble


def test_commands_all_have_help_with_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    codes = {}
    for name in cli.known_commands():
        with pytest.raises(SystemExit) as ended:
            cli.main([name, "--help"])
        codes[name] = ended.value.code
        assert "--json" in capsys.readouterr().out
    assert codes == dict.fromkeys(cli.known_commands(), 0)


def test_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    capsys.readouterr()
    assert ended.value.code == 2


def test_backup_without_data_says_so_on_the_last_line(tmp_path: Path) -> None:
    done = command(tmp_path / "data", "backup", str(tmp_path / "b.tar.gz"), "--json")
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["code"]) == (3, "no_data")


def test_run_on_a_used_port_names_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command(tmp_path / "data", "run", "--port", str(port), "--json")
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, said["code"], f"--port {port + 10}" in said["zh"]) == (3, "port_in_use", True)


def test_restore_of_a_damaged_file_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_bytes(b"not a backup")
    done = command(tmp_path / "data", "restore", str(tmp_path / "b.tar.gz"), "--json")
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["code"]) == (3, "bad_backup")
    assert not (tmp_path / "data" / "database").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--port", "70000"), "bad_port"),
        (("--port", "65535"), "bad_port"),
        (("--port", "0"), "bad_port"),
        (("--port", "8123", "--live-port", "8123"), "same_port"),
        (("--host", "no-such-place.invalid"), "no_such_host"),
    ],
)
def test_run_where_it_cannot_listen_says_the_way_out(
    words: tuple[str, ...],
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XIUCHENG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XIUCHENG_JSON", "")  # what the command sets is gone after the test
    assert cli.main(["run", *words, "--once", "--json"]) == cli.CANNOT
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == code


def test_run_with_no_process_at_all_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--workers", "0"])
    assert (ended.value.code, "1 at least" in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [(errno.EADDRINUSE, "port_in_use"), (errno.EACCES, "port_reserved"), (errno.EADDRNOTAVAIL, "no_such_host")],
)
def test_what_keeps_a_port_from_us_is_told_apart(error: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_self: socket.socket, _address: object) -> None:
        raise OSError(error, "no")

    monkeypatch.setattr(socket.socket, "bind", refused)
    with pytest.raises(Trouble) as raised:
        listen.check_port("127.0.0.1", 80, 8090)
    assert raised.value.code == code


def test_names_are_looked_up_and_shown_as_links() -> None:
    assert [listen.address(host) for host in ("localhost", "::1", "0.0.0.0")] == ["127.0.0.1", "::1", "0.0.0.0"]
    assert [shown_host(host) for host in ("127.0.0.1", "::1", "0.0.0.0")] == ["127.0.0.1", "[::1]", "127.0.0.1"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_stopped_while_it_starts_says_so_and_leaves_nobody(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "data"
    words = [sys.executable, "-W", "ignore", "-m", "xiucheng.run.cli", "run", "--port", str(free_port()), "--json"]
    process = subprocess.Popen(
        words,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 30
    while not (folder / "database").exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(1)  # the preparation runs by now
    os.killpg(process.pid, number)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, json.loads(said.splitlines()[-1])["code"]) == (130, "stopped"), complained
    assert "Traceback" not in complained
    assert not (folder / "service.lock").exists()

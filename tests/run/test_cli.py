"""The command line: help, exit codes, one object at the end."""

import json
import socket
from pathlib import Path

import pytest
from tests.run.service import command

from xiucheng.run import cli


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

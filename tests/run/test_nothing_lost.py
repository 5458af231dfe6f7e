"""Clients write while processes are killed: what was answered is there, once. The long run is `xiucheng faults`."""

import json
from pathlib import Path

import pytest
from tests.service import command, free_port


@pytest.mark.slow
def test_nothing_is_lost_when_processes_are_killed(tmp_path: Path) -> None:
    words = ["faults", "--reports", "300", "--kills", "6", "--clients", "6", "--port", str(free_port()), "--json"]
    done = command(tmp_path, *words)
    assert done.stdout.strip(), done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["wrong"], found["reports"], found["kills"]) == ({}, 300, 6)

"""A whole service of its own for tests: every process real, in a folder that is thrown away."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_SECONDS = 90.0
OWN = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST")


def free_port() -> int:
    """The first of two ports that nobody uses."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 1))
                return port


def environment(folder: Path) -> dict[str, str]:
    """The world of a stranger's terminal, with this data folder."""
    kept = {k: v for k, v in os.environ.items() if k not in OWN and not k.startswith("XIUCHENG_")}
    return {**kept, "XIUCHENG_DATA": str(folder)}


def command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Carry out `xiucheng WORDS` to its end."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "xiucheng.run.cli", *words],
        env={**environment(folder), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@dataclass
class Running:
    """A running service."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "service.json").read_text(encoding="utf-8"))
        return found

    def kill(self, name: str) -> None:
        """SIGKILL one of the parent's children."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.state()["processes"][name]), signal.SIGKILL)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@contextlib.contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    """Start a service and wait until it says where it is; stop it in the end."""
    port = free_port()
    options = ["run", "--port", str(port), *words]
    output = folder.with_name(folder.name + ".out")
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "xiucheng.run.cli", *options, "--json"],
            env=environment(folder),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    service = Running(folder, port, process)
    try:
        until = time.monotonic() + READY_SECONDS
        while b'"ok": true' not in output.read_bytes():
            assert process.poll() is None, output.read_text(encoding="utf-8")
            assert time.monotonic() < until, output.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield service
    finally:
        if process.poll() is None:
            service.stop()

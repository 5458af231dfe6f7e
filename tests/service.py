"""The whole service for a test (整套服务): started by its own command in a folder of its own, stopped by Ctrl-C."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90
LEARN_SECONDS = 120
MODEL = "SELECT count(*) FROM triage_model WHERE accepted"
LEFT_OUT = ("socket", "logs", "service.json", "worker.json")
"""What belongs to the start before, not to the folder."""


def free_port() -> int:
    """A pair of free ports (pages, live): gives the first."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def prepared(place: Path) -> Path:
    """A folder that was started once, with its model learnt (备好的目录); made by whoever comes first of the processes that share `place`.

    A first start and its lesson cost half a minute; tests that are about something else begin with a copy.
    """
    folder = place / "prepared"
    with (place / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = place / "beginning"
            shutil.rmtree(half, ignore_errors=True)
            with RunningService(half) as service, psycopg.connect(service.state()["database"], autocommit=True) as seen:
                until = time.monotonic() + LEARN_SECONDS
                while seen.execute(MODEL).fetchone() == (0,):
                    assert time.monotonic() < until, "no model was learnt"
                    time.sleep(0.2)
            half.rename(folder)
    return folder


def copied(prepared: Path, folder: Path) -> Path:
    """A copy in which no service has run yet; what stands in `folder` already (accounts of channels) stays."""
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    return folder


@dataclass
class RunningService:
    """`with RunningService(tmp_path) as service:` gives `url`, `state()` and `command(...)`."""

    folder: Path
    more: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """As a stranger would start it: no settings of the test process leak in."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XIUCHENG_", "DATABASE_URL", "DJANGO_"))}
        return {**kept, "XIUCHENG_DATA": str(self.folder), "PYTHONPATH": str(ROOT / "src")}

    def __enter__(self) -> "RunningService":
        arguments = ["run", "--port", str(self.port), *self.more]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xiucheng.run.cli", *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT,
        )  # fmt: skip
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None and self.process.stdout is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process.stdout.close()

    def _wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            assert self.process is not None and self.process.stdout is not None
            if self.process.poll() is not None:
                raise AssertionError(self.process.stdout.read().decode())
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=2):  # a service of this test
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the service did not become ready")

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run `xiucheng …  --json` beside the service; gives its last line."""
        done = subprocess.run(
            [sys.executable, "-m", "xiucheng.run.cli", *arguments, "--json"],
            env=self.environment, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def state(self) -> dict[str, Any]:
        """What the parent says of itself: processes, database, addresses."""
        found: dict[str, Any] = json.loads((self.folder / "service.json").read_text(encoding="utf-8"))
        return found

"""The whole service for a test (整套服务): every process real, started by its own command in a folder of its own, stopped by Ctrl-C."""

import contextlib
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
READY_SECONDS = 90.0
LEARN_SECONDS = 120.0
STOP_SECONDS = 60.0
COMMAND_SECONDS = 300.0
OWN = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST")
MODEL = "SELECT count(*) FROM triage_model WHERE accepted"
LEFT_OUT = ("socket", "logs", "service.json", "worker.json")
"""What belongs to the start before, not to the folder."""


def free_port() -> int:
    """The first of two free ports (pages, live)."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 1))
                return port


def environment(folder: Path) -> dict[str, str]:
    """The world of a stranger's terminal, with this data folder: no settings of the test process leak in."""
    kept = {k: v for k, v in os.environ.items() if k not in OWN and not k.startswith("XIUCHENG_")}
    return {**kept, "XIUCHENG_DATA": str(folder), "PYTHONPATH": str(ROOT / "src")}


def program(*words: str) -> list[str]:
    """`xiucheng WORDS` as this interpreter runs it."""
    return [sys.executable, "-W", "ignore", "-m", "xiucheng.run.cli", *words]


def command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Carry out `xiucheng WORDS` to its end."""
    return subprocess.run(
        program(*words), env={**environment(folder), **more}, capture_output=True, text=True, cwd=ROOT, check=False,
        timeout=COMMAND_SECONDS,
    )  # fmt: skip


@dataclass
class RunningService:
    """`with RunningService(folder) as service:` gives `url`, `state()`, `command(...)`, `kill(...)`; its output stands beside the folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> Path:
        return self.folder.with_name(self.folder.name + ".out")

    def __enter__(self) -> "RunningService":
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                program("run", "--port", str(self.port), "--json"),
                env=environment(self.folder), stdout=out, stderr=subprocess.STDOUT, cwd=ROOT,
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def _wait(self) -> None:
        """Until it says where it is, and answers there."""
        until = time.monotonic() + READY_SECONDS
        while b'"ok": true' not in self.output.read_bytes() or not self._answers():
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            assert time.monotonic() < until, self.output.read_text(encoding="utf-8")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=2):  # a service of this test
                return True
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise

    def stop(self) -> int:
        """Ctrl-C; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)

    def kill(self, name: str) -> None:
        """SIGKILL one of the parent's children."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.state()["processes"][name]), signal.SIGKILL)

    def command(self, *words: str) -> dict[str, Any]:
        """Carry out `xiucheng WORDS --json` beside the service; gives its last line."""
        done = command(self.folder, *words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def state(self) -> dict[str, Any]:
        """What the parent says of itself: processes, database, addresses."""
        found: dict[str, Any] = json.loads((self.folder / "service.json").read_text(encoding="utf-8"))
        return found


def prepared(place: Path) -> Path:
    """A folder that was started once, with its model learnt (备好的目录); made by whoever comes first of the processes that share `place`.

    A first start and its lesson cost half a minute; tests that are about something else begin with a copy.
    """
    folder = place / "prepared"
    with (place / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = place / "preparing"
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

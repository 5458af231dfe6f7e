"""The service's own processes (服务进程): what each is started with, how it is ended, where it writes its log."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from xiucheng.run.postgres import CHILD

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STEADY_AFTER_SECONDS = 10.0
LOG_LIMIT_BYTES = 20 * 1024 * 1024


def tied(*arguments: str) -> list[str]:
    """The command of a Python process that ends when this one dies."""
    trampoline = [sys.executable, "-I", CHILD, str(os.getpid()), str(int(signal.SIGTERM)), "same", "--"]
    return [*trampoline, sys.executable, *arguments]


@dataclass
class Child:
    """One process that is started again whenever it dies, a little later each time it dies young."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    wait_seconds: float = field(default=FIRST_WAIT_SECONDS, init=False)
    again_at: float = field(default=0.0, init=False)
    restarts: int = field(default=0, init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tied(*self.arguments),
                env={**os.environ, **self.environment, "XIUCHENG_PROCESS": self.name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the parent, who stops things in order
            )
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def mind(self) -> bool:
        """Start it again when it has died and its wait is over; True when it was started now."""
        now = time.monotonic()
        if self.alive():
            if now - self.started_at > STEADY_AFTER_SECONDS:
                self.wait_seconds = FIRST_WAIT_SECONDS
            return False
        if self.process is not None:
            self._sweep_up()
            self.process = None
            self.again_at = now + self.wait_seconds
            self.wait_seconds = min(self.wait_seconds * 2, LONGEST_WAIT_SECONDS)
        if now < self.again_at:
            return False
        self.restarts += 1
        self.start()
        return True

    def _sweep_up(self) -> None:
        """End what the dead process has left of its own children, which still hold the port."""
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        """Wait for the end that was asked for; after that no mercy."""
        if self.process is None:
            return
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._sweep_up()
        self.process = None


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def trim(log: Path) -> None:
    """Keep a log below its limit: the old part moves to `.1`; the writer appends, so it goes on at the beginning."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        old = log.with_suffix(log.suffix + ".1")
        try:
            shutil.copyfile(log, old)
        except OSError:  # no room for a copy: what the log takes is needed more
            old.unlink(missing_ok=True)
        os.truncate(log, 0)

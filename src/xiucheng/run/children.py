"""The service's own processes (服务进程): how each is started, watched and ended, where it writes its log.

They are forked from one process that has loaded the program (`run/first.py`): they share some 50 MB each, and one that died is there
again in a moment.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from xiucheng.run.postgres import CHILD

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STEADY_AFTER_SECONDS = 10.0
REST_SECONDS = 10.0
LOAD_SECONDS = 60.0
FORK_SECONDS = 10.0
LOG_LIMIT_BYTES = 20 * 1024 * 1024


def tied(*arguments: str) -> list[str]:
    """The command of a Python process that ends when this one dies."""
    trampoline = [sys.executable, "-I", CHILD, str(os.getpid()), str(int(signal.SIGTERM)), "same", "--"]
    return [*trampoline, sys.executable, *arguments]


class Forked:
    """A process that another one forked for us; the kernel's handle of it never means a later process of the same number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def ended(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        return bool(select.select([self._handle], [], [], max(seconds, 0.0))[0])

    def send_signal(self, number: int) -> None:
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            return

    def close(self) -> None:
        os.close(self._handle)


@dataclass
class First:
    """The process that all others are forked from; it is started when the first of them is wanted, and again when it has died."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _start(self) -> bool:
        """Start it and wait until it has loaded the program."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tied("-m", "xiucheng.run.first"),
                env={**os.environ, **self.environment, "XIUCHENG_PROCESS": "first"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the parent, who stops things in order
                bufsize=0,
            )
        return bool(self._answer(LOAD_SECONDS))

    def _answer(self, seconds: float) -> str:
        """One line from it; empty when it died or said nothing in time, and then it is ended."""
        assert self.process is not None
        assert self.process.stdout is not None
        ready = select.select([self.process.stdout], [], [], seconds)[0]
        line = self.process.stdout.readline().decode().strip() if ready else ""
        if not line:
            self.process.kill()
            self.process.wait()
        return line

    def fork(self, name: str, module: str, arguments: list[str], log: Path) -> Forked | None:
        """A new process; None when there is none just now."""
        if not self.alive() and not self._start():
            return None
        assert self.process is not None
        assert self.process.stdin is not None
        order = {"name": name, "module": module, "arguments": arguments, "log": str(log)}
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            answered = self._answer(FORK_SECONDS)
            return Forked(int(answered)) if answered else None
        except (BrokenPipeError, ProcessLookupError):
            return None

    def stop(self, seconds: float) -> None:
        """Its orders end, and so does it."""
        if self.process is None:
            return
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None


@dataclass
class Child:
    """One process that is started again whenever it dies, a little later each time it dies young."""

    name: str
    module: str
    arguments: list[str]
    first: First
    log: Path
    process: Forked | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    wait_seconds: float = field(default=FIRST_WAIT_SECONDS, init=False)
    again_at: float = field(default=0.0, init=False)
    restarts: int = field(default=0, init=False)

    def start(self) -> None:
        self.process = self.first.fork(self.name, self.module, self.arguments, self.log)
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and not self.process.ended(0.0)

    def mind(self) -> bool:
        """Start it again when it has died and its wait is over; True when it was started now."""
        now = time.monotonic()
        if self.alive():
            if now - self.started_at > STEADY_AFTER_SECONDS:
                self.wait_seconds = FIRST_WAIT_SECONDS
            return False
        if self.process is not None or self.started_at > self.again_at:
            self._sweep_up()
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
            self.process.close()
            self.process = None

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        """Wait for the end that was asked for; after that no mercy."""
        if self.process is None:
            return
        if not self.process.ended(max(seconds, 0.1)):
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.ended(5.0)
        self._sweep_up()


@dataclass
class Spare(Child):
    """A process that runs only while it is wanted: it ends by itself, and rests before it is started again."""

    wanted: Callable[[], bool] = field(kw_only=True)

    def mind(self) -> bool:
        """Start it when it is wanted; True when it was started or has ended now."""
        if self.alive():
            return False
        now, ended = time.monotonic(), self.process is not None
        if ended:
            self._sweep_up()
            self.again_at = now + REST_SECONDS
        if now < self.again_at or not self.wanted():
            return ended
        self.start()
        return True


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

"""Kills processes of a running service (杀进程): SIGKILL, in turn, spread over the work to be done."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TURN = ("web worker", "database", "worker", "web", "live", "database backend", "first")
REST_SECONDS = 0.3


def children_of(pid: int) -> list[int]:
    """The living children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


@dataclass
class Killer:
    """Kills `kills` processes while `progress` goes from 0 to 1."""

    state: Callable[[], dict[str, Any] | None]
    progress: Callable[[], float]
    kills: int
    seed: int = 1
    killed: Counter[str] = field(default_factory=Counter)

    def target(self, what: str) -> int | None:
        """The process id behind one of the names of `TURN`."""
        state = self.state()
        if state is None:
            return None
        pids = state["processes"]
        chance = random.Random(self.seed * 1000 + self.killed.total())  # noqa: S311 - which one does not matter
        if what in {"web worker", "database backend"}:
            below = children_of(pids.get(what.split(maxsplit=1)[0], 0))
            return chance.choice(below) if below else None
        found: int | None = pids.get(what)
        return found

    def strike(self) -> bool:
        """Kill the next in turn; False when it is not there just now."""
        what = TURN[self.killed.total() % len(TURN)]
        pid = self.target(what)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[what] += 1
        return True

    def work(self, stop: threading.Event) -> None:
        """Strike whenever the work has gone far enough for the next one."""
        while self.killed.total() < self.kills and not stop.is_set():
            if self.progress() * (self.kills + 1) > self.killed.total():
                self.strike()
                time.sleep(REST_SECONDS)
            else:
                stop.wait(0.02)

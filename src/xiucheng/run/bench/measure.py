"""Measuring (测量): processor time and memory from /proc, apart for web and database; medians and tails of times.

Wall time on a shared machine says little; processor time per request and ratios say what the program itself needs.
"""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

TICKS: Final = os.sysconf("SC_CLK_TCK")
_PIDS: Final = """
SELECT pid, coalesce(nullif(application_name, ''), backend_type) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
"""


def cpu_ms(pid: int) -> float:
    """User and system time of a process with all its threads, in milliseconds; 0 when it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    parts = stat.rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) * 1000.0 / TICKS


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parts = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(parts[1]), []).append(int(entry.name))
    found, look = [], [pid]
    while look:
        one = look.pop()
        found.append(one)
        look += children.get(one, [])
    return found


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional set size in megabytes: shared pages count once among those that share them."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


@dataclass
class Spent:
    """Processor time in milliseconds by part: web, database for web, database for others, database itself."""

    parts: dict[str, float] = field(default_factory=dict)

    def minus(self, earlier: "Spent") -> "Spent":
        return Spent({k: v - earlier.parts.get(k, 0.0) for k, v in self.parts.items()})


@dataclass(frozen=True)
class Eyes:
    """Looks at the processes of a running service. `processes` are the parent's names and ids; `url` the database's."""

    processes: dict[str, int]
    url: str

    def own(self) -> dict[str, list[int]]:
        """The processes of each part: its own and what descends from it, without what is a part by itself."""
        below = {name: set(tree(pid)) for name, pid in self.processes.items()}
        named = {pid: name for name, pid in self.processes.items()}
        return {
            name: sorted(pids.difference(*(below[named[p]] for p in pids if p in named and named[p] != name)))
            for name, pids in below.items()
        }

    def spent(self) -> Spent:
        """What every part has spent so far; backends that end in between are lost, kept connections do not end."""
        parts = {name: sum(cpu_ms(p) for p in pids) for name, pids in self.own().items() if name != "database"}
        with psycopg.connect(self.url, application_name="bench eyes") as peer:
            for pid, name in peer.execute(_PIDS).fetchall():
                part = f"database for {name}" if name in {"web", "worker", "xiucheng live"} else "database itself"
                parts[part] = parts.get(part, 0.0) + cpu_ms(pid)
        return Spent(parts)

    def memory(self) -> dict[str, float]:
        """Proportional memory of each part in MB."""
        return {name: pss_mb(pids) for name, pids in self.own().items()}


def at(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of an ordered sequence lies (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def summary(milliseconds: Iterable[float]) -> dict[str, float]:
    """Median, p95, p99 and the slowest, in milliseconds."""
    ordered = sorted(milliseconds)
    found = {"p50": at(ordered, 0.5), "p95": at(ordered, 0.95), "p99": at(ordered, 0.99), "slowest": at(ordered, 1.0)}
    return {name: round(value, 2) for name, value in found.items()}


@dataclass
class Row:
    """One line of the table: what was measured, its figures, the aim, the peer's figure."""

    name: str
    figures: dict[str, Any]
    aim: str = ""
    met: bool | None = None
    peer: str = ""
    note: str = ""

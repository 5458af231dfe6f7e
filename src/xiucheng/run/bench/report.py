"""The table of a measurement (测试报告): for the terminal and for `docs/benchmarks.md`."""

import os
import platform
import time
from collections.abc import Sequence
from typing import Any, Final

from xiucheng.run.bench.measure import Row

MARK: Final = {True: "✔", False: "✗", None: "·"}
SHOWN: Final = (
    "p50", "p95", "p99", "web_cpu_ms", "database_cpu_ms", "statements", "bytes", "rate", "total_mb", "seconds",
    "straight", "left_to_people",
    "worker_cpu_ms", "sent", "kept", "duplicates", "reports", "cases", "deepest", "drained_s", "dispatched_s", "answered_s",
)  # fmt: skip


def reference_ms() -> float:
    """Processor milliseconds for a fixed piece of arithmetic: tells how much a busy machine slows everything down."""
    found = []
    for _ in range(5):
        began, total = time.process_time(), 0
        for number in range(300_000):
            total += number * number % 7
        found.append((time.process_time() - began) * 1000)
    return round(min(found), 1)


def machine() -> dict[str, Any]:
    """What it was measured on, and how busy that was."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load": [round(n, 1) for n in os.getloadavg()],
        "reference_ms": reference_ms(),
    }


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Head and lines as text."""
    used = [name for name in SHOWN if any(name in row.figures for row in rows)]
    head = ["", "measured", *used, "aim", "peer"]
    lines = [
        [MARK[row.met], row.name, *(str(row.figures.get(name, "")) for name in used), row.aim, row.peer] for row in rows
    ]
    return [head, *lines]


def markdown(rows: Sequence[Row]) -> str:
    """The table for the documents."""
    head, *lines = table(rows)
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    out += ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join(out) + "\n"

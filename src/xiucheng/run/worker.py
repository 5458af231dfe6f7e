"""Does what nobody waits for at a page (后台进程): sends notices, tells live pages, files by itself, runs jobs.

One process, one thread for each loop. A loop is a function `loop(stop: threading.Event) -> None` named in `LOOPS`, or in a
tuple `LOOPS` of a room's `jobs.py`. One that fails is started again a little later; the others go on.
"""

import contextlib
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import FrameType
from typing import Any

import django

Loop = Callable[[threading.Event], None]

LOOPS: tuple[str, ...] = (
    "xiucheng.notices.pump:pump",
    "xiucheng.live.relay:relay",
    "xiucheng.triage.jobs:triage",
    "xiucheng.dispatch.jobs:straight_through",
    "xiucheng.run.jobs:run_jobs",
    "xiucheng.run.upkeep:keep",
)
BEAT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 30.0
NICE = 5
"""How far the worker stands back where processors are scarce: a platform and a person wait for pages, nobody for the worker."""
TURN_SECONDS = 0.0005
"""How long a loop may compute while another waits to go on: most of them wait for the database at every step, and ten times as
long (Python's own) would be lost at each."""
logger = logging.getLogger("xiucheng.worker")


def _named(dotted: str) -> Any:
    """The loop (or tuple of loops) behind `module:function`, or None while that room has none."""
    module, _, name = dotted.partition(":")
    try:
        if find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    return getattr(importlib.import_module(module), name, None)


def loops() -> dict[str, Loop]:
    """All loops that exist, by name."""
    from django.conf import settings

    found = {dotted: loop for dotted in LOOPS if (loop := _named(dotted)) is not None}
    for room in settings.ROOMS:
        for loop in _named(f"xiucheng.{room}.jobs:LOOPS") or ():
            found.setdefault(f"{loop.__module__}:{loop.__name__}", loop)
    return found


def keep_going(name: str, loop: Loop, stop: threading.Event, state: dict[str, int]) -> None:
    """Run one loop until told to stop, again and again after faults; a dead connection is thrown away first."""
    from django.db import connections

    wait = 0.2
    while not stop.is_set():
        began = time.monotonic()
        try:
            loop(stop)
            wait = 0.2
        except Exception:
            state[name] = state.get(name, 0) + 1
            logger.exception("loop %s failed", name)
        finally:
            connections.close_all()
        if time.monotonic() - began > LONGEST_WAIT_SECONDS:
            wait = 0.2
        stop.wait(wait)
        wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def _behind() -> float:
    """How long errands have been piling up (seconds)."""
    from xiucheng.triage import actions  # loads numpy, which only the worker may

    return actions.behind()


def _beat(state: dict[str, int], names: list[str]) -> None:
    """Leave a sign of life for `xiucheng doctor`."""
    from django.conf import settings

    file = settings.DATA / "worker.json"
    new = file.with_suffix(".new")
    with contextlib.suppress(OSError):  # a full disk is no reason to stop working
        new.write_text(
            json.dumps(
                {"pid": os.getpid(), "at": time.time(), "loops": names, "faults": state, "behind": round(_behind(), 1)}
            ),
            encoding="utf-8",
        )
        new.replace(file)


def main(_arguments: Sequence[str] = ()) -> int:
    """Run all loops until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
    django.setup()
    os.nice(NICE)
    sys.setswitchinterval(TURN_SECONDS)
    stop = threading.Event()

    def stopping(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, stopping)
    signal.signal(signal.SIGINT, stopping)
    state: dict[str, int] = {}
    found = loops()
    threads = [
        threading.Thread(target=keep_going, args=(name, loop, stop, state), name=name, daemon=True)
        for name, loop in found.items()
    ]
    for thread in threads:
        thread.start()
    _beat(state, sorted(found))
    while not stop.wait(BEAT_SECONDS):
        _beat(state, sorted(found))
    until = time.monotonic() + 8
    for thread in threads:
        thread.join(max(0.1, until - time.monotonic()))
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # a loop that hangs in a network call must not keep the process; its leases run out

"""A second pair of hands for errands (帮手进程): started while reports come in faster than the worker understands and sends them on.

It leases the same rows as the worker, danger first; killed at any moment it loses nothing. When it has caught up it ends, and also
when messages come in faster than they are worked off: what they need of the processors is theirs first.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Final

import django

from xiucheng.run.worker import NICE, TURN_SECONDS, keep_going

LOOPS: Final = ("xiucheng.triage.jobs:triage", "xiucheng.dispatch.jobs:straight_through")
LOOK_SECONDS: Final = 2.0
LAST_SECONDS: Final = 8.0


def main(_arguments: Sequence[str] = ()) -> int:
    """Work until there is no more than one batch, until messages need the processor, or until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
    django.setup()
    os.nice(NICE)
    sys.setswitchinterval(TURN_SECONDS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    help_out(stop)
    return 0


def help_out(stop: threading.Event) -> int:
    """Run the loops until it has caught up or is told to stop; without a model there is nothing to help with. Gives the turns."""
    from xiucheng.dispatch.jobs import straight_through
    from xiucheng.intake.actions import incoming
    from xiucheng.triage import actions, jobs  # loads numpy, which only the worker and this may

    if jobs.current() is None:
        return 0
    state: dict[str, int] = {}
    threads = [
        threading.Thread(target=keep_going, args=(name, loop, stop, state), daemon=True)
        for name, loop in zip(LOOPS, (jobs.triage, straight_through), strict=True)
    ]
    for thread in threads:
        thread.start()
    turns, quiet = 0, False
    while not stop.wait(LOOK_SECONDS):
        turns += 1
        caught_up = actions.behind() == 0.0
        if incoming.crowded() or (
            caught_up and quiet
        ):  # twice: between two batches it may look as if there were no more
            stop.set()
        quiet = caught_up
    for thread in threads:
        thread.join(LAST_SECONDS)
    return turns

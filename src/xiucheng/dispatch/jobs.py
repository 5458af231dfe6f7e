"""What dispatch does by itself (派遣后台): the loop that sends straight through and the loop that watches dates."""

import threading
from typing import Final

from xiucheng.dispatch import actions, sweeps

BUSY: Final = 0.02
IDLE: Final = 0.25
SWEEP: Final = 2.0


def straight_through(stop: threading.Event) -> None:
    """Route what triage has finished until told to stop."""
    while not stop.is_set():
        stop.wait(BUSY if actions.work() else IDLE)


def watch_dates(stop: threading.Event) -> None:
    """Resume what is due and tell deadlines until told to stop."""
    while not stop.is_set():
        sweeps.resume_suspended()
        sweeps.tell_deadlines()
        stop.wait(SWEEP)


LOOPS: Final = (watch_dates,)

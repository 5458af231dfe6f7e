"""What the worker does for the call desk (话务后台): settle calls into tasks, drop old recordings."""

import threading
import time
from typing import Final

from xiucheng.channels.hotline.actions import recordings, tasks
from xiucheng.channels.hotline.switch import follow

PAUSE: Final = 2.0
SWEEP_SECONDS: Final = 3600.0


def settle(stop: threading.Event) -> None:
    """Settle calls until told to stop."""
    swept = time.monotonic()
    while not stop.is_set():
        tasks.settle()
        if time.monotonic() - swept > SWEEP_SECONDS:
            recordings.drop_old()
            swept = time.monotonic()
        stop.wait(PAUSE)


LOOPS: Final = (settle, follow)

"""What the worker does for the call desk (话务后台): settle calls into tasks."""

import threading
from typing import Final

from xiucheng.channels.hotline.actions import tasks

PAUSE: Final = 2.0


def settle(stop: threading.Event) -> None:
    """Settle calls until told to stop."""
    while not stop.is_set():
        tasks.settle()
        stop.wait(PAUSE)


LOOPS: Final = (settle,)

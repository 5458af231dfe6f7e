"""What the portal clears away by itself (门户清理): drafts and uploads that nobody finished within a day."""

import threading
from typing import Final

from django.db import connections

from xiucheng.intake.actions import limit
from xiucheng.pages import uploads
from xiucheng.portal import drafts

HOUR: Final = 3600.0
FIRST: Final = 60.0


def clear_away(stop: threading.Event) -> None:
    """Sweep once an hour until told to stop; no connection is held in between."""
    wait = FIRST
    while not stop.wait(wait):
        drafts.sweep()
        uploads.sweep()
        limit.sweep()
        connections.close_all()
        wait = HOUR


LOOPS: Final = (clear_away,)

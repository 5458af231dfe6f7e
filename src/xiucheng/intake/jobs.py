"""What the worker does for channels (来件后台): work off what came, look where a channel must look for itself, forget old talks."""

import datetime as dt
import logging
import threading
import time
from typing import Final

from django.db import OperationalError, connection

from xiucheng.city import clock
from xiucheng.intake import accounts, port
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Conversation, Incoming

IDLE: Final = 0.1
KEEP_RAW: Final = dt.timedelta(days=180)
KEEP_TALK: Final = dt.timedelta(days=2)
SWEEP_SECONDS: Final = 600.0
logger = logging.getLogger("xiucheng.intake")


def work_off(stop: threading.Event) -> None:
    """Work off incoming messages until told to stop, in order."""
    swept = time.monotonic()
    while not stop.is_set():
        taken = incoming.lease()
        for arrived in taken:
            if stop.is_set():
                return
            _work(arrived)
        if time.monotonic() - swept > SWEEP_SECONDS:
            forget()
            swept = time.monotonic()
        if not taken:
            stop.wait(IDLE)


def _work(arrived: port.Arrived) -> None:
    """One that fails for a reason nobody thought of is tried again; the log has the reason, never the message."""
    try:
        incoming.work(arrived)
    except OperationalError:
        raise
    except Exception as fault:
        logger.exception("message %s of %s failed", arrived.id, arrived.channel)
        incoming.put_off(arrived, f"程序出错：{type(fault).__name__}", 30.0)


def look(stop: threading.Event) -> None:
    """Let the channels that must look for themselves do so, each at its own pace, as long as they are switched on."""
    due: dict[str, float] = {}
    while not stop.is_set():
        for poller in port.pollers():
            if accounts.account(poller.channel) is None or time.monotonic() < due.get(poller.channel, 0.0):
                continue
            try:
                poller.look()
                states.looked(poller.channel)
            except OperationalError:
                connection.close()
            except Exception as fault:
                logger.warning("channel %s could not look: %s", poller.channel, type(fault).__name__)
                states.failed(poller.channel, fault)
            due[poller.channel] = time.monotonic() + poller.seconds
        stop.wait(1.0)


def forget() -> int:
    """Talks that nobody goes on with, and raw messages whose report has kept them, are dropped."""
    now = clock.now()
    Conversation.objects.filter(updated_at__lt=now - KEEP_TALK).delete()
    gone, _ = Incoming.objects.filter(state=Incoming.State.DONE, done_at__lt=now - KEEP_RAW).delete()
    return gone


LOOPS = (work_off, look)

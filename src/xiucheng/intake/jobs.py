"""What the worker does for channels (来件后台): work off what came, look where a channel must look for itself, forget old talks."""

import datetime as dt
import logging
import threading
import time
from typing import Final

from django.db import OperationalError, connection

from xiucheng.city import clock
from xiucheng.intake import accounts, crew, port
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Conversation, Incoming
from xiucheng.triage import way

IDLE: Final = 0.1
FEW: Final = 20
"""With fewer talks in hand, more messages are leased."""
GATHER: Final = 0.03
"""Seconds in which outcomes of a long queue gather, so that one statement writes them."""
WAY: Final = 1.0
"""Seconds in which errands let messages pass when there were more than one lease takes."""
KEEP_RAW: Final = dt.timedelta(days=180)
KEEP_TALK: Final = dt.timedelta(days=2)
SWEEP_SECONDS: Final = 600.0
logger = logging.getLogger("xiucheng.intake")


def work_off(stop: threading.Event) -> None:
    """Work off incoming messages until told to stop: several talks at once, each in its order; outcomes are written together."""
    hands, swept = crew.Crew(stop), time.monotonic()
    try:
        while not stop.is_set():
            if hands.count < FEW and incoming.due():
                taken = incoming.lease()
                hands.give(taken)
                if len(taken) == incoming.BATCH:
                    way.give(WAY)
            if hands.count > FEW:
                time.sleep(GATHER)
            incoming.settle(hands.outcomes(IDLE))
            if time.monotonic() - swept > SWEEP_SECONDS:
                forget()
                swept = time.monotonic()
    finally:
        hands.leave()
        incoming.settle(hands.outcomes(0.01))


def _work(arrived: port.Arrived) -> None:
    """One message from beginning to end."""
    incoming.settle([crew.work(arrived)])


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

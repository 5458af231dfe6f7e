"""The hands that work off messages (来件班组): a few threads, more only while all of them wait for somebody else's answer.

What one person said is one piece of work: its messages are done one after another by one hand. Outcomes are handed back; whoever
leads the crew writes them down together.
"""

import logging
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Final

from django.db import InterfaceError, OperationalError, connection, connections

from xiucheng.intake.actions import incoming
from xiucheng.intake.actions.incoming import Settled
from xiucheng.intake.port import Arrived

STEADY: Final = 3
MOST: Final = 16
STUCK: Final = 0.5
"""Seconds without an outcome after which one more hand helps."""
REST: Final = 10.0
"""Seconds without work after which a hand more than the steady ones goes home."""
MARGIN: Final = 40.0
"""What is not begun when less of the lease is left is given back."""
PATIENCE: Final = 5.0
"""Seconds that a message in hand may take when the crew is told to leave; after that its lease runs out."""
logger = logging.getLogger("xiucheng.intake")


def work(arrived: Arrived) -> Settled:
    """One that fails for a reason nobody thought of is tried again; the log has the reason, never the message."""
    try:
        return incoming.work(arrived)
    except (OperationalError, InterfaceError):
        if not connection.in_atomic_block:
            connection.close()
        return incoming.put_off(arrived, "数据库没有答复", 1.0)
    except Exception as fault:
        logger.exception("message %s of %s failed", arrived.id, arrived.channel)
        return incoming.put_off(arrived, f"程序出错：{type(fault).__name__}", 30.0)


class Crew:
    """Hands for pieces of work; `count` talks are with them."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop, self.count, self.moved = stop, 0, time.monotonic()
        self._todo: SimpleQueue[tuple[Sequence[Arrived], float] | None] = SimpleQueue()
        self._done: SimpleQueue[Settled | int | None] = SimpleQueue()
        self._hands: list[threading.Thread] = []

    def give(self, taken: Sequence[Arrived], lease: float = incoming.LEASE) -> None:
        """Hand out leased messages, those of one talk as one piece."""
        until, pieces = time.monotonic() + lease - MARGIN, dict[tuple[str, str, bytes], list[Arrived]]()
        for arrived in taken:
            pieces.setdefault((arrived.channel, arrived.account, arrived.sender), []).append(arrived)
        if not self.count:
            self.moved = time.monotonic()
        self.count += len(pieces)
        for piece in pieces.values():
            self._todo.put((piece, until))
        while len(self._hands) < min(STEADY, len(pieces)):
            self._hire()

    def outcomes(self, wait: float) -> list[Settled]:
        """What was done since the last time; waits a moment for the first. Messages that were not begun are given back."""
        found: list[Settled | int | None] = []
        try:
            found.append(self._done.get(timeout=wait))
            while True:
                found.append(self._done.get_nowait())
        except Empty:
            pass
        self.count -= found.count(None)
        self._mind(bool(found))
        if back := [one for one in found if isinstance(one, int)]:
            incoming.give_back(back)
        return [one for one in found if isinstance(one, Settled)]

    def leave(self) -> None:
        """No more work: everybody finishes the message in hand."""
        for _ in self._hands:
            self._todo.put(None)
        until = time.monotonic() + PATIENCE
        for hand in self._hands:
            hand.join(max(0.0, until - time.monotonic()))

    def _mind(self, moved: bool) -> None:
        """One more hand while nothing moves and work lies about."""
        self._hands = [hand for hand in self._hands if hand.is_alive()]
        if moved:
            self.moved = time.monotonic()
        elif not self._todo.empty() and time.monotonic() > self.moved + STUCK and len(self._hands) < MOST:
            self._hire()

    def _hire(self) -> None:
        hand = threading.Thread(target=self._serve, args=(len(self._hands) < STEADY,), name="intake hand", daemon=True)
        self._hands.append(hand)
        hand.start()

    def _serve(self, steady: bool) -> None:
        try:
            while True:
                try:
                    found = self._todo.get(timeout=None if steady else REST)
                except Empty:
                    return
                if found is None:
                    return
                piece, until = found
                for arrived in piece:
                    go_on = time.monotonic() < until and not self.stop.is_set()
                    self._done.put(work(arrived) if go_on else arrived.id)
                self._done.put(None)
        finally:
            connections.close_all()

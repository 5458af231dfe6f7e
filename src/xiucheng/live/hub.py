"""What one live process has heard and who listens (转播站): a ring of the last batches, and a queue for each connection."""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from xiucheng.live.topics import Interest, told

RING: Final = 2_000
BACKLOG: Final = 200
RESET: Final[dict[str, Any]] = {"reset": True}
"""What a page hears when it may have missed something: ask again for everything you show."""

Message = tuple[str, dict[str, Any]]


class Listener:
    """One connection: what it follows and what it has still to be told."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        self.queue: asyncio.Queue[Message] = asyncio.Queue(BACKLOG)

    def offer(self, message: Message) -> None:
        """Lay a message down; one that reads too slowly is told to ask again for everything."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait((message[0], RESET))


class Hub:
    """Gives every batch an id of its own process (`epoch-number`), keeps the last ones, hands them out."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.numbers = itertools.count(1)
        self.last = 0
        self.ring: deque[tuple[int, dict[str, Any]]] = deque(maxlen=RING)
        self.listeners: set[Listener] = set()

    def mark(self, number: int | None = None) -> str:
        """The id of a batch as the browser gives it back."""
        return f"{self.epoch}-{self.last if number is None else number}"

    def hear(self, batch: dict[str, Any]) -> None:
        """A batch has come from the relay."""
        self.last = next(self.numbers)
        self.ring.append((self.last, batch))
        for listener in self.listeners:
            message = told(listener.interest, batch)
            if message is not None:
                listener.offer((self.mark(), message))

    def reset(self) -> None:
        """Batches may have been missed: nobody can resume before this point and everybody asks again."""
        self.last = next(self.numbers)
        self.ring.clear()
        for listener in self.listeners:
            listener.offer((self.mark(), RESET))

    def missed(self, interest: Interest, mark: str) -> Iterator[Message]:
        """What a returning page has missed since `mark`; a reset when that is no longer known."""
        number = self._number(mark)
        if number is None:
            yield self.mark(), RESET
            return
        for at, batch in list(self.ring):
            message = told(interest, batch) if at > number else None
            if message is not None:
                yield self.mark(at), message

    def _number(self, mark: str) -> int | None:
        epoch, _, text = mark.partition("-")
        if epoch != self.epoch or not text.isdigit():
            return None
        number = int(text)
        first = self.ring[0][0] if self.ring else self.last + 1
        return number if first - 1 <= number <= self.last else None

"""A notice to play with, and channels that answer as told."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from xiucheng.notices import port
from xiucheng.notices.port import Message, Receipt

if TYPE_CHECKING:
    from xiucheng.notices.models import Notice

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


class Told:
    """A channel that gives receipts in the order in which they were laid down and keeps what it was given."""

    def __init__(self, name: str, *receipts: Receipt) -> None:
        self.name = name
        self.receipts = list(receipts)
        self.sent: list[Message] = []

    def send(self, message: Message) -> Receipt:
        self.sent.append(message)
        return self.receipts.pop(0) if len(self.receipts) > 1 else self.receipts[0]


@pytest.fixture
def told() -> Iterator[Callable[..., Told]]:
    """Registers a channel for one test."""
    before = dict(port._channels)

    def make(name: str, *receipts: Receipt) -> Told:
        channel = Told(name, *receipts)
        port.register(channel)
        return channel

    yield make
    port._channels.clear()
    port._channels.update(before)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture
def queued() -> "Callable[..., Notice]":
    """Writes one notice."""
    from xiucheng.notices.actions import Outgoing, enqueue  # Django is set up after this file is read
    from xiucheng.notices.models import Notice

    def write(moment: str = "7:2", *, ladder: tuple[str, ...] = ("told",), recipient: str = "9") -> "Notice":
        row = Outgoing("unit", recipient, "dispatch", {"number": "A1", "state": "handling"}, ladder=ladder)
        enqueue([row], subject_kind="case", subject_key="7", moment=moment, now=NOW)
        return Notice.objects.get(key=f"{moment}:unit:{recipient}")

    return write

"""The port that every channel fills on the way in (来件接口): what was kept raw is worked off later, by the channel's own reader.

The order is always the same: verify the sender, decrypt, keep the raw message under its key, answer the platform, work in the
worker. A reader may be called twice for one message (a worker was killed): with the message's `once` as key, `take_in` makes one
report all the same.
"""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from xiucheng.rules.refusals import Pair

LONGEST_ONCE: Final = 80
"""What the gateway keeps of a key; a longer one would be cut, and two with the same beginning would be taken for one."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One kept message: `raw` is exactly what was kept, `attempts` how often it was tried before, `sender` a keyed hash (may be empty)."""

    id: int
    channel: str
    account: str
    key: str
    raw: bytes
    received_at: dt.datetime
    attempts: int
    sender: bytes = b""

    @property
    def once(self) -> str:
        """The key that makes what follows from this message happen once."""
        plain = f"{self.channel}:{self.account}:{self.key}"
        return plain if len(plain) <= LONGEST_ONCE else hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of a message: the tracking code of its report, or nothing (an event, a word of a talk)."""

    report: str = ""


class Later(Exception):  # noqa: N818 - it is what it says
    """It cannot be done now (a picture cannot be fetched, a peer does not answer): tried again after `seconds`."""

    def __init__(self, why: str, seconds: float = 60.0) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Proof:
    """One line of `xiucheng channel check`: what was tried with the real account and whether it worked."""

    ok: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of what a channel may do has been used: `title` says in which time and what is counted."""

    title: Pair
    used: int
    most: int

    @property
    def gone(self) -> bool:
        """Nothing is left."""
        return self.used >= self.most


class Inbound(Protocol):
    """A way in. `work` runs in the worker; it may raise `Refused` (told to people) or `Later` (tried again)."""

    name: str
    title: str

    def work(self, arrived: Arrived) -> Worked:
        """Make of one message what it asks for."""
        ...

    def check(self) -> Iterator[Proof]:
        """Prove the real account by hand; raises nothing for what the peer does."""
        ...


Look = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Poller:
    """A channel that must look for itself: `look` every `seconds`, in the worker. It raises when it cannot: `Later` with a sentence to show."""

    channel: str
    seconds: float
    look: Look


_ways: Final[dict[str, Inbound]] = {}
_pollers: Final[dict[str, Poller]] = {}
_lock: Final = threading.Lock()


def register(way: Inbound, poller: Poller | None = None) -> None:
    """A channel makes itself known; the last one of a name counts."""
    with _lock:
        _ways[way.name] = way
        _pollers.pop(way.name, None)
        if poller is not None:
            _pollers[way.name] = poller


def find(name: str) -> Inbound | None:
    """The way in of that name, if this installation has it."""
    return _ways.get(name)


def spent(way: Inbound) -> list[Allowance]:
    """What it has used of what it may, where it counts that (`spent()`, optional)."""
    tell = getattr(way, "spent", None)
    return list(tell()) if tell else []


def ways() -> list[Inbound]:
    """All ways in, by name."""
    return [_ways[name] for name in sorted(_ways)]


def pollers() -> list[Poller]:
    """All channels that look for themselves."""
    return [_pollers[name] for name in sorted(_pollers)]

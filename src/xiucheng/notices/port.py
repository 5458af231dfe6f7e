"""The port that every channel fills (渠道接口): a message goes out, a receipt comes back; channels register themselves.

A receipt's `result` is `accepted` (the other side took it and may tell later that it arrived), `delivered` (it is where the person
looks, nothing more will be told), `failed` or `unknown` (the other side may have it). `again` says that trying later may help,
`wait` that nothing goes for so many seconds because what the channel may send is used up.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One notice on its way: `address` is empty where the channel knows the recipient itself."""

    key: str
    recipient_kind: str
    recipient_key: str
    address: str
    subject: str
    text: str
    language: str = "zh-hans"
    urgent: bool = False
    created_at: dt.datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side said; `detail` holds no personal data."""

    result: str
    detail: str = ""
    again: bool = False
    wait: float = 0.0


class Channel(Protocol):
    """A way out. `send` may take long; it must not touch the database and must not raise for what the peer does.

    What it must know of the database it may read before, in `gather(message) -> facts`; that must not raise either.
    """

    name: str

    def send(self, message: Message) -> Receipt:
        """Hand one message over."""
        ...


def gather(channel: str, message: Message) -> Message:
    """What a channel must read of the database just before it sends (`gather`, optional), added to the message's facts."""
    ask = getattr(find(channel), "gather", None)
    return replace(message, facts={**message.facts, **ask(message)}) if ask else message


_channels: Final[dict[str, Channel]] = {}


def register(channel: Channel) -> None:
    """A channel makes itself known (登记渠道); the last one of a name counts."""
    _channels[channel.name] = channel


def find(name: str) -> Channel | None:
    """The channel of that name, if this installation has it."""
    return _channels.get(name)


def ready(name: str) -> bool:
    """Whether it can send at all: a channel that may be switched off has `ready()`, the others always can."""
    channel = _channels.get(name)
    can = getattr(channel, "ready", None)
    return channel is not None and (can is None or bool(can()))


def together(name: str) -> int:
    """How many seconds of news a channel tells as one message (`together()`, optional): one that may send a few messages only waits for the rest."""
    tell = getattr(_channels.get(name), "together", None)
    return int(tell()) if tell else 0


def names() -> list[str]:
    """All channels of this installation."""
    return sorted(_channels)

"""Errands let messages pass (让路): a platform waits for its answer, nobody waits for an errand in which there is no danger."""

from dataclasses import dataclass
from time import monotonic
from typing import Final

LONGEST: Final = 120.0
"""Seconds in a row that errands without danger may be kept waiting by messages that come in."""


@dataclass(slots=True)
class _Way:
    since: float = 0.0
    until: float = 0.0


_way: Final = _Way()


def give(seconds: float) -> None:
    """This process takes only urgent errands for so long from now on."""
    now = monotonic()
    if now > _way.until:
        _way.since = now
    _way.until = now + seconds


def given() -> bool:
    """Whether only urgent errands may be taken now."""
    now = monotonic()
    return now < _way.until and now - _way.since < LONGEST


def take() -> None:
    """All errands may be taken again."""
    _way.until = 0.0

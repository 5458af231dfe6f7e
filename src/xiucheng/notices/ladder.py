"""Which channel next, and when (通知顺序): pure decisions about one notice, no database.

A rung is written `channel` or `channel:seconds`; the seconds are how long it may stay unread before the next rung is tried.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xiucheng.notices.port import Receipt

WAIT: Final = dt.timedelta(minutes=15)
KEEP: Final = {"inapp": dt.timedelta(days=30)}
KEEP_OTHERS: Final = dt.timedelta(days=1)
FIRST_PAUSE: Final = dt.timedelta(minutes=1)
LONGEST_PAUSE: Final = dt.timedelta(hours=2)
MOST_TRIES: Final = {"failed": 8, "unknown": 3}
"""Tries on one rung: what surely failed is tried for about a working day, what may have arrived only twice more."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder."""

    channel: str
    wait: dt.timedelta


def rungs(ladder: Sequence[str]) -> tuple[Rung, ...]:
    """A ladder as written, read; a wait that is no number counts as the usual one."""
    found = []
    for text in ladder:
        channel, _, seconds = str(text).partition(":")
        found.append(Rung(channel, dt.timedelta(seconds=int(seconds)) if seconds.isdigit() else WAIT))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Step:
    """What a notice becomes: `due_at` is when the pump looks at it again, or when it may be put away."""

    state: str
    rung: int
    attempts: int
    due_at: dt.datetime
    sent: bool = False


def keep(channel: str) -> dt.timedelta:
    """How long a sent notice stays among the live ones."""
    return KEEP.get(channel, KEEP_OTHERS)


def pause(tries: int) -> dt.timedelta:
    """How long to wait after that many tries: 1, 2, 4 … minutes, two hours at most."""
    doubled: int = 2 ** min(max(tries - 1, 0), 12)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def after(
    ladder: Sequence[str], rung: int, tries: int, receipt: Receipt, now: dt.datetime, *, seen: bool = True
) -> Step:
    """What follows from a receipt on rung `rung` after `tries` tries there.

    `seen` says whether reading is seen at all: where it is not, what was delivered is not followed by the next rung. A channel
    whose allowance is used up is waited for, unless the next rung would be tried sooner.
    """
    steps = rungs(ladder)
    if receipt.result in {"accepted", "delivered"}:
        here = steps[rung]
        goes_on = rung + 1 < len(steps) and (seen or receipt.result == "accepted")
        stay = here.wait if goes_on else keep(here.channel)
        return Step(receipt.result, rung, tries, now + stay, sent=True)
    if receipt.wait and tries < MOST_TRIES["failed"]:
        later = dt.timedelta(seconds=receipt.wait)
        if rung + 1 == len(steps) or later <= steps[rung].wait:
            return Step("queued", rung, tries, now + later)
    if receipt.again and tries < MOST_TRIES[receipt.result]:
        state = "unknown" if receipt.result == "unknown" else "queued"
        return Step(state, rung, tries, now + pause(tries))
    if rung + 1 < len(steps):
        return Step("queued", rung + 1, 0, now)
    return Step(receipt.result, len(steps), tries, now + KEEP_OTHERS, sent=receipt.result == "unknown")

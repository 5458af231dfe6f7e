"""Events of a telephone system that is believed (话务收件): kept first; a ring goes to the desk at once, the rest is the worker's.

A ring is folded in here because a screen must show it within 300 ms; the worker folds it once more, which changes nothing.
"""

import contextlib
import datetime as dt
from typing import Final

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.actions import calls
from xiucheng.city import clock
from xiucheng.intake.actions import incoming
from xiucheng.rules.refusals import Refused

NAME: Final = "hotline"


def take(raw: bytes) -> bool:
    """Keep one event; False when it was there already. A call is one talk: a recording that is fetched holds up no other call."""
    heard = None
    with contextlib.suppress(Refused):  # told to people by the worker
        heard = understood(raw, clock.now())
    fresh = incoming.keep(NAME, codec.key_of(raw), raw, sender=heard.call if heard else "")
    if fresh and heard and heard.kind == "ring":
        calls.apply(heard)
    return fresh


def understood(raw: bytes, received_at: dt.datetime) -> codec.Event:
    """The event, or a refusal that people can read."""
    try:
        return codec.parse(raw, received_at)
    except codec.Malformed as wrong:
        raise Refused("bad_choice", field=wrong.field) from None

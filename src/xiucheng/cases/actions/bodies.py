"""How a body hears of what is its own (转告): by its unit of the register, by the mail address that was written down, else by a call."""

import re
from dataclasses import dataclass
from typing import Final

from xiucheng.city.registers import registers
from xiucheng.notices import ladder as ladders
from xiucheng.notices import port
from xiucheng.people.models import Account

MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
CALL: Final = "call"


@dataclass(frozen=True, slots=True)
class Way:
    """`unit` with its ladder, `email` with an address, or `call`: somebody has to ring up."""

    kind: str
    ladder: tuple[str, ...] = ()
    address: str = ""


def way(unit: int | None, whose: str) -> Way:
    """How the body that somebody named is told."""
    rungs = _rungs(unit) if unit is not None else ()
    if rungs:
        return Way("unit", rungs)
    found = MAIL.search(whose)
    if found and port.ready("email"):
        return Way("email", ("email",), found.group())
    return Way(CALL)


def _rungs(unit: int) -> tuple[str, ...]:
    """The unit's own ladder without what reaches nobody: no inbox where nobody signs in, no mail without an address."""
    known = registers().units.get(unit)
    if known is None:
        return ()
    reads = Account.objects.filter(unit_id=unit, is_active=True).exists()
    mail = bool(known.email) and port.ready("email")
    fits = {"inapp": reads, "email": mail}
    written = tuple(known.ladder or ("inapp",))
    kept = tuple(
        text for text, rung in zip(written, ladders.rungs(written), strict=True) if fits.get(rung.channel, False)
    )
    return kept or (("email",) if mail else ())

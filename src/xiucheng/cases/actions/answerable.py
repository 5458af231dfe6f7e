"""Until when a reporter may be answered where he wrote (答复期限): whatever he writes there opens the platform's window anew."""

import datetime as dt
from typing import Final

from xiucheng.cases.actions import raw
from xiucheng.cases.actions.reporter_keys import keys_of

_LONGER: Final = """
UPDATE cases_report SET reply_until = %(until)s
WHERE door_blind = %(door)s AND reply_channel = %(channel)s AND reply_until < %(until)s - interval '10 minutes'
"""


def prolong(channel: str, person: str, until: dt.datetime) -> None:
    """His earlier reports may be answered until then, too; a few minutes more are not worth a write."""
    door = keys_of({"reply": person}, channel).door
    if door is not None:
        raw.run(_LONGER, {"channel": channel, "door": door, "until": until})

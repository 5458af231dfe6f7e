"""Where a talk with one person stands (对话), held by one process at a time; sealed, because it is what a resident says."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from django.db import transaction

from xiucheng.audit import vault
from xiucheng.cases.actions import raw
from xiucheng.city import clock
from xiucheng.intake.models import Conversation

MOST: Final = 200


_HOLD: Final = """
INSERT INTO intake_conversation AS c (channel, account, person_blind, sealed, updated_at)
VALUES (%(channel)s, %(account)s, %(person)s, ''::bytea, %(now)s)
ON CONFLICT (channel, account, person_blind) DO UPDATE SET sealed = c.sealed RETURNING id, sealed
"""
"""Writing the row holds it, whether it was there or not."""
_KEEP: Final = "UPDATE intake_conversation SET sealed = %(sealed)s, updated_at = %(now)s WHERE id = %(id)s"
_FORGET: Final = "DELETE FROM intake_conversation WHERE id = %(id)s"


@contextmanager
def held(channel: str, account: str, person: str) -> Iterator[dict[str, Any]]:
    """What is left in the dict is kept; an empty one is forgotten. All or nothing with what else is written meanwhile."""
    whose = {"channel": channel, "account": account[:64], "person": vault.blind(f"{channel}:{person}")}
    with transaction.atomic():
        row = raw.run(_HOLD, {**whose, "now": clock.now()})
        assert row is not None
        number, sealed = row
        talk: dict[str, Any] = orjson.loads(vault.unseal(sealed)) if sealed else {}
        yield talk
        if talk:
            said = vault.seal(orjson.dumps(talk).decode())
            raw.run(_KEEP, {"id": number, "sealed": said, "now": clock.now()})
        else:
            raw.run(_FORGET, {"id": number})


def idle(channel: str, account: str, before: dt.datetime) -> list[dict[str, Any]]:
    """Talks in which nothing was said since then, the longest silent first; not held."""
    rows = Conversation.objects.filter(channel=channel, account=account[:64], updated_at__lt=before)
    return [orjson.loads(vault.unseal(row.sealed)) for row in rows.order_by("updated_at")[:MOST] if row.sealed]

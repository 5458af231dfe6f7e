"""Where a talk with one person stands (对话), held by one process at a time; sealed, because it is what a resident says."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.intake.models import Conversation

MOST: Final = 200


_HOLD: Final = """
INSERT INTO intake_conversation AS c (channel, account, person_blind, sealed, updated_at) VALUES (%s, %s, %s, ''::bytea, %s)
ON CONFLICT (channel, account, person_blind) DO UPDATE SET sealed = c.sealed RETURNING id, sealed
"""
"""Writing the row holds it, whether it was there or not."""


@contextmanager
def held(channel: str, account: str, person: str) -> Iterator[dict[str, Any]]:
    """What is left in the dict is kept; an empty one is forgotten. All or nothing with what else is written meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD, [channel, account[:64], vault.blind(f"{channel}:{person}"), clock.now()])
        number, sealed = cursor.fetchone()
        talk: dict[str, Any] = orjson.loads(vault.unseal(sealed)) if sealed else {}
        yield talk
        row = Conversation.objects.filter(id=number)
        if talk:
            row.update(sealed=vault.seal(orjson.dumps(talk).decode()), updated_at=clock.now())
        else:
            row.delete()


def idle(channel: str, account: str, before: dt.datetime) -> list[dict[str, Any]]:
    """Talks in which nothing was said since then, the longest silent first; not held."""
    rows = Conversation.objects.filter(channel=channel, account=account[:64], updated_at__lt=before)
    return [orjson.loads(vault.unseal(row.sealed)) for row in rows.order_by("updated_at")[:MOST] if row.sealed]

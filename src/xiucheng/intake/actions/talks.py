"""Where a talk with one person stands (对话), held by one process at a time; sealed, because it is what a resident says."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from django.db import transaction

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.intake.models import Conversation

MOST: Final = 200


@contextmanager
def held(channel: str, account: str, person: str) -> Iterator[dict[str, Any]]:
    """What is left in the dict is kept; an empty one is forgotten. All or nothing with what else is written meanwhile."""
    with transaction.atomic():
        row, _ = Conversation.objects.select_for_update().get_or_create(
            channel=channel, account=account[:64], person_blind=vault.blind(f"{channel}:{person}"),
            defaults={"sealed": b"", "updated_at": clock.now()},
        )  # fmt: skip
        talk: dict[str, Any] = orjson.loads(vault.unseal(row.sealed)) if row.sealed else {}
        yield talk
        if talk:
            row.sealed, row.updated_at = vault.seal(orjson.dumps(talk).decode()), clock.now()
            row.save(update_fields=["sealed", "updated_at"])
        else:
            row.delete()


def idle(channel: str, account: str, before: dt.datetime) -> list[dict[str, Any]]:
    """Talks in which nothing was said since then, the longest silent first; not held."""
    rows = Conversation.objects.filter(channel=channel, account=account[:64], updated_at__lt=before)
    return [orjson.loads(vault.unseal(row.sealed)) for row in rows.order_by("updated_at")[:MOST] if row.sealed]

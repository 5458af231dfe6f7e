"""What a channel remembers between two looks (渠道状态): where its reader stands, its tokens, what went wrong last."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.intake.models import ChannelState, Incoming
from xiucheng.intake.port import Later

ERROR_MOST = 200


@dataclass(slots=True)
class Memory:
    """A channel's memory while it is held: change `cursor` (plain) or `secret` (kept sealed) and it is written at the end."""

    cursor: dict[str, Any]
    secret: dict[str, Any]


@contextmanager
def held(channel: str) -> Iterator[Memory]:
    """The channel's memory, held by one process at a time (row lock): one refreshes a token, the others wait for it."""
    ChannelState.objects.get_or_create(channel=channel)
    with transaction.atomic():
        row = ChannelState.objects.select_for_update().get(channel=channel)
        memory = Memory(dict(row.cursor), orjson.loads(vault.unseal(row.sealed)) if row.sealed else {})
        yield memory
        row.cursor = memory.cursor
        row.sealed = vault.seal(orjson.dumps(memory.secret).decode()) if memory.secret else None
        row.save(update_fields=["cursor", "sealed"])


def peek(channel: str) -> Memory:
    """The memory as it is, not held."""
    row = ChannelState.objects.filter(channel=channel).first()
    if row is None:
        return Memory({}, {})
    return Memory(dict(row.cursor), orjson.loads(vault.unseal(row.sealed)) if row.sealed else {})


def looked(channel: str) -> None:
    """It looked and all was well."""
    now = clock.now()
    ChannelState.objects.update_or_create(channel=channel, defaults={"looked_at": now, "error": "", "error_at": None})


def failed(channel: str, fault: Exception | str) -> None:
    """It could not; the reason without anything personal: a sentence of ours (`zh`), else only the kind of fault."""
    why = str(fault) if isinstance(fault, str | Later) else getattr(fault, "zh", f"程序出错：{type(fault).__name__}")
    defaults = {"error": why[:ERROR_MOST], "error_at": clock.now()}
    ChannelState.objects.update_or_create(channel=channel, defaults=defaults)


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel fares: last in, last out, how many wait and failed, what went wrong last and when."""

    last_in: dt.datetime | None
    last_out: dt.datetime | None
    waiting: int
    failed: int
    error: str
    error_at: dt.datetime | None


_COUNTS = """
SELECT (SELECT received_at FROM intake_incoming WHERE channel = %(c)s ORDER BY id DESC LIMIT 1),
  (SELECT at FROM notices_attempt WHERE channel = %(c)s AND result IN ('accepted', 'delivered') ORDER BY id DESC LIMIT 1),
  (SELECT count(*) FROM intake_incoming WHERE channel = %(c)s AND state = 'waiting'),
  (SELECT count(*) FROM intake_incoming WHERE channel = %(c)s AND state = 'failed')
"""


def health(channel: str) -> Health:
    """For the page of channels and for the doctor."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"c": channel})
        last_in, last_out, waiting, failures = cursor.fetchone()
    state = ChannelState.objects.filter(channel=channel).first()
    error, error_at = (state.error, state.error_at) if state else ("", None)
    newest = (
        Incoming.objects.filter(channel=channel, state="failed").order_by("-id").values_list("error", "done_at").first()
    )
    if newest and (error_at is None or (newest[1] and newest[1] > error_at)):
        error, error_at = newest
    return Health(last_in, last_out, waiting, failures, error, error_at)

"""Hears the relay (收听): one connection of each live process listens; when it breaks, a new one is made and all pages ask again."""

import asyncio
import logging
from typing import Any, Final

import orjson
import psycopg
from django.db import connection

from xiucheng.live.hub import Hub
from xiucheng.notices.bell import CHANNEL

AGAIN: Final = 0.5
logger = logging.getLogger("xiucheng.live")


def _parameters() -> dict[str, Any]:
    found = connection.get_connection_params()
    taken = ("dbname", "user", "password", "host", "port")
    return {k: v for k, v in found.items() if k in taken and v} | {"application_name": "xiucheng live"}


async def listen(hub: Hub) -> None:
    """Listen for as long as the process lives."""
    parameters = _parameters()
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as peer:
                await peer.execute(f"LISTEN {CHANNEL}")
                hub.reset()
                async for notification in peer.notifies():
                    hub.hear(orjson.loads(notification.payload))
        except psycopg.Error as fault:
            logger.warning("live: the database is away (%s)", type(fault).__name__)
        await asyncio.sleep(AGAIN)

"""Ring for live pages (铃): a word to whoever follows, without a notice and without a case. Keys only, nothing personal."""

from collections.abc import Sequence
from typing import Final

import orjson
from django.db import connection

CHANNEL: Final = "xiucheng_live"


def ring(names: Sequence[str]) -> None:
    """Tell those who follow these names (`calls:12`) to look again, once the transaction holds; a few names at most."""
    payload = orjson.dumps({"e": [], "n": list(names)}).decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])

"""Keeps the calendar and the months of history ahead of time (例行维护): one of the worker's loops."""

import datetime as dt
import threading

from django.db import connection, transaction

MONTHS_AHEAD = 14
EVERY_SECONDS = 3600.0


def ensure_months() -> None:
    """Make the partitions of the coming months, before rows need them."""
    first = dt.date.today().replace(day=1)  # noqa: DTZ011 - a day more or less does not matter 14 months ahead
    months = [
        (first.replace(year=first.year + (first.month - 1 + n) // 12, month=(first.month - 1 + n) % 12 + 1))
        for n in range(MONTHS_AHEAD)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("case_history", "notice_done"):
            for month in months:
                cursor.execute("SELECT ensure_month(%s, %s)", [table, month])


def keep(stop: threading.Event) -> None:
    """Once an hour until told to stop."""
    while not stop.is_set():
        ensure_months()
        connection.close()
        stop.wait(EVERY_SECONDS)

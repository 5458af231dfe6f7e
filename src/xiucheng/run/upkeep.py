"""Keeps the months of history ahead of time and old rows up to date (例行维护): one of the worker's loops."""

import datetime as dt
import threading

from django.db import connection, transaction

from xiucheng.cases.actions import reporter_keys

MONTHS_AHEAD = 14
EVERY_SECONDS = 3600.0
BREATH_SECONDS = 0.2
"""Between two batches of old rows, so that reports and pages come first."""


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


def renew_keys(stop: threading.Event) -> None:
    """Give reporters of earlier reports today's keys, a few at a time."""
    while not stop.is_set() and reporter_keys.renew():
        stop.wait(BREATH_SECONDS)


def keep(stop: threading.Event) -> None:
    """Once an hour until told to stop."""
    while not stop.is_set():
        ensure_months()
        renew_keys(stop)
        connection.close()
        stop.wait(EVERY_SECONDS)

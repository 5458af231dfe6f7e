"""Pages meet a database that is away."""

import select
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import RequestFactory

from xiucheng.run import guard


def test_database_away_looks_at_causes() -> None:
    inner = psycopg.OperationalError("gone")
    outer = RuntimeError("page")
    outer.__cause__ = inner
    errors = [OperationalError(), InterfaceError(), outer, DataError(), ValueError()]
    assert [guard.database_away(e) for e in errors] == [True, True, True, False, False]


def test_away_says_when_to_come_back() -> None:
    response = guard.away(RequestFactory().get("/"))
    assert (response.status_code, response["Retry-After"]) == (503, "2")


@pytest.mark.django_db
def test_dead_connection_is_dropped_before_it_is_used() -> None:
    with ThreadPoolExecutor(1) as own:  # a thread has a connection of its own, outside this test's transaction
        assert own.submit(_lose_and_find_again).result() == (False, True, True)


def _lose_and_find_again() -> tuple[bool, bool, bool]:
    connection.ensure_connection()
    raw = connection.connection
    params = connection.get_connection_params()
    with psycopg.connect(**{k: str(params[k]) for k in ("dbname", "user", "host") if k in params}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])
    select.select([raw.fileno()], [], [], 10)
    fresh_before = connection.connection is not raw
    guard.drop_dead_connection()
    dropped = connection.connection is None
    found = guard.wait_for_database()
    connection.close()
    return fresh_before, dropped, found

"""A real web server beside the tests of a module, on rows that are really committed; everything is swept away afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.service import ROOT, free_port

if TYPE_CHECKING:
    from tests.district import District

    from xiucheng.people.models import Account

READY_TRIES = 400
KEPT = ("django_migrations", "django_content_type", "auth_permission")


@dataclass(frozen=True)
class House:
    """Where the server listens, the district's keys, and an account per post."""

    url: str
    district: "District"
    people: "dict[str, Account]"


def _serve() -> tuple["subprocess.Popen[bytes]", str]:
    from django.db import connection  # Django is set up only now

    kept = connection.settings_dict
    url = f"postgresql://xiucheng@/{kept['NAME']}?host={kept['HOST']}"
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "xiucheng.run.web", "127.0.0.1", str(port), "2", "8"],
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(READY_TRIES):
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).status_code == 200:
                return process, address
        except httpx.TransportError:
            time.sleep(0.1)  # a process needs a moment to open its port
    raise AssertionError("the web server did not become ready")


def _sweep() -> None:
    """Empty every table; the history refuses, so its trigger sleeps meanwhile."""
    from django.db import connection  # Django is set up only now

    assert str(connection.settings_dict["NAME"]).startswith("test_")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND NOT tablename = ANY(%s)",
            [list(KEPT)],
        )
        tables = cursor.fetchone()[0]
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET session_replication_role = origin")


@contextmanager
def _database() -> Iterator[None]:
    """The session's test database; a session in which no other test asks for one has to make it here."""
    from django.db import connection  # Django is set up only now
    from django.test.utils import setup_databases, teardown_databases

    if str(connection.settings_dict["NAME"]).startswith("test_"):
        yield
        return
    made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """The server with two processes of eight threads, as it serves people."""
    from tests.district import build  # models can only be imported once Django is set up
    from tests.staff import staff

    with django_db_blocker.unblock(), _database():
        district = build()
        people = staff(district)
        process, address = _serve()
        try:
            yield House(address, district, people)
        finally:
            process.terminate()
            process.wait(15)
            _sweep()

"""Prepared statements on Django's own connection (预编译语句): one round trip, planned once per connection."""

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from psycopg import RawCursor
from psycopg.rows import TupleRow

_NAMED: Final = re.compile(r"%\((\w+)\)s")


@functools.cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Named parameters as `$1`, `$2` …; psycopg would read a long statement anew at every call."""
    names = tuple(dict.fromkeys(_NAMED.findall(sql)))
    place = {name: f"${i}" for i, name in enumerate(names, 1)}
    return _NAMED.sub(lambda m: place[m[1]], sql).encode(), names


def _execute(cursor: "RawCursor[TupleRow]", sql: str, params: Mapping[str, Any]) -> None:
    text, names = _numbered(sql)
    cursor.execute(text, [params[name] for name in names], prepare=True)


def run(sql: str, params: Mapping[str, Any]) -> TupleRow | None:
    """Run one statement with server-side parameters; gives its first row. Errors are Django's."""
    connection.ensure_connection()
    with connection.wrap_database_errors, RawCursor(connection.connection) as cursor:
        _execute(cursor, sql, params)
        return cursor.fetchone() if cursor.description else None


def rows(sql: str, params: Mapping[str, Any]) -> list[TupleRow]:
    """Run one reading statement with server-side parameters; gives all its rows. JSON comes as text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, RawCursor(connection.connection) as cursor:
        _execute(cursor, sql, params)
        return cursor.fetchall()

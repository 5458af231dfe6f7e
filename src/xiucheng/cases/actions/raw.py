"""Prepared statements on Django's own connection (预编译语句): one round trip, planned once per process."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import TupleRow


def run(sql: str, params: Mapping[str, Any]) -> TupleRow | None:
    """Run one statement with server-side parameters; gives its first row. Errors are Django's."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        try:
            cursor.execute(sql, params, prepare=True)
            return cursor.fetchone() if cursor.description else None
        finally:
            cursor.close()

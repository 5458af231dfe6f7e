"""What a database holds, table by table (数据核对): names and rows, for backups and for the doctor."""

import psycopg
from psycopg import sql

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""


def names(connection: psycopg.Connection) -> list[str]:
    """All tables; a partitioned one counts once."""
    return [str(row[0]) for row in connection.execute(TABLES).fetchall()]


def rows(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has now."""
    counted = {}
    for name in names(connection):
        found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counted[name] = int(found[0]) if found else 0
    return counted

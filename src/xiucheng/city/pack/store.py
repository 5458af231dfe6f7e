"""Into the database (入库): COPY to a temporary table, then add, change and retire by code. Loading twice changes nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from xiucheng.audit import vault


class Cursor(Protocol):
    """What is needed of a psycopg cursor."""

    def execute(self, query: str, params: Sequence[Any] = ()) -> Any: ...
    def copy(self, statement: str) -> Any: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...

    @property
    def rowcount(self) -> int: ...


@dataclass(frozen=True)
class Table:
    """How one table follows the pack.

    `keys` find a row again; `once` columns are written when a row is new and never again; `refs` turn a code into the key of
    a table; `sealed` columns are encrypted; `gone` says what happens to rows that the pack no longer has: keep, delete, or retire (`active = false`).
    `rows` names the rows of the book when it is not the table's own name.
    """

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    gone: str = "keep"
    once: tuple[str, ...] = ()
    refs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    json: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    add: bool = True
    rows: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)


def follow(cursor: Cursor, table: Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Make a table follow its rows; gives how many rows were added, changed or retired."""
    ready = _resolved(cursor, table, rows)
    columns = ", ".join(table.columns)
    cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM {table.name} WITH NO DATA")
    with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
        for row in ready:
            copy.write_row(row)
    changed = _change(cursor, table) + (_add(cursor, table) if table.add else 0) + _retire(cursor, table)
    cursor.execute("DROP TABLE incoming")
    return changed


def _resolved(cursor: Cursor, table: Table, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    maps: dict[int, dict[str, Any]] = {}
    for column, (other, by) in table.refs.items():
        cursor.execute(f"SELECT {by}, id FROM {other}")
        maps[table.columns.index(column)] = dict(cursor.fetchall())
    texts = {table.columns.index(c) for c in table.json}
    secrets = {table.columns.index(c) for c in table.sealed}

    def cell(i: int, value: Any) -> Any:
        if value is None:
            return None
        if i in maps:
            return maps[i][value]
        if i in secrets:
            return vault.seal(value)
        return json.dumps(value, ensure_ascii=False) if i in texts else value

    return [tuple(cell(i, v) for i, v in enumerate(row)) for row in rows]


def _same(table: Table, left: str, right: str) -> str:
    # nullable keys are few and their tables small; `=` lets the others use an index
    how = {k: "IS NOT DISTINCT FROM" if k in ("area_id",) else "=" for k in table.keys}
    return " AND ".join(f"{left}.{k} {how[k]} {right}.{k}" for k in table.keys)


def _change(cursor: Cursor, table: Table) -> int:
    columns = [c for c in table.columns if c not in table.keys and c not in table.once]
    active = table.gone == "retire"
    if not columns and not active:
        return 0
    sets = [f"{c} = i.{c}" for c in columns] + (["active = true"] if active else [])
    mine = ", ".join([f"t.{c}" for c in columns] + (["t.active"] if active else []))
    new = ", ".join([f"i.{c}" for c in columns] + (["true"] if active else []))
    cursor.execute(
        f"UPDATE {table.name} t SET {', '.join(sets)} FROM incoming i "
        f"WHERE {_same(table, 't', 'i')} AND ROW({mine}) IS DISTINCT FROM ROW({new})"
    )
    return cursor.rowcount


def _add(cursor: Cursor, table: Table) -> int:
    names = [*table.columns, *table.defaults] + (["active"] if table.gone == "retire" else [])
    values = [f"i.{c}" for c in table.columns] + list(table.defaults.values())
    values += ["true"] if table.gone == "retire" else []
    cursor.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} FROM incoming i "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} t WHERE {_same(table, 't', 'i')})"
    )
    return cursor.rowcount


def _retire(cursor: Cursor, table: Table) -> int:
    missing = f"NOT EXISTS (SELECT 1 FROM incoming i WHERE {_same(table, 't', 'i')})"
    if table.gone == "delete":
        cursor.execute(f"DELETE FROM {table.name} t WHERE {missing}")
    elif table.gone == "retire":
        cursor.execute(f"UPDATE {table.name} t SET active = false WHERE t.active AND {missing}")
    else:
        return 0
    return cursor.rowcount

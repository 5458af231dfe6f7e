"""Into the database (入库): COPY to a temporary table, then add, change and retire by code. Loading twice changes nothing.

`city_given` remembers what the pack gave last, as hashes. What people have changed or taken away since differs from it and
is left alone; the pack changes only what is still as it gave it.
"""

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
    `rows` names the rows of the book when it is not the table's own name. Lines of a `root` come back when they were taken
    away, for other lines point at them. `may` is a condition (of `i`, the incoming line) that a new line must meet; `known`
    one for lines that an installation from before `city_given` has seen.
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
    root: bool = False
    may: str = "true"
    known: str = "false"

    @property
    def scope(self) -> str:
        """The name under which `city_given` remembers its lines."""
        return self.rows or self.name

    @property
    def owned(self) -> list[str]:
        """The columns that follow the pack."""
        return [c for c in self.columns if c not in self.keys and c not in self.once]


@dataclass(frozen=True, slots=True)
class Left:
    """A line of the pack that was left alone (没有动), and why: `gone`, `changed` or `left` (the person has left)."""

    what: str
    line: str
    why: str


def follow(
    cursor: Cursor, table: Table, rows: Sequence[tuple[Any, ...]], what: str = "", *, again: bool = False
) -> tuple[int, list[Left]]:
    """Make a table follow its rows; gives how many rows were added, changed or retired, and the lines left alone.

    `again`: a pack has been loaded here before.
    """
    _bring(cursor, table, rows)
    if again:
        _adopt(cursor, table)
    changed = _change(cursor, table) + (_add(cursor, table) if table.add else 0) + _retire(cursor, table)
    places = [table.columns.index(key) for key in table.keys]
    left = [
        Left(what, " ".join(str(rows[n][place]) for place in places if rows[n][place] is not None), why)
        for n, why in _left(cursor, table)
    ]
    _remember(cursor, table)
    cursor.execute("DROP TABLE incoming")
    return changed, left


def _bring(cursor: Cursor, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """The rows with their number, key and contents: `incoming`."""
    ready = _resolved(cursor, table, rows)
    columns = ", ".join(table.columns)
    cursor.execute(f"CREATE TEMP TABLE raw ON COMMIT DROP AS SELECT 0 AS n, {columns} FROM {table.name} WITH NO DATA")
    with cursor.copy(f"COPY raw (n, {columns}) FROM STDIN") as copy:
        for n, row in enumerate(ready):
            copy.write_row((n, *row))
    cursor.execute(
        f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT i.*, {_key(table, 'i')} AS given_key, "
        f"{_contents(table, 'i', active='true')} AS given_row FROM raw i"
    )
    cursor.execute("DROP TABLE raw")
    cursor.execute("ANALYZE incoming")


def _key(table: Table, of: str) -> str:
    return f"md5(jsonb_build_array({', '.join(f'{of}.{k}' for k in table.keys)})::text)"


def _contents(table: Table, of: str, active: str = "") -> str:
    parts = [f"'{c}', md5({of}.{c}::text)" for c in table.owned]
    if table.gone == "retire":
        parts.append(f"'active', md5(({active or f'{of}.active'})::text)")
    return f"jsonb_build_object({', '.join(parts)})"


def _adopt(cursor: Cursor, table: Table) -> None:
    """An installation from before `city_given`: what is there of the pack's lines is what it gave; nothing is guessed of the rest."""
    cursor.execute("SELECT 1 FROM city_given WHERE scope = %s LIMIT 1", (table.scope,))
    if cursor.fetchall():
        return
    cursor.execute(
        "INSERT INTO city_given (scope, key, contents) SELECT DISTINCT ON (i.given_key) %s, i.given_key, "
        f"CASE WHEN t.* IS NULL THEN i.given_row ELSE {_contents(table, 't', active='true')} END "
        f"FROM incoming i LEFT JOIN {table.name} t ON {_same(table, 't', 'i')} WHERE t.* IS NOT NULL OR {table.known}",
        (table.scope,),
    )


def _remember(cursor: Cursor, table: Table) -> None:
    cursor.execute(
        "DELETE FROM city_given g WHERE scope = %s AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.given_key = g.key)",
        (table.scope,),
    )
    cursor.execute(
        "INSERT INTO city_given AS g (scope, key, contents) "
        "SELECT DISTINCT ON (given_key) %s, given_key, given_row FROM incoming "
        "ON CONFLICT (scope, key) DO UPDATE SET contents = EXCLUDED.contents WHERE g.contents <> EXCLUDED.contents",
        (table.scope,),
    )


def _left(cursor: Cursor, table: Table) -> list[tuple[int, str]]:
    there = f"EXISTS (SELECT 1 FROM {table.name} t WHERE {_same(table, 't', 'i')})"
    cursor.execute(
        f"SELECT i.n, CASE WHEN {there} THEN 'changed' WHEN {table.may} THEN 'gone' ELSE 'left' END FROM incoming i "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} t WHERE {_same(table, 't', 'i')} "
        f"AND {_contents(table, 't')} = i.given_row) ORDER BY i.n"
    )
    return [(int(n), str(why)) for n, why in cursor.fetchall()]


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
    columns = [*table.owned, *(["active"] if table.gone == "retire" else [])]
    if not columns:
        return 0

    def new(column: str) -> str:
        """The pack's value where the present one is the pack's own, too."""
        coming = "true" if column == "active" else f"i.{column}"
        own = f"g.contents->'{column}' IS NULL OR g.contents->>'{column}' IS NOT DISTINCT FROM md5(t.{column}::text)"
        return f"CASE WHEN {own} THEN {coming} ELSE t.{column} END"

    cursor.execute(
        f"UPDATE {table.name} t SET {', '.join(f'{c} = {new(c)}' for c in columns)} FROM incoming i "
        "LEFT JOIN city_given g ON g.scope = %s AND g.key = i.given_key "
        f"WHERE {_same(table, 't', 'i')} AND ROW({', '.join(f't.{c}' for c in columns)}) "
        f"IS DISTINCT FROM ROW({', '.join(new(c) for c in columns)})",
        (table.scope,),
    )
    return cursor.rowcount


def _add(cursor: Cursor, table: Table) -> int:
    names = [*table.columns, *table.defaults] + (["active"] if table.gone == "retire" else [])
    values = [f"i.{c}" for c in table.columns] + list(table.defaults.values())
    values += ["true"] if table.gone == "retire" else []
    given = "false" if table.root else "EXISTS (SELECT 1 FROM city_given g WHERE g.scope = %s AND g.key = i.given_key)"
    cursor.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} FROM incoming i "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} t WHERE {_same(table, 't', 'i')}) AND ({table.may}) AND NOT {given}",
        () if table.root else (table.scope,),
    )
    return cursor.rowcount


def _retire(cursor: Cursor, table: Table) -> int:
    """What the pack gave and no longer has; what people made themselves, or have made their own, stays."""
    if table.gone == "keep":
        return 0
    missing = f"NOT EXISTS (SELECT 1 FROM incoming i WHERE {_same(table, 't', 'i')})"
    given = f"EXISTS (SELECT 1 FROM city_given g WHERE g.scope = %s AND g.key = {_key(table, 't')}"
    if table.gone == "delete":
        same = f"AND g.contents = {_contents(table, 't')})"
        cursor.execute(f"DELETE FROM {table.name} t WHERE {missing} AND {given} {same}", (table.scope,))
    else:
        cursor.execute(
            f"UPDATE {table.name} t SET active = false WHERE t.active AND {missing} AND {given})", (table.scope,)
        )
    return cursor.rowcount

"""Whose reports are these? (同一个人): what one person reported through all doors, found by keyed hashes alone.

A report that carries two keys (phone and openid, phone and e-mail) ties two doors together, so that a call and a WeChat message are one
person's once he has given his number anywhere. A key that goes with many different people (the phone of an office, of a shop) still
says that its own reports are one reporter's, as far as anybody can tell, but ties nothing else to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection

Key = tuple[int, bytes]
"""Which column, and the hash."""
Row = Sequence[memoryview | bytes | None]
"""Phone, door, e-mail."""
STEPS: Final = 3
"""How many ties in a row: from one door over a phone to an e-mail to another door."""
SHARED: Final = 3
"""A key that goes with more other keys of one kind than this is many people's."""
MOST: Final = 300
_OWN: Final = "SELECT phone_blind, door_blind, email_blind FROM cases_report WHERE case_id = %(id)s"
_WITH: Final = """
SELECT r.phone_blind, r.door_blind, r.email_blind, coalesce(c.main_case_id, c.id)
FROM ({found}) k JOIN cases_report r ON r.id = k.id JOIN cases_case c ON c.id = r.case_id ORDER BY r.id DESC LIMIT %(most)s
"""
_BY: Final = {
    kind: f"SELECT id FROM cases_report WHERE {name}_blind = ANY(%({name})s::bytea[])"
    for kind, name in enumerate(("phone", "door", "email"))
}


def same_person(case_id: int, own: Row | None = None) -> frozenset[int]:
    """The cases that hold reports of who reported this one; a report that was merged counts for its main case.

    `own` are the keys of its report, where they have been read already. One statement for whoever left one key or always the
    same, one more for each tie; none where he left none.
    """
    rows: Sequence[Row] = [own] if own is not None else _read(_OWN, {"id": case_id})
    known = {key for row in rows for key in _keys(row)}
    cases: set[int] = set()
    new = known
    for _ in range(STEPS if known else 0):
        found = _with(new)
        cases |= {int(row[3]) for row in found}
        new = _tied(new, [_keys(row[:3]) for row in found]) - known
        if not new:
            break
        known = known | new
    return frozenset(cases - {case_id})


def _read(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Planned each time: which index is best depends on the keys that are given."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _keys(row: Row) -> list[Key]:
    return [(kind, bytes(key)) for kind, key in enumerate(row) if key is not None]


def _with(keys: Iterable[Key]) -> list[tuple[Any, ...]]:
    """The reports with any of these keys; only kinds that are asked for are looked for."""
    asked: dict[int, list[bytes]] = defaultdict(list)
    for kind, key in keys:
        asked[kind].append(key)
    params = {name: asked[kind] for kind, name in enumerate(("phone", "door", "email")) if kind in asked}
    sql = _WITH.replace("{found}", " UNION ".join(_BY[kind] for kind in sorted(asked)))
    return _read(sql, {**params, "most": MOST})


def _tied(by: set[Key], reports: list[list[Key]]) -> set[Key]:
    """What else stands on the reports with these keys, but for keys that many people share."""
    beside: dict[Key, dict[int, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for keys in reports:
        for own in by.intersection(keys):
            for kind, other in keys:
                if (kind, other) != own:
                    beside[own][kind].add(other)
    alone = [kinds for kinds in beside.values() if all(len(others) <= SHARED for others in kinds.values())]
    return {(kind, other) for kinds in alone for kind, others in kinds.items() for other in others}

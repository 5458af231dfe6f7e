"""Whose reports are these? (同一个人): what one person reported through all doors, found by keyed hashes alone.

A report that carries two keys (phone and openid, phone and e-mail) ties two doors together, so that a call and a WeChat message are one
person's once he has given his number anywhere. A key that goes with many different people (the phone of an office, of a shop) still
says that its own reports are one reporter's, as far as anybody can tell, but ties nothing else to them.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection

Key = tuple[int, bytes]
"""Which column, and the hash."""
STEPS: Final = 3
"""How many ties in a row: from one door over a phone to an e-mail to another door."""
SHARED: Final = 3
"""A key that goes with more other keys of one kind than this is many people's."""
MOST: Final = 300
_OWN: Final = "SELECT phone_blind, door_blind, email_blind FROM cases_report WHERE case_id = %(id)s"
_WITH: Final = """
SELECT r.phone_blind, r.door_blind, r.email_blind, coalesce(c.main_case_id, c.id)
FROM (SELECT id FROM cases_report WHERE phone_blind = ANY(%(phones)s::bytea[])
  UNION SELECT id FROM cases_report WHERE door_blind = ANY(%(doors)s::bytea[])
  UNION SELECT id FROM cases_report WHERE email_blind = ANY(%(emails)s::bytea[])) k
JOIN cases_report r ON r.id = k.id JOIN cases_case c ON c.id = r.case_id ORDER BY r.id DESC LIMIT %(most)s
"""


def same_person(case_id: int) -> frozenset[int]:
    """The cases that hold reports of who reported this one; a report that was merged counts for its main case.

    Two statements for whoever left one key or always the same, one more for each tie; one where he left none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"id": case_id})
        known = {key for row in cursor.fetchall() for key in _keys(row)}
        cases: set[int] = set()
        new = known
        for _ in range(STEPS if known else 0):
            cursor.execute(_WITH, _params(new))
            rows = cursor.fetchall()
            cases |= {int(row[3]) for row in rows}
            new = _tied(new, [_keys(row[:3]) for row in rows]) - known
            if not new:
                break
            known = known | new
    return frozenset(cases - {case_id})


def _keys(row: Iterable[memoryview | bytes | None]) -> list[Key]:
    return [(kind, bytes(key)) for kind, key in enumerate(row) if key is not None]


def _params(keys: Iterable[Key]) -> dict[str, Any]:
    found: dict[int, list[bytes]] = {0: [], 1: [], 2: []}
    for kind, key in keys:
        found[kind].append(key)
    return {"phones": found[0], "doors": found[1], "emails": found[2], "most": MOST}


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

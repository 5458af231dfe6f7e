"""Fold a case's history into the case (重放), with nothing of the gateway's own code: what the rows say is what there is."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import connection

from xiucheng.cases.models import Case

NOT_FOLDED = {"id", "number", "version", "history_hash"}
DERIVED = {"x", "y"}


def rows(case_id: int) -> list[dict[str, Any]]:
    """The history as JSON, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(h) FROM case_history h WHERE case_id = %s ORDER BY seq", [case_id])
        found = [row[0] for row in cursor.fetchall()]
    return [json.loads(one) if isinstance(one, str) else one for one in found]


def stored(case_id: int) -> dict[str, Any]:
    """The case's row as JSON."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c) FROM cases_case c WHERE id = %s", [case_id])
        found = cursor.fetchone()[0]
    row: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return row


def empty() -> dict[str, Any]:
    """A case before anything happened: every column at what a new row has."""
    made: dict[str, Any] = {}
    for field in Case._meta.concrete_fields:
        if field.column in NOT_FOLDED | DERIVED:
            continue
        default = field.get_default()
        made[field.column] = default if default is not None or field.null else ""
    return made


def plain(value: Any) -> Any:
    """Moments as UTC text, so that two writings of one moment are equal."""
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def fold(history: list[dict[str, Any]]) -> dict[str, Any]:
    """The case that the history tells of; every row must begin where the one before ended."""
    case = empty()
    state = ""
    for place, row in enumerate(history, 1):
        assert row["seq"] == place
        assert row["from_state"] == state
        for name, value in row["before"].items():
            assert plain(case[name]) == plain(value) if name not in DERIVED else True, (name, row["act"])
        case |= {name: value for name, value in row["after"].items() if name not in DERIVED}
        state = row["to_state"]
        assert case["state"] == state
    return {name: plain(value) for name, value in case.items()}


def seen(row: dict[str, Any]) -> dict[str, Any]:
    """The stored case with the columns that history tells."""
    return {name: plain(value) for name, value in row.items() if name not in NOT_FOLDED | DERIVED}


def chain(history: list[dict[str, Any]], token: str) -> list[str]:
    """The hashes that the rows should have, computed anew from their content."""
    names = (
        "seq", "at", "act", "step", "actor_kind", "actor_key", "post", "from_state", "to_state", "before", "after",
        "words", "facts",
    )  # fmt: skip
    previous = hashlib.sha256(token.encode()).digest()
    found = []
    for row in history:
        content = {name: row[name] for name in names}
        content["at"] = plain(row["at"])
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(previous + text.encode()).digest()
        found.append("\\x" + previous.hex())
    return found

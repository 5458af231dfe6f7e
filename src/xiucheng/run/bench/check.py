"""Replays loaded cases (重放核对): folding a case's history gives the stored case, and the chain of hashes holds."""

import datetime as dt
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.actions import chain

PARTS: Final = ("seq", "at", "act", "step", "actor_kind", "actor_key", "post", "from_state", "to_state")
_CASE: Final = "SELECT to_jsonb(c), r.token FROM cases_case c JOIN cases_report r ON r.case_id = c.id WHERE c.id = %s"
_HISTORY: Final = (
    "SELECT seq, at, act, step, actor_kind, actor_key, post, from_state, to_state, before, after, words, facts, hash"
    " FROM case_history WHERE case_id = %s ORDER BY seq"
)
NOT_IN_HISTORY: Final = frozenset({"id", "number", "version", "history_hash", "x", "y"})


def faults(case_id: int) -> list[str]:
    """What does not agree; empty when everything does."""
    with connection.cursor() as cursor:
        cursor.execute(_CASE, [case_id])
        case, token = cursor.fetchone()
        cursor.execute(_HISTORY, [case_id])
        rows = cursor.fetchall()
    stored = _parsed(case)
    digest, found = chain.genesis(token), list[str]()
    folded: dict[str, Any] = {"public": "hidden"}
    for number, row in enumerate(rows, 1):
        content = dict(zip((*PARTS, "before", "after", "words", "facts"), map(_parsed, row[:-1]), strict=True))
        content["at"] = chain.plain(content["at"])
        if content["seq"] != number:
            found.append(f"row {number} has seq {content['seq']}")
        digest = chain.digest(digest, content)
        if digest != bytes(row[-1]):
            found.append(f"the hash of row {number} is not its content's")
        folded.update(content["after"])
    if len(rows) != stored["version"]:
        found.append(f"version {stored['version']} with {len(rows)} rows")
    if "\\x" + digest.hex() != stored["history_hash"]:
        found.append("the last hash is not the case's")
    return found + [
        f"{k}: history {folded.get(k)!r}, case {v!r}" for k, v in _kept(stored) if not _same(folded.get(k), v)
    ]


def _kept(stored: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(k, v) for k, v in stored.items() if k not in NOT_IN_HISTORY and not (v in (None, "", False, 0) or v == [])]


def _same(told: Any, kept: Any) -> bool:
    if isinstance(told, str) and isinstance(kept, str) and "T" in told[10:11]:
        return dt.datetime.fromisoformat(told) == dt.datetime.fromisoformat(kept)
    return bool(told == kept)


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value

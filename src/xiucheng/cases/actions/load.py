"""The case as the law sees it (取案), locked for one act."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import orjson

from xiucheng.cases.actions import columns, raw
from xiucheng.rules.clocks import Clock
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Snapshot

_COLUMNS: Final = ", ".join(f'c."{name}"' for name in columns.COLUMNS)
_LOAD: Final = """
SELECT to_jsonb(c) AS row, c.history_hash,
  (SELECT jsonb_agg(to_jsonb(k) ORDER BY k.id) FROM cases_clock k WHERE k.case_id = c.id) AS clocks,
  (SELECT to_jsonb(t) FROM cases_task t WHERE t.case_id = c.id AND t.done_at IS NULL AND t.kind IN ('verify', 'check')
   ORDER BY t.id DESC LIMIT 1) AS task,
  CASE WHEN c.ended_at IS NULL THEN (SELECT count(*) FROM cases_case f WHERE f.main_case_id = c.id) ELSE 0 END,
  CASE WHEN c.state = 'disputed' THEN EXISTS (SELECT 1 FROM case_history h WHERE h.case_id = c.id AND h.act = 'call_back'
    AND h.seq > (SELECT coalesce(max(d.seq), 0) FROM case_history d WHERE d.case_id = c.id AND d.act = 'dispute')) ELSE false END,
  (SELECT to_jsonb(d) FROM cases_deed d WHERE d.key = %(key)s) AS deed
FROM cases_case c WHERE c.id = %(id)s
"""
_LOCK: Final = "SELECT 1 FROM cases_case WHERE id = %(id)s FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A locked case: its row as JSON, the law's view, its clocks' row ids and an earlier deed with the same key."""

    id: int
    row: dict[str, Any]
    hash: bytes
    snapshot: Snapshot
    clock_ids: tuple[int, ...]
    task_id: int | None
    deed: dict[str, Any] | None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC) if text else None


def clocks_from(rows: list[dict[str, Any]] | None) -> tuple[Clock, ...]:
    """Clock rows as JSON to the law's clocks."""
    moments = ("started_at", "running_since", "due_at", "stopped_at")
    return tuple(columns.clock_from({**r, **{m: _moment(r[m]) for m in moments}}) for r in rows or ())


def _parsed(value: Any) -> Any:
    """JSON comes as text or parsed, depending on the connection's loaders."""
    return orjson.loads(value) if isinstance(value, str | bytes | memoryview) else value


def load(case_id: int, key: str | None) -> Loaded:
    """Lock a case and read all that the law asks for.

    Two statements: one that waits for the lock and reads in the same breath sees the new row, but the clocks, tasks and
    deeds as they were before it waited.
    """
    raw.run(_LOCK, {"id": case_id})
    return _loaded(case_id, _LOAD, key or "")


def view(case_id: int) -> Loaded:
    """The same without a lock, for pages that show which acts are offered."""
    return _loaded(case_id, _LOAD, "")


def _loaded(case_id: int, sql: str, key: str) -> Loaded:
    found = raw.run(sql, {"id": case_id, "key": key})
    if found is None:
        raise Refused("case_unknown")
    row, digest, clocks, task, followers, called, deed = found
    row, clocks, task, deed = (_parsed(v) for v in (row, clocks, task, deed))
    snapshot = _snapshot(row, clocks, task, int(followers), bool(called))
    ids = tuple(k["id"] for k in clocks or ())
    return Loaded(case_id, row, bytes(digest), snapshot, ids, task["id"] if task else None, deed)


def _snapshot(
    row: dict[str, Any], clocks: list[dict[str, Any]] | None, task: dict[str, Any] | None, followers: int, called: bool
) -> Snapshot:
    return Snapshot(
        state=row["state"],
        kind=row["kind"],
        category=row["category_id"],
        standard=row["standard_id"],
        unit=row["unit_id"],
        helpers=tuple(row["helpers"]),
        placed=row["lng"] is not None or bool(row["place"]) or bool(row["no_place"]),
        signed=row["signed_at"] is not None,
        returned=row["returned"],
        returns=row["returns"],
        reworks=row["reworks"],
        extensions=row["extensions"],
        suspensions=row["suspensions"],
        overdue=row["overdue"],
        appealed=row["appealed"],
        called_back=called,
        prior_state=row["prior_state"],
        suspended=row["suspended_until"] is not None,
        closed_at=_moment(row["closed_at"]),
        ended_at=_moment(row["ended_at"]),
        ask=row["ask"],
        task_account=task["account_id"] if task else None,
        task_pool=task["pool"] if task else "",
        followers=followers,
        main=row["main_case_id"],
        training=row["training"],
        imported=row["imported"],
        deadline=_moment(row["deadline"]),
        clocks=clocks_from(clocks),
    )

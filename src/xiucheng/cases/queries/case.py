"""One case with all that belongs to it (案件详情): its row, history, clocks, pictures, reports, followers, tasks.

Nobody gets a case outside his scope: `find` gives nothing for it, as if it did not exist.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import orjson

from xiucheng.cases.actions import raw
from xiucheng.cases.actions.load import view
from xiucheng.cases.queries.lists import COLUMNS, Line, line
from xiucheng.cases.queries.scope import Scope
from xiucheng.rules.clocks import Clock
from xiucheng.rules.workflow import Snapshot

BEFORE: Final = dt.timedelta(days=2)
"""History is partitioned by month; nothing of a case was written long before it began."""
LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline (办理记录), with the person's name where an account acted."""

    seq: int
    at: dt.datetime
    act: str
    step: str
    actor_kind: str
    actor_key: str
    post: str
    name: str
    unit_id: int | None
    from_state: str
    to_state: str
    before: dict[str, Any]
    after: dict[str, Any]
    words: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One report of the case (上报). Words and contact stay sealed until somebody has a reason."""

    id: int
    case_id: int
    token: str
    channel: str
    kind: str
    said_at: dt.datetime
    received_at: dt.datetime
    words_sealed: bytes
    contact_sealed: bytes | None
    place: str
    share_contact: bool
    reply_channel: str
    taken_by: str
    public_words: str
    public: str
    external_key: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture (照片): `stage` says whether it shows the place before, during or after."""

    id: int
    sha256: str
    report_id: int | None
    stage: str
    width: int
    height: int
    taken_at: dt.datetime | None
    at: dt.datetime
    by: str
    public: str


@dataclass(frozen=True, slots=True)
class Job:
    """A task at the case (任务) that somebody has or had."""

    id: int
    kind: str
    account_id: int | None
    name: str
    pool: str
    created_at: dt.datetime
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    result: str
    tries: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything a case page shows of the case itself."""

    line: Line
    row: dict[str, Any]
    snapshot: Snapshot
    clocks: tuple[Clock, ...]
    history: tuple[Entry, ...]
    reports: tuple[Said, ...]
    pictures: tuple[Shot, ...]
    tasks: tuple[Job, ...]
    followers: tuple[tuple[int, str, str], ...]


def find(key: int | str, scope: Scope) -> Line | None:
    """A case by id or number, if it may be seen; one statement."""
    where, params = scope.where(helping=True)
    column = "id" if isinstance(key, int) else "number"
    found = raw.run(
        f"SELECT {COLUMNS} FROM cases_case c WHERE c.{column} = %(key)s AND {where}", {**params, "key": key}
    )
    return line(found) if found else None


def whole(key: int | str, scope: Scope) -> Whole | None:
    """A case with everything that belongs to it; seven statements."""
    found = find(key, scope)
    if found is None:
        return None
    loaded = view(found.id)
    followers = _rows(_FOLLOWERS, found.id)
    return Whole(
        line=found,
        row=loaded.row,
        snapshot=loaded.snapshot,
        clocks=loaded.snapshot.clocks,
        history=tuple(timeline(found.id, found.opened_at)),
        reports=tuple(Said(*row) for row in _rows(_REPORTS, found.id)),
        pictures=tuple(Shot(*row) for row in _rows(_PICTURES, found.id)),
        tasks=tuple(Job(*row) for row in _rows(_TASKS, found.id)),
        followers=tuple((int(i), str(n), str(c)) for i, n, c in followers),
    )


def timeline(case_id: int, opened_at: dt.datetime | None = None) -> list[Entry]:
    """The history of a case, oldest first; one statement. Who knows when the case began spares reading older months."""
    since = opened_at - BEFORE if opened_at is not None else LONG_AGO
    return [_entry(row) for row in raw.rows(_HISTORY, {"id": case_id, "since": since})]


def _entry(row: tuple[Any, ...]) -> Entry:
    values = list(row)
    for place in (11, 12, 14):
        values[place] = _json(values[place])
    return Entry(*values)


def _json(value: Any) -> dict[str, Any]:
    found = orjson.loads(value) if isinstance(value, str | bytes) else value
    return found if isinstance(found, dict) else {}


def _rows(sql: str, case_id: int) -> list[tuple[Any, ...]]:
    return raw.rows(sql, {"id": case_id})


_FOLLOWERS = """
SELECT f.id, f.number, f.channel FROM cases_case f WHERE f.main_case_id = %(id)s ORDER BY f.id LIMIT 50
"""
_HISTORY = """
SELECT h.seq, h.at, h.act, h.step, h.actor_kind, h.actor_key, h.post, coalesce(a.name, ''), a.unit_id, h.from_state,
  h.to_state, h.before, h.after, h.words, h.facts
FROM case_history h
LEFT JOIN people_account a
  ON a.id = CASE WHEN h.actor_kind = 'account' AND h.actor_key ~ '^[0-9]{1,18}$' THEN h.actor_key::bigint END
WHERE h.case_id = %(id)s AND h.at >= %(since)s ORDER BY h.seq
"""
_REPORTS = """
WITH one AS (SELECT %(id)s::bigint AS id)
SELECT r.id, r.case_id, r.token, r.channel, r.kind, r.said_at, r.received_at, r.words_sealed, r.contact_sealed, r.place,
  r.share_contact, r.reply_channel, coalesce(a.name, ''), r.public_words, r.public,
  coalesce(r.external_key, '')
FROM cases_report r LEFT JOIN people_account a ON a.id = r.taken_by
WHERE r.case_id = ANY(ARRAY(SELECT id FROM one UNION ALL
  SELECT f.id FROM cases_case f WHERE f.main_case_id = (SELECT id FROM one)))
ORDER BY r.id LIMIT 50
"""
_PICTURES = """
SELECT p.id, p.sha256, p.report_id, p.stage, p.width, p.height, p.taken_at, p.at, p.by, p.public
FROM cases_picture p WHERE p.case_id = %(id)s ORDER BY p.id LIMIT 100
"""
_TASKS = """
SELECT t.id, t.kind, t.account_id, coalesce(a.name, ''), t.pool, t.created_at, t.due_at, t.done_at, t.result, t.tries
FROM cases_task t LEFT JOIN people_account a ON a.id = t.account_id WHERE t.case_id = %(id)s ORDER BY t.id
"""

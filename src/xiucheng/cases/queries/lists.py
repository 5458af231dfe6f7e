"""Lists of cases (列表): a page at a time by key, never by offset; the same number of statements however long.

Only keys are looked for: each part of the list (a state, the open ones, the ended ones) gives its first ones from an index of
its own, they are merged, and what a line shows is read for the lines of the page alone.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.scope import Scope
from xiucheng.city import clock

SIZE: Final = 50
MOST: Final = 200
SORTS: Final = ("due", "new", "old")
_BEGAN: Final = {
    "to_register": "opened_at",
    "to_dispatch": "filed_at",
    "handling": "dispatched_at",
    "to_check": "fed_back_at",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list; names of units, areas and categories come from the registers."""

    id: int
    number: str
    state: str
    version: int
    kind: str
    source: str
    channel: str
    category_id: str | None
    unit_id: int | None
    handler_id: int | None
    team: str
    summary: str
    place: str
    street: str
    community: str
    lng: float | None
    lat: float | None
    urgency: int
    flags: list[str]
    level: int
    opened_at: dt.datetime
    filed_at: dt.datetime | None
    dispatched_at: dt.datetime | None
    signed_at: dt.datetime | None
    fed_back_at: dt.datetime | None
    ended_at: dt.datetime | None
    due_at: dt.datetime | None
    overdue: bool
    excused: bool
    returned: bool
    returns: int
    reworks: int
    extensions: int
    satisfaction: int | None
    ask: dict[str, Any] | None
    suspended_until: dt.datetime | None
    main_case_id: int | None
    by_system: bool
    training: bool
    imported: bool
    picture: str | None
    followers: int

    @property
    def began_at(self) -> dt.datetime | None:
        """When the running stage began, where the case itself says so; colours of clocks need it."""
        value = getattr(self, _BEGAN.get(self.state, "due_at"))
        return value if value is not self.due_at else None

    def late(self, now: dt.datetime) -> bool:
        """Whether the clock has run out now (超时未办)."""
        return self.ended_at is None and self.due_at is not None and self.due_at < now


_FIELDS: Final = tuple(Line.__dataclass_fields__)
_OWN: Final = _FIELDS[:-2]
COLUMNS: Final = (
    ", ".join(f"c.{name}" for name in _OWN)
    + ", (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id ORDER BY p.id LIMIT 1) AS picture"
    + ", (SELECT count(*) FROM cases_case f WHERE f.main_case_id = c.id) AS followers"
)

URGENT: Final = "u"
_NEAREST: Final = (
    "SELECT c.id, 0 AS haste, c.due_at AS due FROM cases_case c WHERE {part} AND {where} AND c.urgency = 0"
    " AND {later} ORDER BY c.due_at, c.id LIMIT %(size)s"
)
_URGENT: Final = (
    "SELECT c.id, -c.urgency AS haste, coalesce(c.due_at, 'infinity') AS due FROM cases_case c"
    " WHERE c.ended_at IS NULL AND c.urgency > 0 AND ({parts}) AND {where}"
    " AND (-c.urgency, coalesce(c.due_at, 'infinity'), c.id)"
    " > (-%(urgency)s::int, coalesce(%(moment)s::timestamptz, 'infinity'), %(last)s)"
    " ORDER BY haste, due, c.id LIMIT %(size)s"
)
_FIRST: Final = (
    f"SELECT {COLUMNS} FROM (SELECT id, haste, due FROM ({{keys}}) u ORDER BY haste, due, id LIMIT %(size)s) p"
    " JOIN cases_case c ON c.id = p.id ORDER BY p.haste, p.due, p.id"
)
MOST_URGENT: Final = 9


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list and the key to the next ones (empty at the end)."""

    lines: tuple[Line, ...]
    after: str


def line(row: tuple[Any, ...]) -> Line:
    """A row of `COLUMNS` as a line."""
    values = dict(zip(_FIELDS, row, strict=True))
    for name in ("flags", "ask"):
        if isinstance(values[name], str | bytes):
            values[name] = orjson.loads(values[name])
    return Line(**{**values, "flags": values["flags"] or []})


def page(filters: Filters, scope: Scope, *, sort: str = "due", after: str = "", size: int = SIZE) -> Page:
    """One page of a list. `after` is the key that the page before gave; one or two statements, plus at most three for a search.

    Only open cases have deadlines: a list that may hold ended ones is sorted by age, the newest first. By deadline means what
    must not wait (紧急) before everything else.
    """
    size = max(1, min(size, MOST))
    now = clock.now()
    sort = sort if sort in SORTS and (sort != "due" or filters.only_open()) else "new"
    if sort == "due":
        found = _by_deadline(filters, scope, after, size + 1, now)
    else:
        found = _by_age(filters, scope, after, size + 1, now, sort)
    return Page(tuple(found[:size]), _key(found[size - 1], sort) if len(found) > size else "")


def _run(sql: str, params: dict[str, Any]) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [line(row) for row in cursor.fetchall()]


def _key(last: Line, sort: str) -> str:
    moment = last.due_at if sort == "due" else last.opened_at
    urgent = f"{URGENT}{last.urgency}" if sort == "due" and last.urgency else ""
    return f"{urgent}{int(moment.timestamp() * 1_000_000) if moment else 'n'}_{last.id}"


def _urgent_key(after: str) -> tuple[int, str]:
    """The urgency that a key begins with (0: none) and the key without it."""
    head = after[1:2]
    return (int(head), after[2:]) if after[:1] == URGENT and head.isdigit() else (0, after)


def _from_key(after: str) -> tuple[dt.datetime | None, int] | None:
    """A key as moment and id; something else than a key begins at the beginning."""
    head, _, tail = after.partition("_")
    if not (tail.isdigit() and len(tail) < 19) or not (head == "n" or (head.isdigit() and len(head) < 18)):
        return None
    moment = None if head == "n" else dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(head))
    return moment, int(tail)


def _merged(filters: Filters, where: str, key: str, order: str) -> str:
    """The first lines of all parts together; `order` is a direction for the key and the id."""
    one = "SELECT c.id, {key} AS k FROM cases_case c WHERE {part} AND {where} ORDER BY {by} LIMIT %(size)s"
    by = f"{key} {order}, c.id {order}" if key != "c.id" else f"c.id {order}"
    parts = [one.format(key=key, part=part, where=where, by=by) for part in filters.parts()]
    keys = " UNION ALL ".join(f"({part})" for part in parts)
    return (
        f"SELECT {COLUMNS} FROM (SELECT id, k FROM ({keys}) u ORDER BY k {order}, id {order} LIMIT %(size)s) p"
        f" JOIN cases_case c ON c.id = p.id ORDER BY p.k {order}, p.id {order}"
    )


def _by_deadline(filters: Filters, scope: Scope, after: str, size: int, now: dt.datetime) -> list[Line]:
    """First what must not wait; then what has a deadline, the nearest first; then what has none."""
    where, params = _where(filters, scope, now)
    urgency, after = _urgent_key(after)
    start = _from_key(after)
    found: list[Line] = []
    if start is None or urgency or start[0] is not None:
        passed = start is not None and not urgency
        later = "(c.due_at, c.id) > (%(moment)s, %(last)s)" if passed else "c.due_at IS NOT NULL"
        parts = filters.parts()
        keys = [_NEAREST.format(part=part, where=where, later=later) for part in parts]
        if not passed:
            keys.insert(0, _URGENT.format(parts=" OR ".join(parts), where=where))
        moment, last = start or (None, 0)
        more = {"size": size, "urgency": urgency if start else MOST_URGENT, "moment": moment, "last": last}
        found = _run(_FIRST.format(keys=" UNION ALL ".join(f"({one})" for one in keys)), {**params, **more})
        start = None
    if len(found) < size:
        key = "c.due_at IS NULL AND c.urgency = 0 AND c.id > %(last)s"
        more = {**params, "size": size - len(found), "last": start[1] if start else 0}
        found += _run(_merged(filters, f"{where} AND {key}", "c.id", "ASC"), more)
    return found


def _by_age(filters: Filters, scope: Scope, after: str, size: int, now: dt.datetime, sort: str) -> list[Line]:
    where, params = _where(filters, scope, now)
    start = _from_key(after)
    if start is not None:
        where += f" AND (c.opened_at, c.id) {'<' if sort == 'new' else '>'} (%(moment)s, %(last)s)"
    order = "DESC" if sort == "new" else "ASC"
    return _run(_merged(filters, where, "c.opened_at", order), {**params, "size": size, **_position(start)})


def _position(start: tuple[dt.datetime | None, int] | None) -> dict[str, Any]:
    return {} if start is None else {"moment": start[0], "last": start[1]}


def _where(filters: Filters, scope: Scope, now: dt.datetime) -> tuple[str, dict[str, Any]]:
    seen, params = scope.where()
    if filters.helping is not None and filters.helping == scope.unit:
        seen, params = replace(scope, everything=True).where()
    narrowed, more = filters.where(now)
    return f"{seen} AND {narrowed}", {**params, **more}

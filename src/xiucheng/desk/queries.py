"""The desk's own reads (工作台查询): proposals, notices, names, people to choose from, templates, daily figures."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from xiucheng.cases.actions import raw
from xiucheng.cases.queries.case import BEFORE
from xiucheng.desk.models import SavedView


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def saved_views(account: int) -> list[SavedView]:
    """A person's saved views (常用视图)."""
    found = raw.rows(
        "SELECT id, account_id, name, tab, query FROM desk_savedview WHERE account_id = %(id)s ORDER BY id LIMIT 20",
        {"id": account},
    )
    return [SavedView(*row) for row in found]


def names(accounts: Iterable[int | None]) -> dict[int, str]:
    """The names of accounts by id; one statement however many, none for none."""
    ids = sorted({account for account in accounts if account})
    return dict(_rows("SELECT id, name FROM people_account WHERE id = ANY(%s)", [ids])) if ids else {}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the platform proposed for a case (分诊建议); alternatives and reasons as triage wrote them."""

    category: str
    standard: int | None
    unit: int | None
    urgency: int
    certainty: float
    place_certainty: float
    alternatives: list[dict[str, Any]]
    reasons: list[Any]
    similar: list[Any]
    understood: bool


def proposal(case_id: int) -> Proposal | None:
    """The platform's proposal for a case, if it has made one."""
    rows = raw.rows(
        "SELECT category_id, standard_id, unit_id, urgency, certainty, place_certainty, alternatives, reasons, p.similar,"
        " understood FROM triage_proposal p WHERE case_id = %(id)s",
        {"id": case_id},
    )
    if not rows:
        return None
    row = list(rows[0])
    for place in (6, 7, 8):
        row[place] = _json(row[place]) or []
    return Proposal(*row)


@dataclass(frozen=True, slots=True)
class Told:
    """One notice about a case (通知): to whom, by what, how far it got."""

    recipient_kind: str
    recipient_key: str
    name: str
    template: str
    ladder: list[str]
    state: str
    created_at: dt.datetime
    sent_at: dt.datetime | None
    read_at: dt.datetime | None
    attempts: int


_TOLD = """
SELECT n.recipient_kind, n.recipient_key, coalesce(a.name, ''), n.template, n.ladder, n.state, n.created_at, n.sent_at,
  n.read_at, n.attempts
FROM (
  SELECT recipient_kind, recipient_key, template, ladder, state, created_at, sent_at, read_at, attempts
  FROM notices_notice WHERE subject_kind = 'case' AND subject_key = %(key)s
  UNION ALL
  SELECT recipient_kind, recipient_key, template, '[]'::jsonb, state, created_at, sent_at, read_at, attempts
  FROM notice_done WHERE subject_kind = 'case' AND subject_key = %(key)s AND created_at >= %(since)s
) n
LEFT JOIN people_account a ON n.recipient_kind = 'account' AND a.id::text = n.recipient_key
ORDER BY n.created_at DESC LIMIT 40
"""


def told(case_id: int, opened_at: dt.datetime) -> list[Told]:
    """The notices about a case that began then, the newest first; finished ones lie by month."""
    rows = [list(row) for row in raw.rows(_TOLD, {"key": str(case_id), "since": opened_at - BEFORE})]
    for row in rows:
        row[4] = _json(row[4]) or []
    return [Told(*row) for row in rows]


def people_for(posts: Sequence[str], *, unit: int | None = None, street: str = "") -> list[tuple[int, str, str, bool]]:
    """Who may be sent (可派人员): id, name, pinyin, whether the street is theirs; theirs first."""
    return [
        (int(i), str(name), str(pinyin), bool(near))
        for i, name, pinyin, near in _rows(
            "SELECT a.id, a.name, a.pinyin, coalesce(bool_or(p.area_id = %s), false) AS near FROM people_account a"
            " JOIN people_posting p ON p.account_id = a.id WHERE p.post = ANY(%s) AND a.is_active AND a.left_at IS NULL"
            " AND (%s::bigint IS NULL OR a.unit_id = %s) GROUP BY a.id, a.name, a.pinyin ORDER BY near DESC, a.pinyin"
            " LIMIT 400",
            [street, list(posts), unit, unit],
        )
    ]


@dataclass(frozen=True, slots=True)
class Condition:
    """A standard to choose (立案标准) with both conditions and its limit as written."""

    id: int
    category: str
    code: str
    filing: str
    limit: str
    closing: str


def conditions(category: str = "") -> list[Condition]:
    """The standards of a minor category, or all."""
    return [
        Condition(*row)
        for row in _rows(
            "SELECT id, category_id, code, filing_condition, limit_text, closing_condition FROM city_standard"
            " WHERE (%s = '' OR category_id = %s) AND active ORDER BY code",
            [category, category],
        )
    ]


def condition(standard: int | None) -> Condition | None:
    """One standard."""
    rows = _rows(
        "SELECT id, category_id, code, filing_condition, limit_text, closing_condition FROM city_standard WHERE id = %s",
        [standard],
    ) if standard is not None else []  # fmt: skip
    return Condition(*rows[0]) if rows else None


def units() -> list[tuple[int, str, str, str]]:
    """All units to choose from: id, short name, pinyin, kind; by pinyin."""
    return [
        (int(i), str(short or name), f"{pinyin} {name} {code}", str(kind))
        for i, short, name, pinyin, code, kind in _rows(
            "SELECT id, short, name, pinyin, code, kind FROM city_unit WHERE active ORDER BY pinyin, code", []
        )
    ]


def categories() -> list[tuple[str, str, str, str]]:
    """Minor categories to choose from: code, name, the major's name, what they are found by."""
    return [
        (str(code), str(name), str(major), f"{pinyin} {plain} {code}")
        for code, name, major, pinyin, plain in _rows(
            "SELECT c.code, c.name, m.name, c.pinyin, c.plain FROM city_category c JOIN city_category m"
            " ON m.code = c.parent_id WHERE c.level = 2 AND c.active ORDER BY c.code",
            [],
        )
    ]


def replies(*purposes: str) -> list[tuple[str, str, str]]:
    """Ready answers (答复模板): code, title, body."""
    return [
        (str(code), str(title), str(body))
        for code, title, body in _rows(
            "SELECT code, title, body FROM city_replytemplate WHERE purpose = ANY(%s) ORDER BY code", [list(purposes)]
        )
    ]

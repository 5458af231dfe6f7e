"""Has it been reported before? (疑似重复): open cases near the place, and what the same person just sent, with how alike they are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection

from xiucheng.cases.queries.reporters import same_person
from xiucheng.rules.mercator import mercator, stretch
from xiucheng.triage import looks
from xiucheng.triage import same as signs
from xiucheng.triage.text import Features, likeness, profile

METRES: Final = {"C": 60.0, "E": 120.0, "E05": 200.0}
MOST: Final = 5
WORTH: Final = 0.3
_COLUMNS: Final = """
SELECT c.id, c.number, c.state, c.category_id, c.summary, c.opened_at,
  CASE WHEN c.x IS NULL OR %(x)s::float8 IS NULL THEN NULL
       ELSE sqrt((c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2) / %(stretch)s END AS metres,
  c.id = ANY(%(his)s::bigint[]) AS same_reporter, {pictures}
FROM cases_case c WHERE c.ended_at IS NULL AND c.id <> %(id)s AND c.main_case_id IS NULL AND c.training = %(training)s
"""
_PICTURES: Final = """
  EXISTS (SELECT 1 FROM cases_picture p JOIN cases_picture m ON m.case_id = %(id)s AND m.original_sha256 = p.original_sha256
          WHERE p.case_id = c.id) AS same_picture,
  EXISTS (SELECT 1 FROM cases_picture p JOIN triage_picturelook k ON k.sha256 = p.sha256
          JOIN cases_picture m ON m.case_id = %(id)s JOIN triage_picturelook n ON n.sha256 = m.sha256
          WHERE p.case_id = c.id AND bit_count((k.look # n.look)::bit(64)) <= %(bits)s) AS like_picture
"""
_NO_PICTURES: Final = "false AS same_picture, false AS like_picture"
"""For a case without any: to plan the comparison takes longer than all the rest."""
_NEAR: Final = (
    _COLUMNS
    + """ AND c.x IS NOT NULL AND c.opened_at > %(since)s AND c.id < %(id)s
  AND c.x BETWEEN %(x)s - %(r)s AND %(x)s + %(r)s AND c.y BETWEEN %(y)s - %(r)s AND %(y)s + %(r)s
  ORDER BY (c.x - %(x)s) ^ 2 + (c.y - %(y)s) ^ 2 LIMIT 40"""
)
_OWN: Final = (
    _COLUMNS
    + """ AND c.opened_at > %(since)s AND c.id < %(id)s AND c.id = ANY(%(his)s::bigint[]) ORDER BY c.id DESC LIMIT 10"""
)


@dataclass(frozen=True, slots=True)
class Like:
    """One case that may be the same problem; `metres` is empty where one of them has no point."""

    case: int
    number: str
    state: str
    category: str
    metres: float | None
    hours: float
    likeness: float
    same_reporter: bool
    same_picture: bool
    certainty: float
    like_picture: bool = False

    def facts(self) -> dict[str, Any]:
        """As kept in the proposal."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def same(
    case_id: int,
    summary: str,
    category: str,
    point: tuple[float, float] | None,
    now: dt.datetime,
    *,
    training: bool = False,
    keys: Sequence[bytes | None] = (),
    pictured: bool = True,
) -> list[Like]:
    """Likely the same problem, the likeliest first. Only cases that came before, so that two never follow each other.

    `keys` are what the reporter can be known by, `pictured` says whether the case has pictures. What a person said is not the same is never proposed again.
    """
    rows: dict[int, tuple[Any, ...]] = {}
    params: dict[str, Any] = {"id": case_id, "training": training, "since": now - dt.timedelta(days=signs.DAYS)}
    params |= {"x": None, "y": None, "stretch": 1.0, "r": 0.0, "bits": looks.ALIKE}
    params["his"] = sorted(same_person(case_id, keys)) if any(keys) else []
    if point is not None and abs(point[1]) < 85:
        x, y = mercator(*point)
        reach = METRES.get(category[:3], METRES.get(category[:1], METRES["E"]))
        params |= {"x": x, "y": y, "stretch": stretch(point[1]), "r": reach * stretch(point[1])}
        rows |= {row[0]: row for row in _run(_NEAR, params, pictured)}
    if params["his"]:
        rows |= {row[0]: row for row in _run(_OWN, params, pictured)}
    for said_no in signs.denied(case_id, rows):
        del rows[said_no]
    weights = signs.current() if rows else None
    own = profile(summary) if rows else None
    found = (_like(row, own, category, now, weights, summary) for row in rows.values() if own is not None)
    return sorted((f for f in found if f.certainty >= WORTH), key=lambda f: -f.certainty)[:MOST]


def _run(sql: str, params: dict[str, Any], pictured: bool) -> list[tuple[Any, ...]]:
    sql = sql.replace("{pictures}", _PICTURES if pictured else _NO_PICTURES)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _like(
    row: tuple[Any, ...], own: Features, category: str, now: dt.datetime, weights: Sequence[float] | None, summary: str
) -> Like:
    key, number, state, other, words, opened, metres, reporter, picture, like_picture = row
    alike = likeness(own, profile(words))
    hours = max(0.0, (now - opened).total_seconds() / 3600)
    found = Like(
        key, number, state, other or "", None if metres is None else round(metres, 1), round(hours, 1), alike, reporter, picture,
        0.0, like_picture,
    )  # fmt: skip
    sure = signs.sure(signs.signs(found.facts(), category), weights)
    # one picture may show two troubles: words that speak of another one are for people to compare
    told = alike >= signs.ALIKE or bool(category and category == other) or not (summary and words)
    if (picture and told) or (reporter and alike >= signs.ALIKE and hours <= 24 and (metres is None or metres <= 60)):
        sure = 0.99
    return replace(found, certainty=round(sure, 3))

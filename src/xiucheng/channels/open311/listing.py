"""Requests as everybody may see them (公开查询): filed and not kept back; whoever made one sees how it goes from the start.

Words, the address and the exact point are shown once a person has looked (先审后发), the point to about ten metres before;
never who reported it. A request that was merged goes the way of its main case.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from xiucheng.channels.open311 import codec
from xiucheng.channels.open311.discovery import base
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.masking import mask_public
from xiucheng.rules.workflow import STATES

TOLD: Final = (
    "submit", "register", "refuse", "file", "decline", "object", "withdraw", "dispatch", "sign", "return", "transfer", "feed_back",
    "rework", "close", "dispute", "reopen", "uphold", "suspend", "resume", "merge", "unmerge", "void",
)  # fmt: skip
"""Acts after which a request counts as updated."""
PUBLIC: Final = """c.imported = false AND c.kind IN ('complaint', 'help') AND c.public <> 'private'
  AND c.state IN ('to_dispatch', 'handling', 'to_check', 'checking', 'to_close', 'suspended', 'disputed', 'closed')"""
OWN: Final = """%(own)s <> '-' AND EXISTS (SELECT 1 FROM cases_report r WHERE r.case_id = c.id AND r.channel = 'open311'
  AND split_part(r.external_key, ':', 1) = %(own)s)"""
VISIBLE: Final = f"c.training = %(training)s AND (({PUBLIC}) OR ({OWN}))"
_LAST: Final = """(SELECT max(h.at) FROM case_history h WHERE h.case_id = coalesce(m.id, c.id)
    AND h.at >= coalesce(m.opened_at, c.opened_at) - interval '2 days' AND h.act = ANY(%(told)s))"""
_CHANGED: Final = """JOIN (SELECT h.case_id, max(h.at) AS at FROM case_history h WHERE h.act = ANY(%(told)s) AND h.at >= %(changed)s
  GROUP BY h.case_id) g ON g.case_id = coalesce(m.id, c.id)"""
"""For who asks by the time of change: the history since then says which requests changed and when, all others are not looked at."""
_SEEN: Final = f"""
SELECT c.id, c.number, coalesce(m.state, c.state) AS state, c.category_id, coalesce(m.unit_id, c.unit_id) AS unit_id, c.opened_at,
  (CASE WHEN m.id IS NULL THEN c.ended_at ELSE m.ended_at END) IS NOT NULL AS ended, c.street, c.community, c.place, c.lng, c.lat,
  c.public, c.component, c.training, date_trunc('second', CASE WHEN coalesce(m.state, c.state) = 'closed'
    THEN coalesce(m.closed_at, c.closed_at, c.ended_at) ELSE greatest(c.opened_at, {{last}}) END) AS updated,
  (SELECT r.public_words FROM cases_report r WHERE r.case_id = c.id AND r.public = 'public' AND r.public_words <> ''
   ORDER BY r.id LIMIT 1) AS words,
  (SELECT k.due_at FROM cases_clock k WHERE k.case_id = coalesce(m.id, c.id) AND k.kind = 'handling' ORDER BY k.id DESC LIMIT 1) AS due,
  (SELECT p.sha256 FROM cases_picture p WHERE p.case_id = c.id AND p.public = 'public' ORDER BY p.id LIMIT 1) AS picture
FROM cases_case c LEFT JOIN cases_case m ON m.id = c.main_case_id AND c.state = 'merged' {{join}}
WHERE {VISIBLE} {{more}}
"""
DEGREE_METRES: Final = 111_320.0
ROUNDED_METRES: Final = 20.0
_NEAR: Final = f"""{DEGREE_METRES} * sqrt(power(CASE WHEN public = 'public' THEN lat ELSE round(lat::numeric, 4)::float8 END - %(near_lat)s, 2)
  + power((CASE WHEN public = 'public' THEN lng ELSE round(lng::numeric, 4)::float8 END - %(near_lng)s)
    * cos(radians(%(near_lat)s)), 2)) <= %(near_metres)s"""
"""Measured to the point as it is shown: nobody feels his way with small circles to what is not shown yet."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Through whose eyes: `own` is the key of the asking program, `training` the endpoint for tries."""

    own: int | None = None
    training: bool = False

    def params(self) -> dict[str, Any]:
        """For `VISIBLE`."""
        return {"own": str(self.own or "-"), "training": self.training, "told": list(TOLD)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: ranges are closed, None is open; `status` open, closed or both; `near` is latitude, longitude, metres."""

    numbers: Sequence[str] = ()
    services: Sequence[str] = ()
    status: frozenset[str] = field(default_factory=frozenset)
    requested: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    updated: tuple[dt.datetime | None, dt.datetime | None] = (None, None)
    near: tuple[float, float, float] | None = None
    page: int = 1
    size: int = 1000


def one(number: str, sight: Sight) -> dict[str, Any] | None:
    """One request by its number; one statement."""
    found = rows(_seen("AND c.number = %(number)s"), {**sight.params(), "number": number})
    return told(found[0]) if found else None


def many(wanted: Wanted, sight: Sight) -> tuple[list[dict[str, Any]], int]:
    """A page of requests, newest first, and how many there are altogether; two statements."""
    more, params = _where(wanted)
    params |= sight.params()
    seen = f"SELECT * FROM ({_seen(more, changed='changed' in params)}) s WHERE {_after(wanted, params)}"
    total = int(rows(f"SELECT count(*) AS n FROM ({seen}) t", params)[0]["n"])
    params |= {"most": wanted.size, "skip": min((wanted.page - 1) * wanted.size, 2**62)}
    page = rows(f"{seen} ORDER BY opened_at DESC, id DESC LIMIT %(most)s OFFSET %(skip)s", params)
    return [told(row) for row in page], total


def _seen(more: str, *, changed: bool = False) -> str:
    parts = {"last": "g.at", "join": _CHANGED} if changed else {"last": _LAST, "join": ""}
    return _SEEN.replace("{more}", more).replace("{last}", parts["last"]).replace("{join}", parts["join"])


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    if wanted.numbers:
        return "AND c.number = ANY(%(numbers)s)", {"numbers": list(wanted.numbers)}
    parts: list[str] = []
    params: dict[str, Any] = {}
    for name, sign, bound in (("since", ">=", wanted.requested[0]), ("until", "<=", wanted.requested[1])):
        if bound is not None:
            parts.append(f"AND date_trunc('second', c.opened_at) {sign} %({name})s")
            params[name] = bound
    if wanted.services:
        parts.append("AND c.category_id = ANY(%(services)s)")
        params["services"] = list(wanted.services)
    if wanted.near is not None:
        parts.append("AND c.lat BETWEEN %(south)s AND %(north)s AND c.lng BETWEEN %(west)s AND %(east)s")
        params |= _box(*wanted.near)
    if any(wanted.updated):
        params["changed"] = wanted.updated[0] or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return " ".join(parts), params


def _box(lat: float, lng: float, metres: float) -> dict[str, float]:
    """Around a circle, a little larger: what is shown may lie a few metres from where it is."""
    high = (metres + ROUNDED_METRES) / DEGREE_METRES
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return {"south": lat - high, "north": lat + high, "west": lng - wide, "east": lng + wide}


def _after(wanted: Wanted, params: dict[str, Any]) -> str:
    """What is only known once a request has been put together."""
    if wanted.numbers:
        return "true"
    parts = ["true"]
    if wanted.near is not None:
        parts.append(_NEAR)
        params |= dict(zip(("near_lat", "near_lng", "near_metres"), wanted.near, strict=True))
    if len(wanted.status) == 1:
        parts.append("ended" if "closed" in wanted.status else "NOT ended")
    for name, sign, bound in (("changed_from", ">=", wanted.updated[0]), ("changed_to", "<=", wanted.updated[1])):
        if bound is not None:
            parts.append(f"updated {sign} %({name})s")
            params[name] = bound
    return " AND ".join(parts)


def rows(sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a statement as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A request as the specification names its parts; all are there, empty ones too."""
    book = registers()
    category = book.categories.get(row["category_id"] or "")
    unit = book.units.get(row["unit_id"] or 0)
    looked_at = row["public"] == "public"
    exact = 6 if looked_at else 4
    end = "test/v2" if row["training"] else "v2"
    areas = " ".join(book.areas[code] for code in (row["community"], row["street"]) if code in book.areas)
    return {
        "service_request_id": row["number"],
        "status": "closed" if row["ended"] else "open",
        "status_notes": STATES[row["state"]].zh,
        "service_name": category.name if category else None,
        "service_code": row["category_id"],
        "description": row["words"] if looked_at else None,
        "agency_responsible": unit.name if unit else None,
        "service_notice": None,
        "requested_datetime": codec.told(row["opened_at"], clock.ZONE),
        "updated_datetime": codec.told(row["updated"], clock.ZONE),
        "expected_datetime": codec.told(row["due"], clock.ZONE),
        "address": (mask_public(row["place"]) if looked_at else "") or areas or None,
        "address_id": row["component"] or None,
        "zipcode": None,
        "lat": round(float(row["lat"]), exact) if row["lat"] is not None else None,
        "long": round(float(row["lng"]), exact) if row["lng"] is not None else None,
        "media_url": f"{base()}/{end}/media/{row['picture']}.jpg" if row["picture"] else None,
    }


_PICTURE: Final = f"""
SELECT p.sha256 FROM cases_picture p JOIN cases_case c ON c.id = p.case_id
WHERE p.sha256 = %(sha256)s AND p.public = 'public' AND c.training = %(training)s AND {PUBLIC} LIMIT 1
"""


def is_public(sha256: str, *, training: bool = False) -> bool:
    """Whether a picture may be seen now: what is kept back later is not handed out any more."""
    return bool(rows(_PICTURE, {"sha256": sha256, "training": training}))

"""Cases of an older system come in (迁入) by the act `import`: with their own times, deadline and state, no notices, in batches.

Each case is known by (channel `import`, `external_key`) and never stored twice. One statement writes a batch: cases, reports,
history, clocks, tasks, search and changes, all or nothing. An open case brings its running deadline as a clock in natural
time, a suspended or merged one the state that it goes on in, one that is out on the street a task for that street, a disputed
one whose reporter can be rung up a call back.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from xiucheng.audit import vault
from xiucheng.cases.actions import chain, columns, raw
from xiucheng.cases.actions.reporter_keys import keys_of
from xiucheng.cases.actions.submit import SUMMARY, new_token
from xiucheng.cases.actions.tasks import call_by
from xiucheng.cases.queries.search import grams
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ENDED, GOVERNS, KINDS, STATES, Actor
from xiucheng.rules.workflow.timing import MERGED

CHANNEL: Final = "import"
IMPORTER: Final = Actor("importer", "import")


@dataclass(frozen=True, slots=True)
class Brought:
    """One case as the older system knows it. Times aware; coordinates WGS-84 degrees with their areas already found."""

    external_key: str
    opened_at: dt.datetime
    state: str
    words: str = ""
    kind: str = "complaint"
    source: str = "public"
    place: str = ""
    no_place: str = ""
    lng: float | None = None
    lat: float | None = None
    street: str = ""
    community: str = ""
    cell: str = ""
    outside: bool = False
    original_point: dict[str, Any] | None = None
    category: str | None = None
    standard: int | None = None
    unit: int | None = None
    contact: dict[str, str] | None = None
    filed_at: dt.datetime | None = None
    dispatched_at: dt.datetime | None = None
    fed_back_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    satisfaction: int | None = None
    answer: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def bring(rows: Sequence[Brought]) -> int:
    """Store a batch; gives how many were new. Rows that are there already are left as they are. Raises `Refused`."""
    for row in rows:
        check(row)
    there = _there([row.external_key for row in rows])
    fresh = list({row.external_key: row for row in rows if row.external_key not in there}.values())
    if not fresh:
        return 0
    now = clock.now()
    made = [_row(row, now) for row in fresh]
    district = registers().settings["district_code"]
    found = raw.run(
        _BRING,
        {
            "rows": orjson.dumps(made, default=chain.plain).decode(),
            "now": now,
            "district": district,
            "call_by": call_by(now),
        },
    )
    assert found is not None
    return int(found[0])


def check(row: Brought) -> None:
    """Refuse a case that cannot stand: unknown state or kind, ended without an end, an end before the beginning."""
    if row.state not in STATES:
        raise Refused("bad_choice", field="状态")
    if row.kind not in KINDS:
        raise Refused("bad_choice", field="诉求类型")
    if row.state in ENDED and row.ended_at is None:
        raise Refused("missing", field="终结时间")
    if row.ended_at is not None and row.ended_at < row.opened_at:
        raise Refused("bad_time", field="终结时间", why="早于上报时间")


def _there(keys: Sequence[str]) -> frozenset[str]:
    found = raw.run(
        "SELECT coalesce(array_agg(external_key), '{}') FROM cases_report"
        " WHERE channel = 'import' AND external_key = ANY(%(keys)s::text[])",
        {"keys": list(keys)},
    )
    return frozenset(found[0]) if found else frozenset()


def _row(given: Brought, now: dt.datetime) -> dict[str, Any]:
    token = new_token()
    case = _case(given)
    after = {name: chain.plain(value) for name, value in case.items() if value not in (None, "", False)}
    for derived in ("x", "y"):
        after.pop(derived, None)
    facts = {name: value for name, value in given.facts.items() if value not in (None, "")}
    content = {
        "seq": 1, "at": chain.plain(given.opened_at), "act": "import", "step": "", "actor_kind": IMPORTER.kind,
        "actor_key": IMPORTER.key, "post": "importer", "from_state": "", "to_state": given.state, "before": {},
        "after": after, "words": "", "facts": facts,
    }  # fmt: skip
    contact = {k: v for k, v in (given.contact or {}).items() if v}
    keys = keys_of(contact, "")
    return {
        **case,
        "day": given.opened_at.astimezone(clock.ZONE).date().isoformat(),
        "hash": chain.digest(chain.genesis(token), content).hex(),
        "after": after,
        "facts": facts,
        "token": token,
        "external_key": given.external_key,
        "words": vault.seal(given.words).hex(),
        "contact": vault.seal(orjson.dumps(contact).decode()).hex() if contact else None,
        "phone": keys.phone.hex() if keys.phone else None,
        "email": keys.email.hex() if keys.email else None,
        "original_point": given.original_point,
        "clock": _clock(given, now),
        "grams": grams(f"{given.words[:4000]}\n{given.place}"),
        "change": _change(given, case),
    }


def _case(given: Brought) -> dict[str, Any]:
    late = given.due_at is not None and given.ended_at is not None and given.ended_at > given.due_at
    return {
        "state": given.state,
        "kind": given.kind,
        "source": given.source,
        "channel": CHANNEL,
        "category_id": given.category,
        "standard_id": given.standard,
        "unit_id": given.unit,
        "summary": mask(" ".join(legible(given.words).split()))[:SUMMARY],
        "place": mask(legible(given.place))[:200],
        "no_place": mask(legible(given.no_place))[:100],
        "lng": given.lng,
        "lat": given.lat,
        **columns.on_map(given.lng, given.lat),
        "street": given.street,
        "community": given.community,
        "cell": given.cell,
        "outside": given.outside,
        "opened_at": given.opened_at,
        "filed_at": given.filed_at,
        "dispatched_at": given.dispatched_at,
        "fed_back_at": given.fed_back_at or (given.ended_at if given.state == "closed" else None),
        "closed_at": given.ended_at if given.state == "closed" else None,
        "ended_at": given.ended_at if given.state in ENDED else None,
        "due_at": given.due_at if given.state not in ENDED | {"suspended"} else None,
        "overdue": late and given.state != "merged",
        "prior_state": _prior(given),
        "satisfaction": given.satisfaction,
        "answer": given.answer,
        "imported": True,
    }


def _prior(given: Brought) -> str:
    """The state that a suspended or merged case goes on in."""
    if given.state not in {"suspended", "merged"}:
        return ""
    if given.unit:
        return "handling"
    return "to_dispatch" if given.filed_at or given.state == "suspended" else "to_register"


def _clock(given: Brought, now: dt.datetime) -> dict[str, Any] | None:
    """The source's deadline as a limit in natural time from report to deadline: running, stopped where it ended, still, or frozen."""
    if given.due_at is None or given.due_at < given.opened_at:
        return None
    ended, still = given.state in ENDED and given.ended_at is not None, given.state == "suspended"
    merged = given.state == "merged"
    kind = GOVERNS.get(_prior(given) or given.state, "handling")
    until = None if merged else given.ended_at if ended else now if still else None
    outcome = "overdue" if given.ended_at and given.ended_at > given.due_at else "on_time"
    used = max(0, int((until - given.opened_at).total_seconds())) if until is not None else 0
    return {
        "kind": kind,
        "limit": min(int((given.due_at - given.opened_at).total_seconds()), 2_000_000_000),
        "used": min(used, 2_000_000_000),
        "unit_id": given.unit,
        "running_since": given.opened_at if until is None else None,
        "due_at": given.due_at if until is None else None,
        "stopped_at": given.ended_at if ended else None,
        "outcome": MERGED if merged else outcome if ended else "",
    }


def _change(given: Brought, case: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "act": "import", "to": given.state, "street": given.street, "unit": given.unit, "category": given.category,
        "channel": CHANNEL, "overdue": case["overdue"],
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value not in (None, "", False)}


_BRING: Final = """
WITH given AS MATERIALIZED (
  SELECT nextval('cases_case_id_seq') AS id, r.* FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    state text, kind text, source text, channel text, category_id text, standard_id bigint, unit_id bigint,
    summary text, place text, no_place text, lng float8, lat float8, x float8, y float8, street text, community text,
    cell text, outside boolean, opened_at timestamptz, filed_at timestamptz, dispatched_at timestamptz,
    fed_back_at timestamptz, closed_at timestamptz, ended_at timestamptz, due_at timestamptz, overdue boolean, prior_state text,
    satisfaction smallint, answer text, day date, hash text, after jsonb, facts jsonb, token text, external_key text,
    words text, contact text, phone text, email text, original_point jsonb, clock jsonb, grams jsonb, change jsonb)
), the_case AS (
  INSERT INTO cases_case (id, number, state, version, kind, source, channel, category_id, standard_id, unit_id, helpers,
    team, summary, place, no_place, lng, lat, x, y, street, community, cell, outside, component, urgency, flags,
    opened_at, filed_at, dispatched_at, fed_back_at, closed_at, ended_at, due_at, overdue, excused, appealed, returns,
    returned, reworks, extensions, suspensions, prior_state, level, satisfaction, answer, public, by_system, training,
    imported, history_hash)
  SELECT id, next_case_number(%(district)s, day), state, 1, kind, source, channel, category_id, standard_id, unit_id,
    '[]', '', summary, place, no_place, lng, lat, x, y, street, community, cell, outside, '', 0, '[]',
    opened_at, filed_at, dispatched_at, fed_back_at, closed_at, ended_at, due_at, overdue, false, false, 0,
    false, 0, 0, 0, prior_state, 0, satisfaction, answer, 'hidden', false, false, true, decode(hash, 'hex')
  FROM given RETURNING id
), the_report AS (
  INSERT INTO cases_report (case_id, token, channel, external_key, kind, said_at, received_at, words_sealed,
    contact_sealed, phone_blind, email_blind, place, original_point, share_contact, reply_channel, language, public_words, public)
  SELECT id, token, channel, external_key, kind, opened_at, %(now)s::timestamptz, decode(words, 'hex'),
    decode(contact, 'hex'), decode(phone, 'hex'), decode(email, 'hex'), place, original_point, false, '', 'zh-hans', '', 'hidden' FROM given
), the_history AS (
  INSERT INTO case_history (case_id, seq, at, act, actor_kind, actor_key, post, to_state, after, facts, hash)
  SELECT id, 1, opened_at, 'import', 'importer', 'import', 'importer', state, after, facts, decode(hash, 'hex')
  FROM given
), the_clock AS (
  INSERT INTO cases_clock (case_id, kind, clock, "limit", used, unit_id, started_at, running_since, due_at, provisional,
    stopped_at, outcome)
  SELECT id, clock ->> 'kind', 'natural', (clock ->> 'limit')::int, (clock ->> 'used')::int,
    (clock ->> 'unit_id')::bigint, opened_at, (clock ->> 'running_since')::timestamptz,
    (clock ->> 'due_at')::timestamptz, false, (clock ->> 'stopped_at')::timestamptz, clock ->> 'outcome'
  FROM given WHERE clock <> 'null'::jsonb
), the_task AS (
  INSERT INTO cases_task (case_id, kind, pool, created_at, due_at, result, tries)
  SELECT id, CASE state WHEN 'verifying' THEN 'verify' WHEN 'checking' THEN 'check' ELSE 'call_back' END,
    CASE state WHEN 'disputed' THEN 'call_back' ELSE 'street:' || street END, %(now)s::timestamptz,
    CASE state WHEN 'disputed' THEN %(call_by)s::timestamptz ELSE due_at END, '', 0
  FROM given WHERE state IN ('verifying', 'checking') OR (state = 'disputed' AND phone IS NOT NULL)
), the_search AS (
  INSERT INTO case_search (case_id, grams)
  SELECT id, array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(grams))) FROM given
), the_change AS (
  INSERT INTO cases_change (case_id, at, facts) SELECT id, %(now)s::timestamptz, change FROM given
)
SELECT count(*) FROM the_case
"""

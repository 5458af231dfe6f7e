"""How an act is written (落库): the case, its history row, its clocks, pictures and the change for those who watch."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.cases.actions import chain, columns, raw
from xiucheng.cases.actions.load import Loaded
from xiucheng.cases.actions.ratings import RATES
from xiucheng.cases.models import History, Picture
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor, Decision

_SET: Final = ", ".join(f'"{name}" = r."{name}"' for name in columns.COLUMNS)
_CLOCK_SET: Final = ", ".join(f'"{name}" = r."{name}"' for name in columns.CLOCK_COLUMNS)
_CLOCK_NAMES: Final = ", ".join(f'"{name}"' for name in columns.CLOCK_COLUMNS)
_WRITE: Final = f"""
WITH the_case AS (
  UPDATE cases_case c SET {_SET}, version = c.version + 1, history_hash = decode(%(hash)s, 'hex')
  FROM cases_case o, jsonb_populate_record(o, %(changes)s::jsonb) r
  WHERE c.id = %(id)s AND o.id = %(id)s RETURNING c.id
), the_history AS (
  INSERT INTO case_history (case_id, seq, at, act, step, actor_kind, actor_key, post, from_state, to_state, before,
    after, words, facts, hash)
  SELECT %(id)s, h.seq, h.at, h.act, h.step, h.actor_kind, h.actor_key, h.post, h.from_state, h.to_state, h.before,
    h.after, h.words, h.facts, decode(%(hash)s, 'hex')
  FROM jsonb_populate_record(NULL::case_history, %(history)s::jsonb) h
), old_clocks AS (
  UPDATE cases_clock c SET {_CLOCK_SET} FROM jsonb_populate_recordset(NULL::cases_clock, %(old)s::jsonb) r
  WHERE c.id = r.id
)
INSERT INTO cases_clock (case_id, {_CLOCK_NAMES})
SELECT %(id)s, {_CLOCK_NAMES} FROM jsonb_populate_recordset(NULL::cases_clock, %(new)s::jsonb)
"""


def dumps(value: Any) -> str:
    """JSON text with moments in ISO form."""
    return orjson.dumps(value, default=chain.plain).decode()


def write(
    case: Loaded, decision: Decision, changes: Mapping[str, Any], row: Mapping[str, Any], now: dt.datetime
) -> None:
    """Case, history and clocks in one statement."""
    rows = [columns.clock_row(k) for k in decision.clocks]
    known = len(case.clock_ids)
    pairs = zip(case.clock_ids, rows, case.snapshot.clocks, decision.clocks, strict=False)
    old = [{**r, "id": i} for i, r, before, after in pairs if before != after]
    raw.run(
        _WRITE,
        {
            "id": case.id,
            "changes": dumps({k: chain.plain(v) for k, v in changes.items()}),
            "history": dumps({k: v for k, v in row.items() if k != "hash"}),
            "hash": row["hash"].hex(),
            "old": dumps(old),
            "new": dumps(rows[known:]),
        },
    )


_STAGES: Final = {"feed_back": "after", "verify": "verify", "check": "check", "rework": "rework"}


def pictures(case: Loaded, decision: Decision, form: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """The pictures that came with an act (照片), stored before by their hash; `form["pictures"]` holds their rows."""
    stored = [p for p in form.get("pictures") or () if isinstance(p, Mapping)]
    names = ("sha256", "original_sha256", "width", "height", "taken_at", "lng", "lat")
    stage = _STAGES.get(decision.act, decision.act)
    by = f"{actor.kind}:{actor.key}"[:40]
    Picture.objects.bulk_create(
        Picture(case_id=case.id, stage=stage, by=by, at=now, **{name: p.get(name) for name in names}) for p in stored
    )


_CHANGE: Final = "INSERT INTO cases_change (case_id, at, facts) VALUES (%(id)s, %(at)s, %(facts)s::jsonb)"


def change(case: Loaded, decision: Decision, changes: Mapping[str, Any], now: dt.datetime) -> None:
    """Tell the relay: what happened, where, whose; it feeds live pages and daily figures."""
    after = {**case.row, **changes}
    facts = {
        "act": decision.act,
        "step": decision.step,
        "from": case.row["state"],
        "to": decision.to,
        "street": after["street"],
        "unit": after["unit_id"],
        "was_unit": case.row["unit_id"],
        "category": after["category_id"],
        "channel": after["channel"],
        "overdue": after["overdue"],
        "late_before": decision.act == "feed_back" and case.row["overdue"],
        "satisfaction": decision.facts.get("rating") if decision.act in RATES else None,
        "seconds": _took(case, decision, now),
        "of": _late_at(case) if (decision.act, decision.step) == ("appeal", "grant") else None,
    }
    kept = {k: v for k, v in facts.items() if v not in (None, "", False)}
    if case.row["training"]:
        kept["training"] = "1"
    raw.run(_CHANGE, {"id": case.id, "at": now, "facts": dumps(kept)})


def _took(case: Loaded, decision: Decision, now: dt.datetime) -> int | None:
    """Seconds of natural time from report to restoration, or from dispatch to signature."""
    since = {"feed_back": case.row["opened_at"], "close": case.row["opened_at"], "sign": case.row["dispatched_at"]}
    text = since.get(decision.act)
    return int((now - dt.datetime.fromisoformat(text)).total_seconds()) if text else None


def _late_at(case: Loaded) -> str | None:
    """When the round became overdue: at the feedback that says so; an imported case tells its own."""
    found = History.objects.filter(case_id=case.id, act="feed_back", after__overdue=True).order_by("-seq").first()
    return str(chain.plain(found.at)) if found else case.row["fed_back_at"]


def deed(key: str, digest: bytes, outcome: Any, now: dt.datetime) -> None:
    """Keep the answer for whoever asks again with this key; one that another case has taken meanwhile is refused."""
    answer = {name: getattr(outcome, name) for name in ("case_id", "number", "state", "version")}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_deed (key, digest, case_id, answer, at) VALUES (%s, %s, %s, %s::jsonb, %s)"
            " ON CONFLICT DO NOTHING",
            [key, digest, outcome.case_id, dumps(answer), now],
        )
        if cursor.rowcount == 0:
            raise Refused("key_reused")

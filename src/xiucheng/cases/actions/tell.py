"""Who hears of an act (告知): the notices that follow, written with it or not at all. No personal data stands in them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from xiucheng.audit import vault
from xiucheng.cases.actions import bodies, raw
from xiucheng.cases.actions.load import Loaded
from xiucheng.cases.models import Task
from xiucheng.city.registers import registers
from xiucheng.notices import port
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.rules.workflow import Decision

_POSTS: Final = {"dispatchers": "dispatcher", "shift_leaders": "shift_leader"}
_HOLDERS: Final = {"to_dispatch": "dispatcher", "disputed": "shift_leader", "to_close": "shift_leader"}

_REPORTERS: Final = """
SELECT r.id, r.token, r.language, r.reply_until, r.reply_channel, r.contact_sealed FROM cases_report r
WHERE r.contact_sealed IS NOT NULL AND (r.case_id = %(id)s
  OR r.case_id IN (SELECT f.id FROM cases_case f WHERE f.main_case_id = %(id)s)) ORDER BY r.id
"""


def write(case: Loaded, decision: Decision, changes: Mapping[str, Any], seq: int, now: dt.datetime) -> None:
    """Write the notices of an act. A training case is told to nobody but the person it is given to."""
    if not decision.tells:
        return
    rows = [o for audience in decision.tells for o in _outgoing(audience, case, decision, changes)]
    if case.row["training"]:
        rows = [replace(o, ladder=("inapp",)) for o in rows if o.recipient_kind == "account"]
    if rows:
        enqueue(rows, subject_kind="case", subject_key=str(case.id), moment=f"{case.id}:{seq}", now=now)


def _outgoing(audience: str, case: Loaded, decision: Decision, changes: Mapping[str, Any]) -> Iterator[Outgoing]:
    template = f"{decision.act}.{decision.step}" if decision.step else decision.act
    facts = {"number": case.row["number"], "state": decision.to}
    urgent = int(case.row["urgency"]) >= 2
    unit = changes.get("unit_id", case.row["unit_id"])
    if audience == "reporter":
        yield from reporters(case, template, facts | _whose(decision))
    elif audience == "body":
        yield from _body(case, decision, template, facts)
    elif audience == "holder" and decision.to not in {"handling", "suspended"}:
        yield Outgoing("post", _HOLDERS.get(decision.to, "operator"), template, facts, urgent=urgent)
    elif audience in {"unit", "holder", "old_unit"}:
        whom = case.row["unit_id"] if audience == "old_unit" else unit
        if whom is not None:
            known = registers().units.get(int(whom))
            ladder = known.ladder if known and known.ladder else ("inapp",)
            yield Outgoing("unit", str(whom), template, facts, ladder=ladder, urgent=urgent)
    elif audience == "handler" and changes.get("handler_id"):
        yield Outgoing("account", str(changes["handler_id"]), template, facts, urgent=urgent)
    elif audience in {"verifier", "checker"}:
        yield from _officer(case, template, facts, urgent)
    elif audience in _POSTS:
        yield Outgoing("post", _POSTS[audience], template, facts, urgent=urgent)


def _whose(decision: Decision) -> dict[str, Any]:
    """Whose it is and how that body hears of it, for the reporter."""
    whose = decision.facts.get("whose")
    if not whose:
        return {}
    unit = decision.changes.get("unit")
    return {"whose": whose, "passed": bodies.way(unit, whose).kind, "body": unit}


def _body(case: Loaded, decision: Decision, template: str, facts: dict[str, Any]) -> Iterator[Outgoing]:
    """What is passed on carries what it is about, masked; where nobody can be written to, `tasks` asks for a call."""
    unit = decision.changes.get("unit")
    by = bodies.way(unit, str(decision.facts.get("whose") or ""))
    told = facts | {"summary": case.row["summary"], "place": case.row["place"]}
    if by.kind == "unit":
        yield Outgoing("unit", str(unit), template, told, ladder=by.ladder)
    elif by.kind == "email":
        yield Outgoing("body", str(case.id), template, told, ladder=by.ladder, address=by.address)


def _officer(case: Loaded, template: str, facts: dict[str, Any], urgent: bool) -> Iterator[Outgoing]:
    """Pool tasks are seen by everyone whose pool it is; a named officer gets a notice."""
    task = Task.objects.filter(case_id=case.id, done_at=None, account_id__isnull=False).order_by("-id").first()
    if task is not None:
        yield Outgoing("account", str(task.account_id), template, facts, urgent=urgent)


def reporters(case: Loaded, template: str, facts: dict[str, Any]) -> Iterator[Outgoing]:
    """Everyone who reported this problem and can be reached, followers of the main case included."""
    for number, token, language, until, channel, sealed in raw.rows(_REPORTERS, {"id": case.id}):
        ways = _ways(channel, sealed)
        if ways:
            mine = {**facts, "token": token, "language": language}
            if until is not None:
                mine["reply_until"] = until.isoformat()
            yield Outgoing("reporter", str(number), template, mine, ladder=tuple(ways), addresses=ways)


def _ways(channel: str, sealed: bytes) -> dict[str, str]:
    """How a reporter is reached, in order: by the door that he came in, then by message, then by mail. The channel knows its own window."""
    contact = orjson.loads(vault.unseal(sealed))
    told = {channel: contact.get("reply"), "sms": contact.get("phone"), "email": contact.get("email")}
    return {name: str(address) for name, address in told.items() if address and name and port.ready(name)}

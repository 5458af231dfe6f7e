"""The one gateway (唯一入口): a case changes only here: lock, ask the law, write, record, announce; all or nothing."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import transaction

from xiucheng.cases.actions import chain, columns, ratings, tasks, tell, write
from xiucheng.cases.actions.load import Loaded, load
from xiucheng.cases.actions.ratings import RATES
from xiucheng.city import clock, queries
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ENDED, GOVERNS, OPEN, STATES, Actor, Decision, decide

STAYS: Final = frozenset({"note", "supplement", "urge", "supervise", "claim", "call_back", "verdict"})
"""Acts that do not mind what else has happened in the meantime."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The case after an act."""

    case_id: int
    number: str
    state: str
    version: int
    again: bool = False


def act(
    case_id: int,
    name: str,
    actor: Actor,
    form: Mapping[str, Any] | None = None,
    *,
    step: str = "",
    version: int | None = None,
    key: str | None = None,
) -> Outcome:
    """Carry out one act on one case.

    `version` is the one that the person saw; another one is refused with `someone_faster` (409) and the new state in
    `facts`. The same `key` gives the first answer again. Raises `Refused`.
    """
    given = dict(form or {})
    given = {k: legible(v) if isinstance(v, str) else v for k, v in given.items()}
    content = orjson.dumps([case_id, name, step, actor.key, {k: str(v) for k, v in given.items()}])
    digest = hashlib.sha256(content).digest()
    key = key[:80] if key else None
    with transaction.atomic():
        main = _main(case_id, given) if name == "merge" else None
        case = load(case_id, key)
        if case.deed is not None:
            return _first_answer(case.deed, digest)
        if main is not None:
            given |= {"main_facts": main, "own_id": case_id, "open_states": OPEN}
        if name in RATES:
            given["other_ratings"] = ratings.of_others(case_id, name, actor)
        try:
            return _carry_out(case, name, step, actor, given, version, key, digest)
        except Refused as refusal:
            now_at = {"case_state": case.row["state"], "case_version": case.row["version"]}
            refusal.facts = {**refusal.facts, **now_at}
            raise


def _main(case_id: int, form: dict[str, Any]) -> dict[str, Any]:
    """Lock the main case as well, lower id first, so that two merges never wait for each other."""
    from xiucheng.cases.models import Case

    main = int(form.get("main") or 0)
    rows = Case.objects.select_for_update().filter(id__in=[case_id, main]).order_by("id")
    found = {row.id: row for row in rows}
    if main not in found:
        raise Refused("missing", field="主案件")
    row = found[main]
    return {"id": row.id, "state": row.state, "training": row.training, "number": row.number}


def _first_answer(deed: dict[str, Any], digest: bytes) -> Outcome:
    if deed["digest"] != "\\x" + digest.hex():
        raise Refused("key_reused")
    return Outcome(**deed["answer"], again=True)


def _carry_out(
    case: Loaded,
    name: str,
    step: str,
    actor: Actor,
    form: dict[str, Any],
    version: int | None,
    key: str | None,
    digest: bytes,
) -> Outcome:
    now = clock.now()
    if version is not None and version != case.row["version"] and name not in STAYS:
        raise Refused("someone_faster", state=STATES[case.row["state"]])
    decision = decide(case.snapshot, name, actor, form, now, registers().law, step=step)
    changes = _changes(case, decision, form)
    row = _history(case, decision, changes, actor, now)
    outcome = Outcome(case.id, case.row["number"], decision.to, case.row["version"] + 1)
    write.write(case, decision, changes, row, now)
    tasks.write(case, decision, form, actor, now)
    write.pictures(case, decision, form, actor, now)
    tell.write(case, decision, changes, row["seq"], now)
    write.change(case, decision, changes, now)
    if key:
        write.deed(key, digest, outcome, now)
    return outcome


def _changes(case: Loaded, decision: Decision, form: dict[str, Any]) -> dict[str, Any]:
    """The changed columns with their new values; a new place brings its areas, new clocks the deadline."""
    changes = {columns.column(k): v for k, v in decision.changes.items()}
    if changes.get("lng") is not None:
        changes |= _areas(float(changes["lng"]), float(changes["lat"]))
    governing = GOVERNS.get(decision.to)
    running = [k for k in decision.clocks if k.kind == governing and k.stopped_at is None and k.running_since]
    changes["due_at"] = running[-1].due_at if running and decision.to not in ENDED else None
    return {k: v for k, v in changes.items() if chain.plain(v) != _as_kept(case.row.get(k))}


def _areas(lng: float, lat: float) -> dict[str, Any]:
    place = queries.locate(lng, lat)
    found = {"street": place.street, "community": place.community, "cell": place.cell, "outside": not place.inside}
    return {**found, **columns.on_map(lng, lat)}


def _as_kept(value: Any) -> Any:
    """A stored JSON value in the form that `chain.plain` gives, so that like compares with like."""
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        return chain.plain(dt.datetime.fromisoformat(value))
    return value


def _history(
    case: Loaded, decision: Decision, changes: dict[str, Any], actor: Actor, now: dt.datetime
) -> dict[str, Any]:
    content = {
        "seq": case.row["version"] + 1,
        "at": chain.plain(now),
        "act": decision.act,
        "step": decision.step,
        "actor_kind": actor.kind,
        "actor_key": actor.key,
        "post": decision.post,
        "from_state": case.row["state"],
        "to_state": decision.to,
        "before": {k: _as_kept(case.row.get(k)) for k in changes},
        "after": {k: chain.plain(v) for k, v in changes.items()},
        "words": decision.words,
        "facts": dict(decision.facts),
    }
    return {**content, "hash": chain.digest(case.hash, content)}

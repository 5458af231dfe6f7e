"""Work that an act begins or ends for people (任务): on-site verification and check, calls to reporters and to whose business it is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F, Q

from xiucheng.cases.actions import bodies
from xiucheng.cases.actions.load import Loaded
from xiucheng.cases.models import Case, Report, Task
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor, Decision
from xiucheng.rules.workflow.guards import same_mode

SENDS: Final = {"send_verify": "verify", "send_check": "check"}
STATES: Final = {"verifying": "verify", "checking": "check"}
STREET_POOL: Final = "street:"
SPOKEN: Final = ("hotline", "desk", "sms")
"""Channels whose reporters give their verdict in a call."""
CALL_WITHIN: Final = 8 * 3600
TRIES: Final = 3
RING_UP: Final = "pass_on"


def write(case: Loaded, decision: Decision, form: Mapping[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Tasks follow the case: a task begins when the case goes out and ends when it comes back."""
    before = case.row["state"]
    if before in STATES and decision.to != before and case.task_id is not None:
        _end(Q(id=case.task_id), str(form.get("finding") or decision.act), actor, now)
    kind = SENDS.get(decision.act)
    if kind is not None:
        _send(case, decision, kind, form.get("person"), now)
    if decision.act == "refuse" and bodies.way(decision.changes.get("unit"), str(form["whose"])).kind == bodies.CALL:
        _pass_on(case, now)
    elif decision.act == "object":
        _end(Q(case_id=case.id, kind=RING_UP), decision.act, actor, now)
    if decision.act in {"close", "dispute"}:
        _ask_to_call(case, now)
    if decision.act == "call_back":
        _called(case, str(form["reached"]), actor, now)
    elif decision.act in {"reopen", "uphold"} or (decision.act == "verdict" and _spoke(actor)):
        _end(_calls(case), decision.act, actor, now)


def _end(which: Q, result: str, actor: Actor, now: dt.datetime) -> None:
    by = {"account_id": int(actor.key)} if actor.kind == "account" and actor.key.isdigit() else {}
    Task.objects.filter(which, done_at=None).update(done_at=now, result=result[:20], **by)


def _send(case: Loaded, decision: Decision, kind: str, person: Any, now: dt.datetime) -> None:
    due = next((k.due_at for k in reversed(decision.clocks) if k.running_since and k.stopped_at is None), None)
    Task.objects.create(
        case_id=case.id,
        kind=kind,
        account_id=int(person) if person else None,
        pool="" if person else f"{STREET_POOL}{case.row['street']}",
        created_at=now,
        due_at=due,
    )


def _calls(case: Loaded) -> Q:
    return Q(case_id=case.id, kind="call_back")


def _ask_to_call(case: Loaded, now: dt.datetime) -> None:
    """One task for a case whose reporter, or a follower's, speaks rather than types and left a number."""
    followers = Case.objects.filter(main_case_id=case.id).values_list("id", flat=True)
    mine = Q(case_id__in=[case.id, *followers])
    spoken = Report.objects.filter(mine, channel__in=SPOKEN, phone_blind__isnull=False).exists()
    if not spoken or Task.objects.filter(_calls(case), done_at=None).exists():
        return
    due = call_by(now)
    Task.objects.create(case_id=case.id, kind="call_back", pool="call_back", created_at=now, due_at=due)


def _pass_on(case: Loaded, now: dt.datetime) -> None:
    """Nobody can be written to: the desk rings the body up."""
    Task.objects.create(case_id=case.id, kind=RING_UP, pool=RING_UP, created_at=now, due_at=call_by(now))


def call_by(now: dt.datetime) -> dt.datetime:
    """Until when somebody is to be rung up."""
    return registers().law.calendar.add(now, CALL_WITHIN, "working").at


def _spoke(actor: Actor) -> bool:
    """Whether he is one who is called; another reporter's verdict does not spare him the call."""
    return Report.objects.filter(token=actor.key, channel__in=SPOKEN).exists()


def _called(case: Loaded, reached: str, actor: Actor, now: dt.datetime) -> None:
    """Nobody answered: try again, but not for ever; every other result ends the task."""
    Task.objects.filter(_calls(case), done_at=None).update(tries=F("tries") + 1, result=reached[:20])
    most = int(registers().settings.get("call_back_tries", TRIES))
    if reached != "no_answer":
        _end(_calls(case), reached, actor, now)
    else:
        _end(_calls(case) & Q(tries__gte=most), reached, actor, now)


def take(task_id: int, *, account_id: int, pools: tuple[str, ...], training: bool) -> None:
    """The task is mine now; one that somebody else was faster with, or of the other mode (培训), is refused."""
    mine = Q(account_id=account_id) | Q(account_id=None, pool__in=pools)
    waiting = Task.objects.filter(mine, id=task_id, done_at=None)
    of_training = waiting.values_list("case__training", flat=True).first()
    if of_training is not None:
        same_mode(Actor("account", str(account_id), training=training), training=of_training)
    if not waiting.update(account_id=account_id, taken_at=clock.now()):
        raise Refused("task_taken")


def put_back(task_id: int, *, account_id: int) -> None:
    """Back into the pool that it came from; a task given to a person by name stays his."""
    rows = Task.objects.filter(id=task_id, account_id=account_id, done_at=None).exclude(pool="")
    if not rows.update(account_id=None, taken_at=None):
        raise Refused("task_taken")

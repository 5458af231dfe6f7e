"""What the centre still owes a caller (话务任务): a call back when he was missed, a form when nobody wrote down what he said."""

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q

from xiucheng.channels.hotline.actions.calls import EVERYBODY, listeners
from xiucheng.channels.hotline.models import Call, CallTask
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.intake.numbers import limits
from xiucheng.notices import bell

BATCH: Final = 100
CALL_BACK_WITHIN: Final = dt.timedelta(minutes=30)
WRITE_WITHIN: Final = dt.timedelta(minutes=30)
Kind = CallTask.Kind


def number(name: str) -> int:
    """One of the district's numbers (`hotline_…` among the settings), else the house's."""
    return int(registers().settings.get(f"hotline_{name}", limits("hotline")[name]))


def settle() -> int:
    """Look at the calls that are not settled yet; gives how many tasks began."""
    begun = 0
    waiting = Call.objects.filter(settled=False).order_by("created_at").values_list("pk", flat=True)
    for pk in list(waiting[:BATCH]):
        with transaction.atomic():
            call = Call.objects.select_for_update(skip_locked=True).filter(pk=pk, settled=False).first()
            if call is not None:
                begun += _settle(call, clock.now())
    return begun


def _settle(call: Call, now: dt.datetime) -> bool:
    if call.answered_at is not None:
        _spoke(call, now)
    if call.ended_at is None:
        gone = now - call.created_at > dt.timedelta(hours=number("longest_call_hours"))
        return _done(call) if gone else False
    since = now - call.ended_at
    if call.outcome or call.reports.exists():
        return _done(call)
    if call.answered_at is None:
        if since < dt.timedelta(seconds=number("settle_seconds")):
            return False
        return _begin(call, Kind.MISSED, now) if _owed(call) else _done(call)
    if since < dt.timedelta(minutes=number("form_minutes")):
        return False
    return _begin(call, Kind.NO_FORM, now)


def _done(call: Call) -> bool:
    Call.objects.filter(pk=call.pk).update(settled=True)
    return False


def _begin(call: Call, kind: str, now: dt.datetime) -> bool:
    missed = kind == Kind.MISSED
    task = CallTask(
        call=call, kind=kind, account_id=None if missed else call.account_id, created_at=now,
        due_at=now + (CALL_BACK_WITHIN if missed else WRITE_WITHIN),
    )  # fmt: skip
    CallTask.objects.bulk_create([task], ignore_conflicts=True)
    _done(call)
    bell.ring([EVERYBODY] if missed else listeners(call))
    return True


def _owed(call: Call) -> bool:
    """Nobody can call back a withheld number; one call back is enough, and none once he was answered after all."""
    if call.caller_blind is None or call.ended_at is None:
        return False
    others = Call.objects.filter(caller_blind=call.caller_blind).exclude(pk=call.pk)
    asked = CallTask.objects.filter(call__in=others, kind=Kind.MISSED, done_at=None).exists()
    return not asked and not others.filter(answered_at__gt=call.ended_at).exists()


def _spoke(call: Call, now: dt.datetime) -> None:
    """He was answered: earlier missed calls of his, and this one if it had been taken for missed, are paid off."""
    mine = Q(call=call)
    if call.caller_blind is not None:
        mine |= Q(call__caller_blind=call.caller_blind, call__ended_at__lt=call.answered_at)
    finish(mine, Kind.MISSED, "spoke", call.account_id, now)


def finish(which: Q, kind: str, result: str, account: int | None, now: dt.datetime) -> int:
    """End open tasks with a result."""
    open_ones = CallTask.objects.filter(which, kind=kind, done_at=None)
    return open_ones.update(done_at=now, result=result, done_by=account)


def called(task: CallTask, result: str, account: int) -> None:
    """What came of a call back (回电结果); nobody answering is tried again, but not for ever."""
    now, most = clock.now(), int(registers().settings.get("call_back_tries", 3))
    changed: dict[str, Any] = {"tries": F("tries") + 1, "result": result}
    if result != "no_answer" or task.tries + 1 >= most:
        changed |= {"done_at": now, "done_by": account}
    CallTask.objects.filter(pk=task.pk, done_at=None).update(**changed)
    bell.ring([EVERYBODY])

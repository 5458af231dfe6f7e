"""What an operator does with calls (坐席办理): sit down, link what was taken in, say why nothing was, write a call back down."""

import re
from typing import Final

from django.db import transaction
from django.db.models import Q

from xiucheng.channels.hotline.actions import tasks
from xiucheng.channels.hotline.actions.calls import listeners
from xiucheng.channels.hotline.models import Call, CallReport, CallTask, Seat
from xiucheng.city import clock
from xiucheng.notices import bell
from xiucheng.rules.refusals import Refused

OUTCOMES: Final = ("answered", "urged", "wrong", "silent", "nuisance", "elsewhere")
"""Why a call needs no form: told on the spot, asked about a known case, misdialled, silence, nuisance, sent to another office."""
RESULTS: Final = ("reached", "no_answer", "wrong")
_EXTENSION: Final = re.compile(r"[A-Za-z0-9_.-]{1,20}")


def sit(extension: str, account: int) -> None:
    """Sit down at an extension; whoever sat there is up, and a seat of one's own elsewhere is free. Empty: stand up."""
    extension = extension.strip()
    if extension and not _EXTENSION.fullmatch(extension):
        raise Refused("bad_choice", field="分机")
    with transaction.atomic():
        Seat.objects.filter(Q(account_id=account) | Q(extension=extension)).delete()
        if extension:
            Seat.objects.create(extension=extension, account_id=account, since=clock.now())


def link(call: Call, case_id: int, account: int) -> None:
    """A report was taken in during this call or calling back (关联通话): it keeps the call, and what was owed is done."""
    now = clock.now()
    with transaction.atomic():
        CallReport.objects.bulk_create([CallReport(call=call, case_id=case_id, at=now)], ignore_conflicts=True)
        _paid(call, "form", account)


def wrap_up(call: Call, outcome: str, account: int) -> None:
    """Nothing had to be taken in (无须登记), and why."""
    if outcome not in OUTCOMES:
        raise Refused("bad_choice", field="处理结果")
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(outcome=outcome)
        tasks.finish(Q(call=call), CallTask.Kind.NO_FORM, outcome, account, clock.now())
    bell.ring(listeners(call))


def call_back(call: Call, result: str, account: int) -> None:
    """Write down what came of calling back."""
    task = call.tasks.filter(kind=CallTask.Kind.MISSED, done_at=None).first()
    if task is None:
        raise Refused("task_taken")
    if result not in RESULTS:
        raise Refused("bad_choice", field="结果")
    tasks.called(task, result, account)


def _paid(call: Call, result: str, account: int) -> None:
    for kind in CallTask.Kind.values:
        tasks.finish(Q(call=call), kind, result, account, clock.now())
    bell.ring(listeners(call))

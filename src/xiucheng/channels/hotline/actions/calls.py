"""Events become calls (话务事件入库), and the desks at which a call rings hear of it at once."""

import datetime as dt
from typing import Final

from django.db import transaction

from xiucheng.audit import vault
from xiucheng.channels.hotline.codec import Course, Event, fold
from xiucheng.channels.hotline.models import Call, Seat
from xiucheng.city import clock
from xiucheng.notices import bell

SECRET_LEAST: Final = 16
EVERYBODY: Final = "calls:all"
Moment = dt.datetime


def apply(event: Event) -> Call:
    """Fold one event into its call, in one transaction; calls do not wait for each other."""
    now = clock.now()
    with transaction.atomic():
        Call.objects.bulk_create([Call(call_id=event.call, created_at=now)], ignore_conflicts=True)
        call = Call.objects.select_for_update().get(call_id=event.call)
        _put(call, fold(_course(call), event))
        if event.kind == "ring" and event.agent:
            account = seated(event.agent)
            call.rung = sorted({*call.rung, *([account] if account else [])})
        call.account_id = seated(call.agent) if call.agent_rank == 2 and call.account_id is None else call.account_id
        call.settled = call.settled and event.kind == "recording"
        call.save()
        bell.ring(listeners(call))
    return call


def seated(extension: str) -> int | None:
    """Who sits at an extension now."""
    return Seat.objects.filter(extension=extension).values_list("account_id", flat=True).first()


def listeners(call: Call) -> list[str]:
    """Whose page shows this call; while nobody is known to have it, everybody's."""
    who = {*call.rung, *([call.account_id] if call.account_id else [])}
    return [f"calls:{account}" for account in sorted(who)] or [EVERYBODY]


def caller(call: Call) -> str:
    """The number in clear; empty when it is withheld."""
    return vault.unseal(call.caller_sealed)


def _course(call: Call) -> Course:
    times = (call.rang_at, call.answered_at, call.ended_at)
    recording = vault.unseal(call.recording_sealed)
    return Course(*times, caller(call), call.agent, call.agent_rank, call.agent_at, recording)


def _put(call: Call, course: Course) -> None:
    call.rang_at, call.answered_at, call.ended_at = course.rang_at, course.answered_at, course.ended_at
    if course.agent_rank == 2 and course.agent != call.agent:
        call.account_id = None  # answered, or handed on to another seat
    call.agent, call.agent_rank, call.agent_at = course.agent, course.agent_rank, course.agent_at
    if course.caller and not call.caller_sealed:
        call.caller_sealed, call.caller_blind = vault.seal(course.caller), vault.blind(course.caller)
    if course.recording:
        call.recording_sealed = vault.seal(course.recording)

"""Events of one call that arrive at the same moment by several connections: one call, nothing lost."""

import threading

import orjson
import pytest
from django.conf import settings
from django.db import connections
from tests.channels.hotline.conftest import CALLER, post

from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.codec import parse
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock
from xiucheng.people.models import Account

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS)),
    pytest.mark.usefixtures("lasting"),
    pytest.mark.slow,
]
EVENTS = [
    {"event": "ring", "call": "c1", "caller": CALLER, "agent": "8001"},
    {"event": "ring", "call": "c1", "caller": CALLER, "agent": "8002"},
    {"event": "answer", "call": "c1", "agent": "8002"},
    {"event": "hangup", "call": "c1"},
    {"event": "ring", "call": "c2", "agent": "8001"},
    {"event": "answer", "call": "c2", "agent": "8001"},
]


def test_events_of_two_calls_at_the_same_moment(lasting: None, desk: dict[str, Account]) -> None:
    begin, faults = threading.Barrier(2 * len(EVENTS)), list[BaseException]()

    def tell(event: dict[str, str]) -> None:
        raw = orjson.dumps(event)
        try:
            begin.wait(10)
            assert post(raw) == 200
            calls.apply(parse(raw, clock.now()))
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell, args=(event,)) for event in EVENTS * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    first, second = Call.objects.order_by("call_id")
    assert faults == []
    assert (first.rung, first.account_id) == (sorted([desk["8001"].pk, desk["8002"].pk]), desk["8002"].pk)
    assert (first.answered_at is not None, first.ended_at is not None) == (True, True)
    assert (second.account_id, second.answered_at is not None, second.ended_at) == (desk["8001"].pk, True, None)

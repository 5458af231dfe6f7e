"""The gateway's hook: who is believed, what is kept, what becomes of it."""

import datetime as dt

import orjson
import pytest
from django.db import connection
from django.test import Client
from tests.channels.hotline.conftest import CALLER, Say, post, work_off

from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.models import Call, Seat
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming
from xiucheng.people.models import Account

Desk = dict[str, Account]
RING = orjson.dumps({"event": "ring", "call": "c1", "caller": CALLER, "agent": "8001"})


def test_a_ring_is_a_call_before_the_gateway_is_answered(desk: Desk) -> None:
    assert post(RING) == 200
    call = Call.objects.get()
    assert (call.call_id, call.rung, calls.caller(call)) == ("c1", [desk["8001"].pk], CALLER)


@pytest.mark.parametrize(("secret", "ago"), [("another-secret-than-ours", 0), ("a-secret-of-the-gateway", 400)])
def test_a_wrong_or_old_signature_keeps_nothing(desk: Desk, secret: str, ago: int) -> None:
    assert post(RING, secret=secret, ago=ago) == 401
    assert (Call.objects.count(), Incoming.objects.count()) == (0, 0)


def test_a_hook_that_is_switched_off_is_not_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_CHANNELS", "/nowhere")
    assert post(RING) == 404


def test_a_body_that_is_too_large_is_not_read(desk: Desk) -> None:
    assert post(b"x" * 70_000) == 413


def test_a_length_that_is_none_is_not_believed(desk: Desk) -> None:
    assert (
        Client().post("/hook/hotline/event", b"{}", content_type="application/json", CONTENT_LENGTH="x").status_code
        == 401
    )


def test_an_event_told_four_times_is_kept_once(desk: Desk) -> None:
    assert [post(RING) for _ in range(4)] == [200] * 4
    work_off()
    assert (Call.objects.count(), Incoming.objects.get().state) == (1, "done")


@pytest.mark.parametrize("body", [b"not json", b'{"event":"dance","call":"c1"}', b'{"event":"ring"}'])
def test_a_malformed_event_of_the_gateway_is_left_to_people(desk: Desk, body: bytes) -> None:
    assert post(body) == 200
    work_off()
    assert (Incoming.objects.get().state, Call.objects.count()) == ("failed", 0)


def test_a_hang_up_before_its_answer_changes_nothing(say: Say, desk: Desk) -> None:
    start = dt.datetime.now(dt.UTC).replace(microsecond=0)
    times = [(start + dt.timedelta(seconds=n)).isoformat() for n in (0, 7, 30)]
    say("hangup", at=times[2])
    say("answer", agent="8001", at=times[1])
    say("ring", agent="8001", caller=CALLER, at=times[0])
    call = Call.objects.get()
    found = [moment.isoformat() for moment in (call.rang_at, call.answered_at, call.ended_at) if moment]
    assert (found, call.account_id) == (times, desk["8001"].pk)


def test_two_calls_at_once_go_to_two_desks(say: Say, desk: Desk) -> None:
    say("ring", "c1", agent="8001")
    say("ring", "c2", agent="8002")
    say("answer", "c2", agent="8002")
    say("answer", "c1", agent="8001")
    found = dict(Call.objects.values_list("call_id", "account_id"))
    assert found == {"c1": desk["8001"].pk, "c2": desk["8002"].pk}


def test_a_seat_that_nobody_knows_belongs_to_everybody(say: Say, desk: Desk) -> None:
    assert say("ring", agent="8009", caller=CALLER) == 200
    call = Call.objects.get()
    assert (call.rung, call.account_id, calls.listeners(call)) == ([], None, ["calls:all"])


def test_a_call_handed_on_goes_to_the_second_desk(say: Say, desk: Desk) -> None:
    say("ring", agent="8001")
    say("answer", agent="8001", at="2026-11-27T09:00:00+08:00")
    say("answer", agent="8002")
    assert Call.objects.get().account_id == desk["8002"].pk


def test_who_answered_stays_though_another_sits_down_there(say: Say, desk: Desk) -> None:
    say("answer", agent="8001")
    Seat.objects.filter(extension="8001").delete()
    say("hangup")
    assert Call.objects.get().account_id == desk["8001"].pk


def test_a_withheld_number_is_no_number(say: Say) -> None:
    say("ring", agent="8001", caller="anonymous")
    assert (Call.objects.get().caller_sealed, Call.objects.get().caller_blind) == (None, None)


def test_no_number_lies_open(say: Say, caplog: pytest.LogCaptureFixture) -> None:
    say("ring", agent="8001", caller=CALLER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM channel_hotline_call c")
        assert CALLER not in cursor.fetchone()[0]
    assert CALLER not in caplog.text


def test_a_call_is_one_talk_and_the_others_do_not_wait_for_it(desk: Desk) -> None:
    for call, kind in (("c1", "ring"), ("c1", "hangup"), ("c2", "ring")):
        post(orjson.dumps({"event": kind, "call": call, "caller": CALLER, "agent": "8001"}))
    taken = [incoming.lease(batch=1) for _ in range(3)]
    assert [[orjson.loads(one.raw)["call"] for one in some] for some in taken] == [["c1"], ["c2"], []]

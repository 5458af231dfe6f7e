"""Asterisk's manager interface: what its events mean, and a line that is cut and made again."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.channels.hotline.asterisk import Asterisk
from tests.channels.hotline.conftest import CALLER, work_off

from xiucheng.channels.hotline import switch
from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.ami import Blocks, Broken, Translator, action, answer_to
from xiucheng.channels.hotline.channel import Hotline
from xiucheng.channels.hotline.models import Call
from xiucheng.intake.actions import states
from xiucheng.people.models import Account

NOW = dt.datetime(2026, 11, 27, 1, 0, tzinfo=dt.UTC)
SEATS = frozenset({"8001", "8002"})
IN, OUT = {"Linkedid": "1.1", "Uniqueid": "1.1"}, {"Linkedid": "2.1", "Uniqueid": "2.1"}
TRUNK = {"Channel": "PJSIP/trunk-00000001", "CallerIDNum": CALLER}
SEAT = {"Channel": "PJSIP/8001-00000002", "Linkedid": "1.1", "Uniqueid": "1.2"}
DIAL = {
    "Event": "DialBegin",
    **IN,
    **TRUNK,
    "DestChannel": "PJSIP/8001-00000002",
    "DestLinkedid": "1.1",
    "DestUniqueid": "1.2",
}
Blocked = dict[str, str]


def told(*blocks: Blocked, translator: Translator | None = None) -> list[tuple[str, str, str, str]]:
    reader = translator or Translator(SEATS, lambda: NOW)
    return [(e.kind, e.call, e.caller, e.agent) for block in blocks for e in reader.read(block)]


def test_a_call_through_a_queue() -> None:
    found = told(
        {"Event": "Newchannel", **IN, **TRUNK}, {"Event": "QueueCallerJoin", **IN, **TRUNK}, DIAL,
        {"Event": "AgentConnect", **IN, "Interface": "PJSIP/8001"}, {"Event": "BridgeEnter", **SEAT},
        {"Event": "MixMonitorStop", **IN}, {"Event": "Hangup", **SEAT}, {"Event": "Hangup", **IN},
    )  # fmt: skip
    assert found == [
        ("ring", "1.1", CALLER, ""), ("ring", "1.1", CALLER, "8001"), ("answer", "1.1", CALLER, "8001"),
        ("answer", "1.1", CALLER, "8001"), ("recording", "1.1", CALLER, ""), ("hangup", "1.1", CALLER, ""),
    ]  # fmt: skip


def test_a_call_that_goes_out_is_none_of_ours() -> None:
    own = {**OUT, "Channel": "PJSIP/8001-0000000a", "CallerIDNum": "8001"}
    assert told({"Event": "Newchannel", **own}, {"Event": "BridgeEnter", **own}, {"Event": "Hangup", **own}) == []


def test_a_call_whose_beginning_nobody_heard_is_left_alone() -> None:
    assert told({"Event": "Hangup", **IN}, {"Event": "BridgeEnter", **SEAT}) == []


@pytest.mark.parametrize(
    ("stamp", "at"), [("1795741205.5", NOW + dt.timedelta(seconds=5.5)), ("x", NOW), ("", NOW), ("1e99", NOW)]
)
def test_the_switch_tells_the_time_where_it_can(stamp: str, at: dt.datetime) -> None:
    (event,) = Translator(SEATS, lambda: NOW).read({"Event": "QueueCallerJoin", **IN, **TRUNK, "Timestamp": stamp})
    assert event.at == at


def test_after_a_break_what_stands_is_learnt_and_the_rest_has_ended() -> None:
    reader = Translator(SEATS, lambda: NOW)
    there = [
        {**IN, **TRUNK, "ChannelStateDesc": "Up"}, {**SEAT, "ChannelStateDesc": "Up", "BridgeId": "b"},
        {"Linkedid": "3.1", "Uniqueid": "3.1", **TRUNK}, {"Linkedid": "3.1", "Uniqueid": "3.2", "Channel": "PJSIP/8002-1", "ChannelStateDesc": "Ringing"},
        {**OUT, "Channel": "PJSIP/8002-2"},
    ]  # fmt: skip
    found = [(e.kind, e.call, e.agent) for e in reader.resume(there, ["1.1", "9.9"])]
    assert found == [("answer", "1.1", "8001"), ("ring", "3.1", "8002"), ("hangup", "9.9", "")]
    assert told({"Event": "Hangup", **IN}, translator=reader) == [("hangup", "1.1", CALLER, "")]


def test_blocks_come_in_any_pieces() -> None:
    raw = b"Asterisk Call Manager/7.0.3\r\nEvent: A\r\nX: a:b\r\n\r\nEvent: B\r\n\r\nEv"
    whole = Blocks()
    assert [b for n in range(len(raw)) for b in whole.feed(raw[n : n + 1])] == [
        {"Event": "A", "X": "a:b"},
        {"Event": "B"},
    ]


@pytest.mark.parametrize("raw", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"Asterisk Call Manager/7\r\n" + b"x" * 70_000])
def test_what_is_no_asterisk_is_left(raw: bytes) -> None:
    with pytest.raises(Broken):
        list(Blocks().feed(raw))


def test_a_value_cannot_begin_another_action() -> None:
    assert (
        action("Login", Username="x\r\nAction: Originate") == b"Action: Login\r\nUsername: xAction: Originate\r\n\r\n"
    )


@pytest.fixture
def asterisk(desk: dict[str, Account]) -> Iterator[Asterisk]:
    with Asterisk.open() as found:
        yield found


def play(asterisk: Asterisk, script: Callable[[threading.Event], None]) -> None:
    """Follow the switch here while the script is played beside it."""
    stop = threading.Event()

    def whole() -> None:
        try:
            script(stop)
        finally:
            stop.set()

    beside = threading.Thread(target=whole)
    beside.start()
    try:
        switch.follow(stop)
    finally:
        beside.join(10)
    work_off()


@pytest.fixture
def on(asterisk: Asterisk, tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    lines = [
        f'ami = "{asterisk.address}"',
        'ami_user = "xiucheng"',
        f'ami_secret = "{asterisk.secret}"',
        'seats = ["8001", "8002"]',
    ]
    file.write_text("[hotline]\n" + "\n".join(lines), encoding="utf-8")


def _settle(stop: threading.Event) -> None:
    stop.wait(1.0)  # the reader takes what was said last


def test_a_call_at_the_switch_is_a_call_of_the_desk(asterisk: Asterisk, on: None, desk: dict[str, Account]) -> None:
    def script(stop: threading.Event) -> None:
        asterisk.wait()
        asterisk.say("Newchannel", **IN, **TRUNK)
        asterisk.say(**{"event": "DialBegin", **{k: v for k, v in DIAL.items() if k != "Event"}})
        asterisk.say("BridgeEnter", **SEAT)
        asterisk.say("Hangup", **IN)
        _settle(stop)

    play(asterisk, script)
    call = Call.objects.get()
    assert (call.call_id, call.account_id, calls.caller(call)) == ("1.1", desk["8001"].pk, CALLER)
    assert (call.answered_at is not None, call.ended_at is not None) == (True, True)
    assert all(asterisk.secret not in line for line in asterisk.seen)


def test_a_cut_line_is_made_again_and_what_was_missed_is_made_up(asterisk: Asterisk, on: None) -> None:
    def script(stop: threading.Event) -> None:
        asterisk.wait()
        asterisk.say("Newchannel", **IN, **TRUNK)
        asterisk.say(**{"event": "DialBegin", **{k: v for k, v in DIAL.items() if k != "Event"}})
        _settle(stop)
        asterisk.drop()
        asterisk.wait()
        _settle(stop)

    play(asterisk, script)
    assert (asterisk.logins, Call.objects.get().ended_at is not None) == (2, True)


def test_a_wrong_secret_is_told_on_the_page_and_not_in_the_log(
    asterisk: Asterisk, on: None, caplog: pytest.LogCaptureFixture
) -> None:
    known, asterisk.secret = asterisk.secret, "another"

    def script(stop: threading.Event) -> None:
        stop.wait(1.5)

    play(asterisk, script)
    assert "AMI 拒绝登录" in states.health("hotline").error
    assert known not in caplog.text and asterisk.logins == 0


def test_a_switch_that_is_away_is_told(asterisk: Asterisk, on: None, tmp_path: Path) -> None:
    (tmp_path / "channels.toml").write_text('[hotline]\nami = "127.0.0.1:1"\n', encoding="utf-8")
    play(asterisk, lambda stop: stop.wait(2.0) and None)
    assert "AMI 连不上" in states.health("hotline").error


def test_a_real_account_is_proved_by_hand(asterisk: Asterisk, on: None) -> None:
    assert [(p.ok, p.zh) for p in Hotline().check()] == [(True, "AMI 登录成功"), (True, "坐席分机 seats 已列出")]
    asterisk.secret = "another"
    assert [p.ok for p in Hotline().check()] == [False, True]


def _ask(peer: socket.socket, raw: bytes) -> str:
    peer.sendall(raw)
    found = b""
    while b"\r\n\r\n" not in found:
        more = peer.recv(4096)
        if not more:
            return found.decode() or "gone"
        found += more
    return found.decode()


def test_the_simulator_has_rules() -> None:
    with Asterisk.open() as asterisk:
        host, _, port = asterisk.address.partition(":")
        with socket.create_connection((host, int(port)), 5) as peer:
            assert peer.recv(100).startswith(b"Asterisk Call Manager")
            assert "Permission denied" in _ask(peer, action("CoreShowChannels"))
            challenge = _ask(peer, action("Challenge", AuthType="MD5")).split("Challenge: ")[1].split("\r\n")[0]
            wrong = action("Login", AuthType="MD5", Username="xiucheng", Key=answer_to(challenge, "wrong"))
            assert "Authentication failed" in _ask(peer, wrong)
            assert _ask(peer, action("Ping")) == "gone"

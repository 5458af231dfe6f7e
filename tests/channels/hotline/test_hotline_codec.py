"""What a telephone system says, whatever the order and however often."""

import contextlib
import datetime as dt
from itertools import permutations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.codec import Course, Event, Malformed, fold, number, parse

NOW = dt.datetime(2026, 11, 27, 1, 0, tzinfo=dt.UTC)
SECRET = "a-secret-of-the-gateway"


def at(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


RING, ANSWER = Event("ring", "c1", at(0), "13812345678", "8001"), Event("answer", "c1", at(9), "", "8001")
HANGUP, TAPE = Event("hangup", "c1", at(60)), Event("recording", "c1", at(90), recording="c1.wav")


@pytest.mark.parametrize("order", list(permutations([RING, ANSWER, HANGUP, TAPE])))
def test_a_call_is_the_same_in_any_order(order: tuple[Event, ...]) -> None:
    course = Course()
    for event in (*order, *order):
        course = fold(course, event)
    assert course == Course(at(0), at(9), at(60), "13812345678", "8001", 2, at(9), "c1.wav")


def test_a_call_handed_on_belongs_to_who_answered_last() -> None:
    course = Course()
    for event in (RING, Event("answer", "c1", at(40), "", "8002"), ANSWER):
        course = fold(course, event)
    assert (course.agent, course.answered_at) == ("8002", at(9))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13812345678", "13812345678"), ("013812345678", "13812345678"), ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"), ("8613812345678", "13812345678"), ("sip:13812345678@10.0.0.1", "13812345678"),
        ("+862362801234", "02362801234"), ("023-62801234", "02362801234"), ("62801234", "62801234"),
        ("anonymous", ""), ("", ""), ("<unknown>", ""), ("12", ""), ("٣١٢٣٤", ""),
    ],
)  # fmt: skip
def test_a_number_is_kept_in_one_form(said: str, kept: str) -> None:
    assert number(said) == kept


@pytest.mark.parametrize("when", ["2026-11-27T09:00:05+08:00", 1795741205, 1795741205000, 1795741205.0])
def test_a_time_may_be_written_in_several_ways(when: object) -> None:
    raw = orjson.dumps({"event": "ring", "call": "c1", "at": when})
    assert parse(raw, at(10)).at == at(5)


@pytest.mark.parametrize("when", [None, "yesterday", "2026-11-27T09:00:05", 1e300, "2031-01-01T00:00:00Z", 0, True, []])
def test_a_time_that_cannot_be_is_when_it_came(when: object) -> None:
    assert parse(orjson.dumps({"event": "ring", "call": "c1", "at": when}), NOW).at == NOW


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "报文"), (b"\xff", "报文"), (b"[]", "报文"), (b"{}", "event"), (b'{"event":"ring"}', "call"),
        (b'{"event":"ring","call":"c","agent":"8001; DROP"}', "agent"), (b'{"event":"ring","call":["c"]}', "call"),
        (b'{"event":"recording","call":"c"}', "recording"), (b'{"event":"ring","call":"a\\u0000b"}', "call"),
        (b'{"event":"ring","call":"' + b"c" * 121 + b'"}', "call"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_named(raw: bytes, field: str) -> None:
    with pytest.raises(Malformed) as wrong:
        parse(raw, NOW)
    assert wrong.value.field == field


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_malformed(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        parse(raw, NOW)
    assert codec.key_of(raw)


def test_an_event_written_is_read_again() -> None:
    assert [parse(codec.write(e), at(100)) for e in (RING, ANSWER, HANGUP, TAPE)] == [RING, ANSWER, HANGUP, TAPE]


@pytest.mark.parametrize(
    ("stamp", "body", "secret", "now", "good"),
    [
        ("1000", b"x", SECRET, 1000.0, True), ("1000", b"x", SECRET, 1299.0, True), ("1000", b"x", SECRET, 1301.0, False),
        ("1000", b"x", SECRET, 699.0, False), ("1000", b"y", SECRET, 1000.0, False), ("1001", b"x", SECRET, 1000.0, False),
        ("1000", b"x", "another", 1000.0, False), ("1000", b"x", "", 1000.0, False), ("", b"x", SECRET, 1000.0, False),
        ("-1000", b"x", SECRET, 1000.0, False), ("1" * 400, b"x", SECRET, 1000.0, False),
    ],
)  # fmt: skip
def test_a_signature_holds_for_its_time_and_body_only(
    stamp: str, body: bytes, secret: str, now: float, good: bool
) -> None:
    given_ = codec.sign(SECRET, "1000", b"x")
    assert codec.signed(secret, stamp, body, given_, now=now, seconds=300) is good


def test_a_signature_known_from_elsewhere() -> None:
    """Computed with `printf '1000\\nx' | openssl dgst -sha256 -hmac a-secret-of-the-gateway`."""
    assert codec.sign(SECRET, "1000", b"x") == "9fcc02dd3e0f00de74736c33bb6f827743d370dcbf40e76b3a3b4d0e47eca635"

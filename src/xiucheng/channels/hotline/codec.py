"""What a telephone system says about one call (话务事件): read from signed JSON, folded into the call whatever the order. Pure.

`{"event": "ring", "call": "1700000000.12", "at": "2026-11-27T09:00:00+08:00", "caller": "13812345678", "agent": "8001"}`.
Events are `ring`, `answer`, `hangup` and `recording` (with `recording`, a file name or an address). Folding one twice changes nothing.
"""

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

KINDS: Final = ("ring", "answer", "hangup", "recording")
AHEAD: Final = dt.timedelta(minutes=10)
BEHIND: Final = dt.timedelta(days=7)
CALL_MOST: Final = 120
_AGENT: Final = re.compile(r"[A-Za-z0-9_.-]{0,20}")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")


class Malformed(ValueError):  # noqa: N818 - it is what it says
    """Not an event; `field` says what is wrong, in Chinese."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `agent` is the extension that rings or answers, empty while the call waits for anybody."""

    kind: str
    call: str
    at: dt.datetime
    caller: str = ""
    agent: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a call: when it first rang, was first answered and ended last, and who has it."""

    rang_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    caller: str = ""
    agent: str = ""
    agent_rank: int = 0
    agent_at: dt.datetime | None = None
    recording: str = ""


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The signature of a hook: HMAC-SHA256 over the time, a line feed and the body, in hex."""
    return hmac.new(secret.encode(), stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def signed(secret: str, stamp: str, body: bytes, given: str, *, now: float, seconds: float) -> bool:
    """Whether the signature is right and no older (nor younger) than `seconds`."""
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    right = hmac.compare_digest(sign(secret, stamp, body).encode(), given.removeprefix("sha256=").lower().encode())
    return right and abs(now - int(stamp)) <= seconds


def number(given: str) -> str:
    """A telephone number as the house keeps it: digits, a mobile without 0 or 86; empty when it is withheld."""
    text = given.strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0]
    digits = re.sub(r"[\s()-]", "", text)
    digits = digits[1:] if digits.startswith("+") else digits.removeprefix("00")
    if not digits.isascii() or not digits.isdigit() or not 3 <= len(digits) <= 20:
        return ""
    bare = digits.removeprefix("86").removeprefix("0")
    if _MOBILE.fullmatch(bare):
        return bare
    return f"0{digits[2:]}" if text.startswith(("+86", "0086")) else digits


def parse(raw: bytes, received_at: dt.datetime) -> Event:
    """An event from its JSON. Raises Malformed. A time that cannot be is replaced by when the event was received."""
    try:
        given: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Malformed("报文") from None
    if not isinstance(given, dict):
        raise Malformed("报文")
    kind, call, agent = (_text(given, name) for name in ("event", "call", "agent"))
    if kind not in KINDS:
        raise Malformed("event")
    if not call or len(call) > CALL_MOST:
        raise Malformed("call")
    if not _AGENT.fullmatch(agent):
        raise Malformed("agent")
    recording = _text(given, "recording")
    if len(recording) > 500 or (kind == "recording" and not recording):
        raise Malformed("recording")
    return Event(kind, call, _moment(given.get("at"), received_at), number(_text(given, "caller")), agent, recording)


def write(event: Event) -> bytes:
    """An event as JSON again."""
    found = {"event": event.kind, "call": event.call, "at": event.at.isoformat(), "caller": event.caller}
    return orjson.dumps({**found, "agent": event.agent, "recording": event.recording})


def key_of(raw: bytes) -> str:
    """What makes two deliveries of one event the same: the gateway's own `id`, else the whole body."""
    try:
        given: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        given = None
    own = given.get("id") if isinstance(given, dict) else None
    return f"id:{own}" if isinstance(own, str | int) and own else hashlib.sha256(raw).hexdigest()


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Malformed(name)
    text = str(value).strip()
    if not text.isprintable():
        raise Malformed(name)
    return text


def _moment(given: Any, received_at: dt.datetime) -> dt.datetime:
    found = None
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            found = dt.datetime.fromtimestamp(given / 1000 if given > 1e11 else given, dt.UTC)
        elif isinstance(given, str):
            found = dt.datetime.fromisoformat(given.strip())
    except (ValueError, OverflowError, OSError):
        return received_at
    if found is None or found.tzinfo is None or not received_at - BEHIND <= found <= received_at + AHEAD:
        return received_at
    return found


def fold(course: Course, event: Event) -> Course:
    """The call with one more event. The order in which events arrive makes no difference."""
    known = replace(course, caller=course.caller or event.caller, recording=event.recording or course.recording)
    if event.kind == "hangup":
        return replace(known, ended_at=_later(known.ended_at, event.at))
    if event.kind == "recording":
        return known
    rank = 2 if event.kind == "answer" else 1
    if event.agent and (rank, event.at, event.agent) > (
        known.agent_rank,
        known.agent_at or dt.datetime.min.replace(tzinfo=dt.UTC),
        known.agent,
    ):
        known = replace(known, agent=event.agent, agent_rank=rank, agent_at=event.at)
    if event.kind == "answer":
        return replace(known, answered_at=_sooner(known.answered_at, event.at))
    return replace(known, rang_at=_sooner(known.rang_at, event.at))


def _sooner(one: dt.datetime | None, other: dt.datetime) -> dt.datetime:
    return other if one is None else min(one, other)


def _later(one: dt.datetime | None, other: dt.datetime) -> dt.datetime:
    return other if one is None else max(one, other)

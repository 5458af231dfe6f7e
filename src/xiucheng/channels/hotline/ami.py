"""Asterisk's manager interface (AMI) as call events: blocks of `Key: Value` lines, calls known by their Linkedid. Pure.

The channel with which a call began (Uniqueid = Linkedid) tells its direction: begun at one of our seats it goes out and is none
of ours. Source: the protocol facts in the design's notes on channels; header names as Asterisk's documentation gives them.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from xiucheng.channels.hotline.codec import CALL_MOST, Event, number

Block = dict[str, str]
LONGEST: Final = 65_536
END: Final = b"\r\n\r\n"
AT_A_SEAT: Final = {
    "DialBegin": ("ring", "DestChannel"),
    "AgentConnect": ("answer", "Interface"),
    "BridgeEnter": ("answer", "Channel"),
}
"""What happens at a seat, and the header that names its channel."""
_CHANNEL: Final = re.compile(r"[A-Za-z0-9]+/([A-Za-z0-9_.]+)(?:[-@].*)?")


class Broken(Exception):  # noqa: N818 - it is what it says
    """The other side does not speak AMI, or refuses us; the words hold no secret."""


class Blocks:
    """Bytes as they come, cut into blocks; the greeting line at the very beginning is passed over."""

    def __init__(self) -> None:
        self.buffer, self.greeted = b"", False

    def feed(self, more: bytes) -> Iterator[Block]:
        """The blocks that are now whole. Raises Broken for what never ends."""
        self.buffer += more
        if not self.greeted and b"\r\n" in self.buffer:
            greeting, _, self.buffer = self.buffer.partition(b"\r\n")
            if not greeting.startswith(b"Asterisk Call Manager"):
                raise Broken("对方不是 Asterisk")
            self.greeted = True
        while self.greeted and END in self.buffer:
            block, _, self.buffer = self.buffer.partition(END)
            yield _block(block)
        if len(self.buffer) > LONGEST:
            raise Broken("消息没有结尾")


def _block(raw: bytes) -> Block:
    pairs = (line.partition(":") for line in raw.decode("utf-8", "replace").split("\r\n") if ":" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def action(name: str, **given: str) -> bytes:
    """An action as it goes out; a line feed in a value would begin another one and is taken away."""
    lines = [f"Action: {name}", *(f"{key}: {value}" for key, value in given.items())]
    return "\r\n".join(line.replace("\r", "").replace("\n", "") for line in lines).encode() + END


def answer_to(challenge: str, secret: str) -> str:
    """The key for a login by MD5 challenge: the secret itself never travels."""
    return hashlib.md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Translator:
    """What the blocks mean for calls that come in; `seats` are the extensions of the centre."""

    seats: frozenset[str]
    now: Callable[[], dt.datetime]
    known: dict[str, str] = field(default_factory=dict)

    def read(self, block: Mapping[str, str]) -> Iterator[Event]:
        """The events that a block tells."""
        kind, call = block.get("Event", ""), (block.get("DestLinkedid") or block.get("Linkedid") or "")[:CALL_MOST]
        at = self._at(block)
        if kind == "Newchannel":
            self._begin(block)
        elif kind == "QueueCallerJoin":
            self.known.setdefault(call, number(block.get("CallerIDNum", "")))
        if call not in self.known:
            return
        caller = self.known[call]
        tells, header = AT_A_SEAT.get(kind, ("", ""))
        if tells and (agent := self.seat(block.get(header, ""))):
            yield Event(tells, call, at, caller, agent)
        elif kind == "QueueCallerJoin":
            yield Event("ring", call, at, caller)
        elif kind == "MixMonitorStop":
            yield Event("recording", call, at, caller, recording=f"{call}.wav")
        elif kind == "Hangup" and block.get("Uniqueid") == call:
            del self.known[call]
            yield Event("hangup", call, at, caller)

    def seat(self, channel: str) -> str:
        """The extension of a channel (`PJSIP/8001-0000002a`), if it is one of ours."""
        found = _CHANNEL.fullmatch(channel)
        return found[1] if found and found[1] in self.seats else ""

    def resume(self, blocks: Iterable[Block], open_calls: Iterable[str]) -> Iterator[Event]:
        """After a break: what stands now (CoreShowChannels) is learnt, calls that are no longer there have ended."""
        there = list(blocks)
        self.known.clear()
        for block in there:
            self._begin(block)
        for block in there:
            call, agent = block.get("Linkedid", ""), self.seat(block.get("Channel", ""))
            if call in self.known and agent and block.get("Uniqueid") != call:
                up = block.get("ChannelStateDesc") == "Up" and block.get("BridgeId", "") != ""
                yield Event("answer" if up else "ring", call, self.now(), self.known[call], agent)
        for call in open_calls:
            if call not in self.known:
                yield Event("hangup", call, self.now())

    def _begin(self, block: Mapping[str, str]) -> None:
        call = block.get("Linkedid", "")
        if (
            call
            and call == block.get("Uniqueid")
            and len(call) <= CALL_MOST
            and not self.seat(block.get("Channel", ""))
        ):
            self.known[call] = number(block.get("CallerIDNum", ""))

    def _at(self, block: Mapping[str, str]) -> dt.datetime:
        """The switch's own time where it tells it (`timestampevents`), else now."""
        try:
            return dt.datetime.fromtimestamp(float(block["Timestamp"]), dt.UTC)
        except (KeyError, ValueError, OverflowError, OSError):
            return self.now()

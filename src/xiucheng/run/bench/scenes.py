"""What people say to the bench (测试对白): reports in one message, guided talks, locations, follows, events of a partner; some come twice."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.run.bench import platform

SHARE: Final = 20
"""One delivery in so many is a second one."""
APART: Final = 2.0
"""Seconds between two messages of one talk."""
PLAIN: Final = ("路灯不亮", "井盖松动", "垃圾桶满了", "护栏倒了", "行道树枯死了")
KINDS: Final = ("one",) * 11 + ("guided",) * 2 + ("pinned",) * 2 + ("follow",) + ("event",) * 4
MESSAGES: Final = {"one": 1, "guided": 3, "pinned": 2, "follow": 1, "event": 1}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request: who sends it, when (in places of the queue), what, and whether it was delivered before."""

    at: float
    person: int
    make: Callable[[str], bytes]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All deliveries in order, and what must come of them: serials of the reports, messages of WeChat that end in thanks."""

    deliveries: Sequence[Delivery]
    serials: frozenset[str]
    messages: int
    events: int
    thanked: int


def plan(count: int, rate: float, places: Sequence[str]) -> Plan:
    """`count` deliveries, one in twenty of them a second one."""
    chance, run = random.Random(count), int(time.time() * 1000)  # noqa: S311 - load, not secrets
    wanted, said = count - count // SHARE, list[Delivery]()
    serials, events, thanked, person = set[str](), 0, 0, 0
    while len(said) < wanted:
        kind = KINDS[person * 7 % len(KINDS)]
        if len(said) + MESSAGES[kind] > wanted:
            kind = "one"
        serial, began = f"{run}-{person}", len(said)
        talk = _talk(kind, run, person, f"（{serial}）", chance.choice(places), chance)
        said += [Delivery(began + n * APART * rate, person, make) for n, make in enumerate(talk)]
        if kind != "follow":
            serials.add(serial)
        events += kind == "event"
        thanked += kind not in {"follow", "event"}
        person += 1
    twice = sorted(chance.sample(range(wanted), count - wanted))
    for n, which in enumerate(twice):
        first = said[which]
        said.append(Delivery(first.at + (0.5 if n % 2 else rate), first.person + 1, first.make, again=True))
    said.sort(key=lambda one: one.at)
    return Plan(said, frozenset(serials), wanted - events, events, thanked)


def _talk(
    kind: str, run: int, person: int, serial: str, place: str, chance: random.Random
) -> list[Callable[[str], bytes]]:
    """The requests of one person, signed when they are sent."""
    what = f"{PLAIN[person % len(PLAIN)]}{serial}"
    if kind == "event":
        record = {"type": "event", "id": f"{run}-{person}", "words": f"{place}{what}", "kind": "complaint"}
        return [lambda url: platform.event(url, record)]
    pin = {
        "MsgType": "location", "Location_X": round(29.50 + chance.random() * 0.04, 6),
        "Location_Y": round(106.56 + chance.random() * 0.04, 6), "Scale": 16, "Label": place,
    }  # fmt: skip
    spoken: dict[str, list[dict[str, Any]]] = {
        "one": [_text(f"{place}{what}")],
        "guided": [_text(what), _text("没有"), _text(place)],
        "pinned": [pin, _text(what)],
        "follow": [{"MsgType": "event", "Event": "subscribe"}],
    }
    openid = f"oBench{run}{person:07d}"
    return [_push(openid, f"{run}{person:07d}{n}", fields) for n, fields in enumerate(spoken[kind])]


def _text(words: str) -> dict[str, Any]:
    return {"MsgType": "text", "Content": words}


def _push(openid: str, number: str, said: dict[str, Any]) -> Callable[[str], bytes]:
    at = int(time.time())
    named = {} if said["MsgType"] == "event" else {"MsgId": number}
    fields = {"ToUserName": "gh_bench", "FromUserName": openid, "CreateTime": at, **said, **named}
    return lambda url: platform.push(url, fields)

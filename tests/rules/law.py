"""A case in each state, an actor of each post and a complete form for each act, for tests of the workflow's law. All by hand."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

from xiucheng.rules import clocks as c
from xiucheng.rules.calendar import Calendar
from xiucheng.rules.workflow import SETTINGS, Actor, Law, Snapshot, StandardFacts

NOW: Final = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
BEFORE: Final = NOW - dt.timedelta(minutes=5)
CALENDAR: Final = Calendar(years=frozenset({2026}))
STANDARDS: Final = {
    1: StandardFacts(1, "C0101", "working", 16 * 3600),
    2: StandardFacts(2, "C0102", "natural", 2 * 3600),
    3: StandardFacts(3, "C0101", "natural", 3600, first_step=True),
}
LAW: Final = Law(CALENDAR, STANDARDS.get, SETTINGS)
POSTS: Final = (
    "resident", "operator", "shift_leader", "dispatcher", "officer", "chief", "unit", "handler", "leader", "system",
    "importer",
)  # fmt: skip
PICTURE: Final = [{"sha256": "a" * 64}]

RUNNING: Final = {
    "to_register": ("registration",), "considering": ("reply",), "to_file": ("filing",), "verifying": ("verification",),
    "to_dispatch": ("dispatch",), "handling": ("handling",), "to_check": ("closing",), "checking": ("check",),
    "to_close": ("closing",), "disputed": ("dispute",),
}  # fmt: skip
PAUSED: Final = {
    "verifying": ("filing",), "to_dispatch": ("handling",), "checking": ("closing",), "suspended": ("handling",),
}  # fmt: skip
DONE: Final = {"to_check": ("handling",), "checking": ("handling",), "to_close": ("handling",)}
ENDED: Final = {"closed", "answered", "refused", "declined", "withdrawn", "merged", "void"}


def clock(kind: str, *, paused: bool = False, stopped: bool = False) -> c.Clock:
    """A clock that began five minutes ago."""
    unit = 1 if kind == "handling" else None
    made = c.start(CALENDAR, kind, SETTINGS.get(kind, 16 * 3600), "working", BEFORE, unit=unit)
    if stopped:
        return c.stop(CALENDAR, made, NOW)
    return c.pause(CALENDAR, made, NOW) if paused else made


def case(state: str, **more: Any) -> Snapshot:
    """A filed case with the road unit, as it stands in this state."""
    clocks = [clock(k, stopped=True) for k in DONE.get(state, ())]
    clocks += [clock(k, paused=True) for k in PAUSED.get(state, ())]
    clocks += [clock(k) for k in RUNNING.get(state, ())]
    made = Snapshot(
        state=state, kind="complaint", category="C0101", standard=1, unit=1, placed=True, clocks=tuple(clocks),
        prior_state="handling" if state in {"suspended", "merged"} else "",
        closed_at=BEFORE if state in {"closed", "disputed"} else None, ended_at=BEFORE if state in ENDED else None,
    )  # fmt: skip
    return replace(made, **more)


def actor(post: str, key: str = "7", unit: int | None = 1) -> Actor:
    """Somebody of this post; people of units belong to the road unit."""
    if post in {"resident", "system", "importer"}:
        return Actor(post, key, certainty=0.95 if post == "system" else None)
    return Actor("account", key, frozenset({post}), unit if post in {"unit", "handler"} else None)


def ask(kind: str, stage: int) -> dict[str, Any]:
    """A request on its way: asked by account 1, agreed by account 2 once the stage is 1."""
    agreed = "2" if stage else None
    until = (NOW + dt.timedelta(days=3)).isoformat()
    return {
        "kind": kind,
        "stage": stage,
        "by": "1",
        "agreed_by": agreed,
        "reason": "x",
        "until": until,
        "at": BEFORE.isoformat(),
    }


LATER: Final = NOW + dt.timedelta(days=3)
MAIN: Final = {"main": 9, "main_facts": {"id": 9, "state": "handling", "training": False}, "own_id": 5}
FORMS: Final[dict[str, dict[str, Any]]] = {
    "submit": {"words": "护栏倒了"}, "register": {"category": "C0101"}, "refuse": {"reason": "不归我们", "whose": "供电局"},
    "consider": {"unit": 2, "until": LATER}, "answer": {"words": "已安排"}, "send_verify": {"person": 7},
    "verify": {"finding": "found", "pictures": PICTURE}, "file": {"standard": 1}, "decline": {"reason": "轻微", "words": "谢谢"},
    "object": {"words": "请再看"}, "withdraw": {}, "dispatch": {"unit": 1}, "sign": {}, "assign": {"person": 12},
    "return": {"reason": "不是我们的"}, "transfer": {"unit": 2, "reason": "派错了"},
    "feed_back": {"pictures": PICTURE, "words": "已扶正"}, "send_check": {}, "check": {"pictures": PICTURE, "condition": True},
    "rework": {"reason": "没修好", "pictures": PICTURE}, "close": {"standard": 1}, "dispute": {"words": "没修好"},
    "reopen": {"unit": 1}, "uphold": {"reason": "已回访"}, "suspend.ask": {"reason": "等汛期", "until": LATER},
    "suspend.agree": {}, "suspend.grant": {}, "suspend.deny": {"reason": "不同意"}, "resume": {},
    "merge": {**MAIN, "open_states": {"handling"}}, "unmerge": {"reason": "不是一处"}, "void": {"reason": "立错了"},
    "extend.ask": {"reason": "等材料"}, "extend.agree": {}, "extend.grant": {}, "extend.deny": {"reason": "不同意"},
    "urge": {}, "supplement": {"words": "还有一处"}, "note": {"words": "已联系"}, "supervise": {"level": "1", "words": "快办"},
    "claim": {"claim": "ours"}, "call_back": {"reached": "reached"}, "verdict": {"rating": "5"},
    "appeal.ask": {"reason": "停电"}, "appeal.agree": {}, "appeal.grant": {}, "appeal.deny": {"reason": "不同意"},
    "import": {},
}  # fmt: skip


def fitting(key: str, state: str) -> Snapshot:
    """The case for which this act may be done: kind, request, call back and blame as the act wants them."""
    act, _, step = key.partition(".")
    made = case(state)
    if act in {"consider", "answer"}:
        made = replace(made, kind="suggestion")
    if step in {"agree", "grant", "deny"}:
        made = replace(made, ask=ask(act, 0 if step == "agree" else 1))
    if key == "appeal.ask":
        made = replace(made, overdue=True)
    if act == "uphold":
        made = replace(made, called_back=True)
    return made

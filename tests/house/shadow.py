"""What an act does to the slow clocks (影子): the verbs of the workflow table, read as the design page words them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.house.stepper import Stepper

from xiucheng.rules.workflow import Row


@dataclass(frozen=True)
class Limit:
    """A standard as the shadow knows it: minutes on its clock, and whether the first step is what is limited."""

    minutes: int
    clock: str
    first_step: bool = False


def apply(stepper: Stepper, row: Row, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    """Let one act happen to the clocks; `unit` and `limit` are the case's own before the act."""
    if row.act == "suspend" and row.step == "grant":
        stepper.__dict__["asleep"] = [one for one in stepper.clocks if one.running and one.open]
    for verb in row.clocks:
        name, _, kind = verb.partition(":")
        _VERBS[name](stepper, kind, form, unit, limit)


def _start(s: Stepper, kind: str, *_: Any) -> None:
    s.start(kind, s.settings[kind], "working")


def _stop(s: Stepper, kind: str, *_: Any) -> None:
    for one in s.each(kind):
        s.stop(one)


def _pause(s: Stepper, kind: str, *_: Any) -> None:
    for one in s.each(kind):
        if one.running:
            s.pause(one)


def _resume(s: Stepper, kind: str, *_: Any) -> None:
    for one in s.each(kind):
        if not one.running:
            s.resume(one)


def _drop(s: Stepper, kind: str, *_: Any) -> None:
    for one in s.each(kind):
        s.drop(one)


def _date(s: Stepper, kind: str, form: dict[str, Any], *_: Any) -> None:
    until: dt.datetime = form["until"]
    s.start(kind, int((until - s.now).total_seconds()) // 60, "natural")


def _stopped(s: Stepper, kind: str, form: dict[str, Any], *_: Any) -> None:
    if form.get("stopped"):
        _stop(s, kind)


def _own_limit(s: Stepper, limit: Limit | None) -> tuple[int, str]:
    if limit is None:
        return s.settings["handling"], "working"
    return (s.settings["first_step_handling"], "working") if limit.first_step else (limit.minutes, limit.clock)


def _begin(s: Stepper, unit: int, limit: Limit | None) -> None:
    minutes, clock = _own_limit(s, limit)
    s.start("handling", minutes, clock, unit)
    done = any(one.kind == "first_step" and one.outcome in {"on_time", "overdue"} for one in s.clocks)
    if limit is not None and limit.first_step and not done:
        s.start("first_step", limit.minutes, limit.clock, unit)


def _handling(s: Stepper, _: str, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    mine = [one for one in s.each("handling") if one.unit == form["unit"]]
    if mine:
        s.resume(mine[-1])
        for one in s.each("first_step"):
            if one.unit == form["unit"]:
                s.resume(one)
        return
    _begin(s, form["unit"], limit)


def _take_away(s: Stepper, _: str, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    for one in (*s.each("handling"), *s.each("first_step")):
        if one.unit == unit:
            s.drop(one)


def _wake(s: Stepper, *_: Any) -> None:
    """Exactly those that fell asleep when the suspension was granted."""
    for one in s.__dict__.pop("asleep"):
        s.resume(one)


def _freeze(s: Stepper, kind: str, *_: Any) -> None:
    for one in s.each(kind):
        (s.stop if one.running else s.drop)(one)


def _new_handling(s: Stepper, _: str, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    _drop(s, "handling")
    _begin(s, form["unit"], limit)


def _rework(s: Stepper, _: str, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    mine = [one for one in s.clocks if one.kind == "handling" and one.unit == unit][-1]
    mine.stopped, mine.outcome = False, ""
    s.resume(mine, least=s.settings["rework_least"])


def _extend(s: Stepper, kind: str, form: dict[str, Any], unit: int | None, limit: Limit | None) -> None:
    for one in (one for one in s.each(kind) if one.unit == unit):
        one.limit += _own_limit(s, limit)[0]
        if one.running:
            one.due = s.run_out(one.limit - one.used, one.clock)


def _freeze_all(s: Stepper, *_: Any) -> None:
    for one in s.each("all"):
        one.stopped, one.outcome = True, "merged"


def _recount(s: Stepper, *_: Any) -> None:
    """Only after a correction of the calendar, which no walk makes."""


def _thaw_all(s: Stepper, *_: Any) -> None:
    for one in s.clocks:
        if one.outcome == "merged":
            one.stopped, one.outcome = False, ""


_VERBS = {
    "start": _start, "stop": _stop, "freeze": _freeze, "take_away": _take_away, "resume_prior": _wake, "pause": _pause, "resume": _resume, "drop": _drop, "date": _date,
    "stopped": _stopped, "handling": _handling, "new_handling": _new_handling, "rework": _rework, "extend": _extend,
    "recount": _recount, "freeze_all": _freeze_all, "thaw_all": _thaw_all,
}  # fmt: skip

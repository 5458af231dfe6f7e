"""What an act does to the clocks (计时): the table's verbs, carried out on the case's clocks.

Verbs: `start:K` `stop:K` (or `all`) `pause:K` `resume:K` `drop:K` `freeze:K` (on time or overdue) `extend:K` `date:K` (till a date),
`handling` (start, or resume if the same unit had it), `new_handling`, `rework`, `stopped:K` and `recount` (if the form says so), `freeze_all`/`thaw_all` (merge).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from xiucheng.rules import clocks as c
from xiucheng.rules.workflow.facts import Law, Snapshot, StandardFacts
from xiucheng.rules.workflow.guards import Question

MERGED: Final = "merged"


class _Hands:
    """The case's clocks while one act works on them."""

    def __init__(self, q: Question) -> None:
        self.q = q
        self.law: Law = q.law
        self.now: dt.datetime = q.now
        self.clocks: list[c.Clock] = list(q.case.clocks)

    def _where(self, kind: str) -> list[int]:
        return [i for i, k in enumerate(self.clocks) if k.stopped_at is None and kind in (k.kind, "all")]

    def _each(self, kind: str, do: Callable[[c.Clock], c.Clock]) -> None:
        for i in self._where(kind):
            self.clocks[i] = do(self.clocks[i])

    def start(self, kind: str) -> None:
        seconds = self.law.settings[kind]
        self.clocks.append(c.start(self.law.calendar, kind, seconds, "working", self.now))

    def date(self, kind: str) -> None:
        until: dt.datetime = self.q.form["until"]
        seconds = int((until - self.now).total_seconds())
        self.clocks.append(c.start(self.law.calendar, kind, seconds, "natural", self.now))

    def stop(self, kind: str) -> None:
        self._each(kind, lambda k: c.stop(self.law.calendar, k, self.now))

    freeze = stop

    def pause(self, kind: str) -> None:
        self._each(kind, lambda k: k if k.running_since is None else c.pause(self.law.calendar, k, self.now))

    def resume(self, kind: str) -> None:
        self._each(kind, lambda k: c.resume(self.law.calendar, k, self.now) if k.running_since is None else k)

    def drop(self, kind: str) -> None:
        self._each(kind, lambda k: c.drop(k, self.now))

    def extend(self, kind: str) -> None:
        original = _limits(self.q.case, self.law)[1]
        self._each(kind, lambda k: c.extend(self.law.calendar, k, self.now, original))

    def stopped(self, kind: str) -> None:
        if self.q.form.get("stopped"):
            self.stop(kind)

    def recount(self, _: str) -> None:
        if self.q.form.get("recount"):
            self.clocks = [c.recount(self.law.calendar, k) for k in self.clocks]

    def handling(self, _: str) -> None:
        unit = int(self.q.form["unit"])
        mine = [i for i in self._where("handling") if self.clocks[i].unit == unit]
        if mine:
            self.clocks[mine[-1]] = c.resume(self.law.calendar, self.clocks[mine[-1]], self.now)
            return
        self.drop("handling")
        self._begin(unit)

    def new_handling(self, _: str) -> None:
        self.drop("handling")
        self._begin(int(self.q.form["unit"]))

    def _begin(self, unit: int) -> None:
        standard, seconds, clock = _limits(self.q.case, self.law)
        self.clocks.append(c.start(self.law.calendar, "handling", seconds, clock, self.now, unit=unit))
        if standard is not None and standard.first_step and not any(k.kind == "first_step" for k in self.clocks):
            first = c.start(self.law.calendar, "first_step", standard.seconds, standard.clock, self.now, unit=unit)
            self.clocks.append(first)

    def rework(self, _: str) -> None:
        mine = [i for i, k in enumerate(self.clocks) if k.kind == "handling" and k.unit == self.q.case.unit]
        if not mine:
            self._begin(self.q.case.unit or 0)
            return
        again = replace(self.clocks[mine[-1]], stopped_at=None, outcome="", running_since=None)
        least = self.law.settings["rework_least"]
        self.clocks[mine[-1]] = c.resume(self.law.calendar, again, self.now, at_least=least)

    def freeze_all(self, _: str) -> None:
        self._each("all", lambda k: replace(k, stopped_at=self.now, outcome=MERGED))

    def thaw_all(self, _: str) -> None:
        self.clocks = [replace(k, stopped_at=None, outcome="") if k.outcome == MERGED else k for k in self.clocks]


def _limits(case: Snapshot, law: Law) -> tuple[StandardFacts | None, int, str]:
    """The case's standard, its handling limit in seconds and the clock that counts it."""
    found = law.standard(case.standard) if case.standard is not None else None
    if found is None:
        return None, law.settings["handling"], "working"
    if found.first_step:
        return found, law.settings["first_step_handling"], "working"
    return found, found.seconds, found.clock


def run(verbs: tuple[str, ...], q: Question) -> tuple[c.Clock, ...]:
    """Carry the verbs out in order; gives all clocks of the case as they are after the act."""
    hands = _Hands(q)
    for verb in verbs:
        name, _, kind = verb.partition(":")
        do: Callable[[str], Any] = getattr(hands, name)
        do(kind)
    return tuple(hands.clocks)

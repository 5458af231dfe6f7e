"""What an act does to the clocks (计时): the table's verbs, carried out on the case's clocks.

Verbs: `start:K` `stop:K` (or `all`) `pause:K` `resume:K` `drop:K` `freeze:K` (on time or overdue) `extend:K` `date:K` (till a date),
`handling` (start, or resume if the same unit had it), `take_away`, `new_handling`, `resume_prior`, `rework`, `stopped:K` and `recount` (if the form says so), `freeze_all`/`thaw_all` (merge).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from xiucheng.rules import clocks as c
from xiucheng.rules.workflow.facts import Actor, Law, Snapshot, StandardFacts
from xiucheng.rules.workflow.guards import Question

MERGED: Final = "merged"
ON_SITE: Final = frozenset({"unit", "handler", "officer"})
"""Who can say that something has been stopped on the spot."""


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

    def freeze(self, kind: str) -> None:
        """The clock that runs is frozen; those of units that gave the case back are nobody's blame."""
        running = {i for i in self._where(kind) if self.clocks[i].running_since is not None}
        for i in self._where(kind):
            stopped = c.stop(self.law.calendar, self.clocks[i], self.now)
            self.clocks[i] = stopped if i in running else c.drop(self.clocks[i], self.now)

    def pause(self, kind: str) -> None:
        self._each(kind, lambda k: k if k.running_since is None else c.pause(self.law.calendar, k, self.now))

    def resume(self, kind: str) -> None:
        self._each(kind, lambda k: c.resume(self.law.calendar, k, self.now) if k.running_since is None else k)

    def drop(self, kind: str) -> None:
        self._each(kind, lambda k: c.drop(k, self.now))

    def extend(self, kind: str) -> None:
        original = _limits(self.q.case, self.law)[1]
        for i in self._where(kind):
            if self.clocks[i].unit == self.q.case.unit:
                self.clocks[i] = c.extend(self.law.calendar, self.clocks[i], self.now, original)

    def stopped(self, kind: str) -> None:
        if self.q.form.get("stopped") and self.q.post in ON_SITE:
            self.stop(kind)

    def resume_prior(self, _: str) -> None:
        """What stood still with the suspension goes on: the unit's clocks, or the dispatcher's."""
        if self.q.case.prior_state != "handling":
            self.resume("dispatch")
            return
        for kind in ("handling", "first_step"):
            for i in self._where(kind):
                if self.clocks[i].unit == self.q.case.unit and self.clocks[i].running_since is None:
                    self.clocks[i] = c.resume(self.law.calendar, self.clocks[i], self.now)

    def recount(self, _: str) -> None:
        if self.q.form.get("recount"):
            self.clocks = [c.recount(self.law.calendar, k) for k in self.clocks]

    def handling(self, _: str) -> None:
        """A unit that had the case before goes on with what it had left; the clocks of others wait for them."""
        unit = int(self.q.form["unit"])
        mine = [i for i in self._where("handling") if self.clocks[i].unit == unit]
        if not mine:
            self._begin(unit)
            return
        for i in (mine[-1], *(i for i in self._where("first_step") if self.clocks[i].unit == unit)):
            self.clocks[i] = c.resume(self.law.calendar, self.clocks[i], self.now)

    def take_away(self, _: str) -> None:
        """The centre takes the case from its unit: that unit's clocks are dropped without blame."""
        for kind in ("handling", "first_step"):
            for i in self._where(kind):
                if self.clocks[i].unit == self.q.case.unit:
                    self.clocks[i] = c.drop(self.clocks[i], self.now)

    def new_handling(self, _: str) -> None:
        self.drop("handling")
        self._begin(int(self.q.form["unit"]))

    def _begin(self, unit: int) -> None:
        standard, seconds, clock = _limits(self.q.case, self.law)
        self.clocks.append(c.start(self.law.calendar, "handling", seconds, clock, self.now, unit=unit))
        done = any(k.kind == "first_step" and k.outcome in {c.ON_TIME, c.OVERDUE} for k in self.clocks)
        if standard is not None and standard.first_step and not done:
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
    deadline = q.deadline()
    return tuple(_outer(k, deadline) if deadline else k for k in hands.clocks)


def extended(case: Snapshot, law: Law, now: dt.datetime) -> dt.datetime | None:
    """The handling deadline that an extension granted now would give; None where no handling clock runs."""
    question = Question(case, Actor("system", ""), "", {}, now, law)
    if question.running("handling") is None:
        return None
    after = Question(replace(case, clocks=run(("extend:handling",), question)), question.actor, "", {}, now, law)
    longer = after.running("handling")
    return longer.due_at if longer else None


def _outer(clock: c.Clock, deadline: dt.datetime) -> c.Clock:
    """A deadline from outside wins: the handling clock runs in natural time until then, whatever the standard would allow."""
    if clock.kind != "handling" or clock.stopped_at is not None or clock.running_since is None:
        return clock
    seconds = int((deadline - clock.running_since).total_seconds())
    return replace(clock, clock="natural", limit=clock.used + seconds, due_at=deadline, provisional=False)

"""The conditions of the table (条件), by name; each refuses with a sentence or lets pass."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from xiucheng.rules import clocks as c
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow.facts import Actor, Law, Snapshot
from xiucheng.rules.workflow.words import KINDS, PROBLEMS


class Question:
    """Everything a guard may look at."""

    __slots__ = ("actor", "case", "form", "law", "now", "post")

    def __init__(
        self, case: Snapshot, actor: Actor, post: str, form: Mapping[str, Any], now: dt.datetime, law: Law
    ) -> None:
        self.case = case
        self.actor = actor
        self.post = post
        self.form = form
        self.now = now
        self.law = law

    def deadline(self) -> dt.datetime | None:
        """What another system allows for the case: by a word of the platform now, else as it stood before."""
        told: dt.datetime | None = self.form.get("deadline") if self.actor.kind == "system" else None
        return told or self.case.deadline

    def running(self, kind: str) -> c.Clock | None:
        """The case's clock of this kind that has not been stopped; of handling clocks the one of the unit that has the case."""
        going = (k for k in self.case.clocks if k.kind == kind and k.stopped_at is None)
        return next((k for k in going if None in {k.unit, self.case.unit} or k.unit == self.case.unit), None)


def same_mode(actor: Actor, *, training: bool) -> None:
    """Who learns works on training cases only, everybody else on none of them."""
    if actor.kind == "account" and actor.training != training:
        raise Refused("training_only" if training else "training_off")


def words_or_picture(q: Question, _: str) -> None:
    if not str(q.form.get("words") or "").strip() and not q.form.get("pictures"):
        raise Refused("no_words")


def second_track(q: Question, _: str) -> None:
    if q.case.kind not in {"suggestion", "question"}:
        raise Refused("kind_differs", kind=KINDS[q.case.kind])


def answerable(q: Question, _: str) -> None:
    if q.case.kind in PROBLEMS - {"help"}:
        raise Refused("kind_differs", kind=KINDS[q.case.kind])


def problem(q: Question, _: str) -> None:
    if q.case.kind not in PROBLEMS:
        raise Refused("kind_differs", kind=KINDS[q.case.kind])


def problem_now(q: Question, _: str) -> None:
    """A question or suggestion goes into the loop only as the problem that it turned out to be."""
    kind = str(q.form.get("kind") or q.case.kind)
    if kind not in PROBLEMS:
        raise Refused("kind_differs", kind=KINDS[kind])


def future(q: Question, _: str) -> None:
    if not isinstance(q.form["until"], dt.datetime) or q.form["until"] <= q.now:
        raise Refused("bad_time", field="日期", why="要晚于现在")


def year_on(moment: dt.datetime) -> dt.datetime:
    """The same day and hour a year later; from 29 February to 1 March."""
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:
        return moment.replace(year=moment.year + 1, month=3, day=1)


def year(q: Question, _: str) -> None:
    if q.form["until"] > year_on(q.now):
        raise Refused("bad_time", field="日期", why="最长一年")


def still_ahead(q: Question, _: str) -> None:
    """What was asked for may have passed while the request waited."""
    if q.case.ask is not None and dt.datetime.fromisoformat(q.case.ask["until"]) <= q.now:
        raise Refused("bad_time", field="申请的日期", why="已经过了，请驳回，由单位重新申请")


def standard(q: Question, _: str) -> None:
    found = q.law.standard(int(q.form["standard"]))
    if found is None:
        raise Refused("no_standard")
    if found.category != (q.form.get("category") or q.case.category or found.category):
        raise Refused("other_standard")


def standard_kept(q: Question, _: str) -> None:
    """What an older system had filed comes in without a standard of ours and may go on."""
    if q.case.standard is None and not q.case.imported:
        raise Refused("no_standard")


def placed(q: Question, _: str) -> None:
    if not (q.case.placed or q.form.get("no_place") or q.form.get("lng") is not None or q.form.get("place")):
        raise Refused("no_place")


def own_unit(q: Question, _: str) -> None:
    if q.post in {"unit", "handler"} and (q.actor.unit is None or q.actor.unit != q.case.unit):
        raise Refused("not_yours")


def other_unit(q: Question, _: str) -> None:
    if int(q.form["unit"]) == q.case.unit:
        raise Refused("bad_choice", field="责任单位")


def own_task(q: Question, _: str) -> None:
    if q.case.task_account is not None and str(q.case.task_account) != q.actor.key:
        raise Refused("not_allowed", act="这项任务")


def somebody(q: Question, _: str) -> None:
    if not q.form.get("person") and not q.form.get("team"):
        raise Refused("missing", field="承办人或班组")


def within_days(q: Question, _: str) -> None:
    if q.actor.kind != "resident":
        return
    since = q.case.closed_at or q.case.ended_at
    days = q.law.settings["resident_days"]
    if since is not None and q.now > since + dt.timedelta(days=days):
        raise Refused("too_late", days=days)


def alone(q: Question, _: str) -> None:
    if q.case.followers:
        raise Refused("others_follow")


def not_returned(q: Question, _: str) -> None:
    if q.case.returned:
        raise Refused("returned")


def closing_condition(q: Question, _: str) -> None:
    """The one of the case's own standard; a case that came in without any takes the standard whose condition is met."""
    if q.case.standard is None and q.case.imported:
        found = q.law.standard(int(q.form["standard"]))
        if found is None or q.case.category not in {None, found.category}:
            raise Refused("no_closing_condition")
    elif q.case.standard is None or str(q.form["standard"]) != str(q.case.standard):
        raise Refused("no_closing_condition")


def called_back(q: Question, _: str) -> None:
    if not q.case.called_back:
        raise Refused("call_first")


def no_ask(q: Question, _: str) -> None:
    if q.case.ask is not None:
        raise Refused("ask_pending")


def suspendable(q: Question, _: str) -> None:
    if q.case.suspensions:
        raise Refused("suspended_once")
    _not_late(q)


def extendable(q: Question, _: str) -> None:
    if q.case.deadline is not None:
        raise Refused("outer_deadline")
    if q.case.extensions >= 2:
        raise Refused("extended_twice")
    _not_late(q)


def _not_late(q: Question) -> None:
    handling = q.running("handling")
    asked_at = q.case.ask.get("at") if q.case.ask else None
    moment = dt.datetime.fromisoformat(asked_at) if asked_at else q.now
    if handling is not None and c.is_late(handling, moment):
        raise Refused("overdue")


def asked(q: Question, which: str) -> None:
    kind, _, stage = which.partition(":")
    if q.case.ask is None or q.case.ask["kind"] != kind:
        raise Refused("no_ask")
    waiting = int(q.case.ask["stage"])
    if stage and waiting != int(stage):
        raise Refused("no_ask")
    if not stage and q.post == "dispatcher" and waiting != 0:
        raise Refused("no_ask")


def second_person(q: Question, _: str) -> None:
    if q.case.ask and q.actor.key in {q.case.ask.get("agreed_by"), q.case.ask.get("by")}:
        raise Refused("same_approver")


def was_overdue(q: Question, _: str) -> None:
    if not q.case.overdue:
        raise Refused("not_overdue")


def appeal_once(q: Question, _: str) -> None:
    if q.case.appealed:
        raise Refused("appealed")


def mergeable(q: Question, _: str) -> None:
    """The gateway has looked the main case up and put what matters into the form."""
    main = q.form.get("main_facts")
    if not main or main["state"] not in q.form["open_states"] or main["id"] == q.form["own_id"]:
        raise Refused("merge_self")
    if bool(main["training"]) != q.case.training:
        raise Refused("training_mix")
    if q.case.followers:
        raise Refused("has_followers")


GUARDS: Final[dict[str, Callable[[Question, str], None]]] = {
    f.__name__: f
    for f in (
        words_or_picture, second_track, answerable, problem, problem_now, future, year, still_ahead, standard, standard_kept, placed, own_unit,
        other_unit, own_task, somebody, within_days, alone, not_returned, closing_condition, called_back, no_ask,
        suspendable, extendable, asked, second_person, was_overdue, appeal_once, mergeable,
    )
}  # fmt: skip


def hold(names: tuple[str, ...], q: Question) -> None:
    """Let every named condition speak; the first that does not hold refuses."""
    for name in names:
        guard, _, rest = name.partition(":")
        GUARDS[guard](q, rest)

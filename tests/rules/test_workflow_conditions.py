"""What an act asks for and what stands in its way (要素与条件): one refusal each, by its code."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.rules.law import BEFORE, FORMS, LATER, LAW, NOW, PICTURE, actor, ask, case, clock, fitting

from xiucheng.rules import clocks as c
from xiucheng.rules.calendar import ZONE
from xiucheng.rules.refusals import SENTENCES, Refused
from xiucheng.rules.workflow import ROWS, Actor, Snapshot, decide
from xiucheng.rules.workflow.guards import year_on


def code(key: str, who: Actor, snapshot: Snapshot, form: dict[str, Any]) -> str:
    act, _, step = key.partition(".")
    try:
        decide(snapshot, act, who, form, NOW, LAW, step=step)
    except Refused as refusal:
        assert refusal.code in SENTENCES and refusal.zh and refusal.en
        return refusal.code
    return "done"


LATE = replace(clock("handling"), due_at=BEFORE)
REFUSALS: list[tuple[str, str, str, dict[str, Any], dict[str, Any], str]] = [
    # key, state, post, what is different in the case, what is different in the form, code
    ("submit", "", "resident", {}, {"words": "  "}, "no_words"),
    ("submit", "", "resident", {}, {"words": "", "pictures": PICTURE}, "done"),
    ("consider", "to_register", "operator", {"kind": "complaint"}, {}, "kind_differs"),
    ("consider", "to_register", "operator", {"kind": "praise"}, {}, "kind_differs"),
    ("consider", "to_register", "operator", {}, {"until": BEFORE}, "bad_time"),
    ("consider", "to_register", "operator", {}, {"until": NOW.replace(year=2027)}, "done"),
    ("consider", "to_register", "operator", {}, {"until": NOW.replace(year=2099)}, "bad_time"),
    ("answer", "to_register", "operator", {"kind": "complaint"}, {}, "kind_differs"),
    ("answer", "to_register", "operator", {"kind": "help"}, {}, "done"),
    ("answer", "considering", "unit", {"unit": 2}, {}, "not_yours"),
    ("verify", "verifying", "officer", {"task_account": 8}, {}, "not_allowed"),
    ("verify", "verifying", "officer", {"task_account": 7}, {}, "done"),
    ("verify", "verifying", "officer", {}, {"finding": "maybe"}, "bad_choice"),
    ("file", "to_file", "shift_leader", {"kind": "suggestion"}, {}, "kind_differs"),
    ("file", "to_file", "shift_leader", {}, {"standard": 77}, "no_standard"),
    ("file", "to_file", "shift_leader", {}, {"standard": 2}, "other_standard"),
    ("file", "to_file", "shift_leader", {}, {"standard": 2, "category": "C0102"}, "done"),
    ("file", "to_file", "shift_leader", {"placed": False}, {}, "no_place"),
    ("file", "to_file", "shift_leader", {"placed": False}, {"no_place": "全区都有"}, "done"),
    ("object", "refused", "resident", {"ended_at": NOW - dt.timedelta(days=16)}, {}, "too_late"),
    ("object", "refused", "shift_leader", {"ended_at": NOW - dt.timedelta(days=16)}, {}, "done"),
    ("withdraw", "to_file", "resident", {"followers": 1}, {}, "others_follow"),
    ("dispatch", "to_dispatch", "dispatcher", {"standard": None}, {}, "no_standard"),
    ("dispatch", "to_dispatch", "dispatcher", {"standard": None, "imported": True}, {}, "done"),
    ("sign", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("assign", "handling", "unit", {}, {"person": None}, "missing"),
    ("assign", "handling", "unit", {}, {"person": None, "team": "三班"}, "done"),
    ("assign", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("return", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("return", "handling", "unit", {}, {"reason": "   "}, "missing"),
    ("transfer", "handling", "dispatcher", {}, {"unit": 1}, "bad_choice"),
    ("feed_back", "handling", "handler", {"unit": 2}, {}, "not_yours"),
    ("feed_back", "handling", "handler", {}, {"pictures": []}, "no_picture"),
    ("check", "checking", "officer", {"task_account": 8}, {}, "not_allowed"),
    ("check", "checking", "officer", {}, {"condition": False}, "missing"),
    ("check", "checking", "officer", {}, {"pictures": []}, "no_picture"),
    ("rework", "checking", "officer", {"task_account": 8}, {}, "not_allowed"),
    ("rework", "checking", "officer", {}, {"pictures": []}, "no_picture"),
    ("rework", "to_close", "shift_leader", {}, {"pictures": []}, "done"),
    ("close", "to_close", "shift_leader", {"returned": True}, {}, "returned"),
    ("close", "to_close", "shift_leader", {}, {"standard": 2}, "no_closing_condition"),
    ("close", "to_close", "shift_leader", {"standard": None}, {}, "no_closing_condition"),
    ("close", "to_close", "shift_leader", {"standard": None, "imported": True}, {}, "done"),
    ("close", "to_close", "shift_leader", {"standard": None, "imported": True}, {"standard": 2}, "no_closing_condition"),
    ("close", "to_close", "shift_leader", {"standard": None, "imported": True}, {"standard": 77}, "no_closing_condition"),
    ("dispute", "closed", "resident", {"closed_at": NOW - dt.timedelta(days=16)}, {}, "too_late"),
    ("uphold", "disputed", "shift_leader", {"called_back": False}, {}, "call_first"),
    ("suspend.ask", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("suspend.ask", "handling", "unit", {"ask": ask("extend", 0)}, {}, "ask_pending"),
    ("suspend.ask", "handling", "unit", {"suspensions": 1}, {}, "suspended_once"),
    ("suspend.ask", "handling", "unit", {"clocks": (LATE,)}, {}, "overdue"),
    ("suspend.ask", "handling", "unit", {}, {"until": BEFORE}, "bad_time"),
    ("suspend.ask", "handling", "unit", {}, {"until": NOW + dt.timedelta(days=400)}, "bad_time"),
    ("suspend.ask", "to_dispatch", "dispatcher", {"ask": ask("suspend", 1)}, {}, "ask_pending"),
    ("suspend.ask", "to_dispatch", "dispatcher", {"suspensions": 1}, {}, "suspended_once"),
    ("suspend.ask", "to_dispatch", "dispatcher", {}, {"until": NOW + dt.timedelta(days=400)}, "bad_time"),
    ("suspend.agree", "handling", "dispatcher", {"ask": None}, {}, "no_ask"),
    ("suspend.agree", "handling", "dispatcher", {"ask": ask("extend", 0)}, {}, "no_ask"),
    ("suspend.agree", "handling", "dispatcher", {"ask": ask("suspend", 1)}, {}, "no_ask"),
    ("suspend.grant", "handling", "shift_leader", {"ask": ask("suspend", 0)}, {}, "no_ask"),
    ("suspend.grant", "handling", "shift_leader", {"ask": {**ask("suspend", 1), "agreed_by": "7"}}, {}, "same_approver"),
    ("suspend.grant", "handling", "shift_leader", {"ask": {**ask("suspend", 1), "by": "7"}}, {}, "same_approver"),
    ("suspend.grant", "handling", "shift_leader", {"suspensions": 1}, {}, "suspended_once"),
    ("suspend.grant", "handling", "shift_leader", {"ask": {**ask("suspend", 1), "until": BEFORE.isoformat()}}, {}, "bad_time"),
    ("suspend.ask", "handling", "unit", {}, {"until": NOW.replace(year=2027)}, "done"),
    ("suspend.ask", "handling", "unit", {}, {"until": NOW.replace(year=2027) + dt.timedelta(days=1)}, "bad_time"),
    ("suspend.deny", "handling", "dispatcher", {"ask": ask("suspend", 1)}, {}, "no_ask"),
    ("suspend.deny", "handling", "shift_leader", {"ask": None}, {}, "no_ask"),
    ("merge", "to_file", "operator", {"followers": 1}, {}, "has_followers"),
    ("merge", "to_file", "operator", {"training": True}, {}, "training_mix"),
    ("merge", "to_file", "operator", {}, {"own_id": 9}, "merge_self"),
    ("merge", "to_file", "operator", {}, {"main_facts": None}, "merge_self"),
    ("extend.ask", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("extend.ask", "handling", "unit", {"ask": ask("suspend", 0)}, {}, "ask_pending"),
    ("extend.ask", "handling", "unit", {"extensions": 2}, {}, "extended_twice"),
    ("extend.ask", "handling", "unit", {"clocks": (LATE,)}, {}, "overdue"),
    ("extend.ask", "handling", "unit", {"clocks": (replace(LATE, unit=2), clock("handling"))}, {}, "done"),
    ("extend.ask", "handling", "unit", {"clocks": (replace(clock("handling", paused=True), unit=2), LATE)}, {}, "overdue"),
    ("suspend.ask", "handling", "unit", {"clocks": (replace(LATE, unit=2), clock("handling"))}, {}, "done"),
    ("extend.agree", "handling", "dispatcher", {"ask": ask("suspend", 0)}, {}, "no_ask"),
    ("extend.grant", "handling", "shift_leader", {"ask": ask("extend", 0)}, {}, "no_ask"),
    ("extend.grant", "handling", "shift_leader", {"ask": {**ask("extend", 1), "agreed_by": "7"}}, {}, "same_approver"),
    ("extend.deny", "handling", "shift_leader", {"ask": ask("suspend", 1)}, {}, "no_ask"),
    ("note", "handling", "unit", {"unit": 2}, {}, "not_yours"),
    ("verdict", "closed", "resident", {"closed_at": NOW - dt.timedelta(days=16)}, {}, "too_late"),
    ("verdict", "closed", "resident", {}, {"rating": "9"}, "bad_choice"),
    ("call_back", "closed", "operator", {}, {"reached": "maybe"}, "bad_choice"),
    ("supervise", "handling", "leader", {}, {"level": "4"}, "bad_choice"),
    ("claim", "handling", "unit", {}, {"claim": "perhaps"}, "bad_choice"),
    ("appeal.ask", "closed", "unit", {"unit": 2}, {}, "not_yours"),
    ("appeal.ask", "closed", "unit", {"overdue": False}, {}, "not_overdue"),
    ("appeal.ask", "closed", "unit", {"appealed": True}, {}, "appealed"),
    ("appeal.ask", "closed", "unit", {"ask": ask("appeal", 0)}, {}, "ask_pending"),
    ("appeal.agree", "closed", "dispatcher", {"ask": None}, {}, "no_ask"),
    ("appeal.grant", "closed", "shift_leader", {"ask": ask("appeal", 0)}, {}, "no_ask"),
    ("appeal.grant", "closed", "shift_leader", {"ask": {**ask("appeal", 1), "agreed_by": "7"}}, {}, "same_approver"),
    ("appeal.deny", "closed", "dispatcher", {"ask": ask("appeal", 1)}, {}, "no_ask"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "state", "post", "differs", "changed", "expected"), REFUSALS)
def test_condition(
    key: str, state: str, post: str, differs: dict[str, Any], changed: dict[str, Any], expected: str
) -> None:
    snapshot = replace(fitting(key, state), **differs)
    asking = replace(actor(post), training=snapshot.training)
    assert code(key, asking, snapshot, {**FORMS[key], **changed}) == expected


@pytest.mark.parametrize(
    ("training", "expected"),
    [((False, True), "training_only"), ((True, False), "training_off"), ((True, True), "done")],
)
def test_who_learns_acts_on_training_cases_only(training: tuple[bool, bool], expected: str) -> None:
    asking = replace(actor("operator"), training=training[0])
    case = replace(fitting("register", "to_register"), training=training[1])
    assert code("register", asking, case, FORMS["register"]) == expected


REQUIRED = {
    "refuse": {"reason", "whose"}, "consider": {"unit", "until"}, "answer": {"words"}, "verify": {"finding", "pictures"},
    "file": {"standard"}, "decline": {"reason", "words"}, "object": {"words"}, "dispatch": {"unit"}, "return": {"reason"},
    "transfer": {"unit", "reason"}, "feed_back": {"pictures", "words"}, "check": {"pictures", "condition"},
    "rework": {"reason", "pictures"}, "close": {"standard"}, "dispute": {"words"}, "reopen": {"unit"},
    "uphold": {"reason"}, "suspend.ask": {"reason", "until"}, "suspend.deny": {"reason"}, "merge": {"main"},
    "unmerge": {"reason"}, "void": {"reason"}, "extend.ask": {"reason"}, "extend.deny": {"reason"},
    "supplement": {"words"}, "note": {"words"}, "supervise": {"level", "words"}, "claim": {"claim"},
    "call_back": {"reached"}, "verdict": {"rating"}, "appeal.ask": {"reason"}, "appeal.deny": {"reason"},
}  # fmt: skip


def test_required_fields_are_these() -> None:
    law: dict[str, set[str]] = {}
    for row in ROWS:
        if needed := {n.name for n in row.needs if n.required}:
            law[row.key] = law.get(row.key, set()) | needed
    assert law == REQUIRED


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, names in sorted(REQUIRED.items()) for name in sorted(names)]
)
def test_form_without_a_required_field_is_refused(key: str, name: str) -> None:
    row = next(r for r in ROWS if r.key == key and any(n.name == name and n.required for n in r.needs))
    post = next(p for p in ("shift_leader", *sorted(row.who)) if p in row.who)
    state = sorted(row.sources)[0]
    form = {k: v for k, v in FORMS[key].items() if k != name}
    assert code(key, actor(post), fitting(key, state), form) == ("no_picture" if name == "pictures" else "missing")


def test_too_long_reason_is_refused() -> None:
    assert code("return", actor("unit"), case("handling"), {"reason": "长" * 1001}) == "too_long"


def effect(key: str, state: str, post: str, **differs: Any) -> dict[str, str]:
    """What became of the case's clocks: kind → running, paused, or how it ended."""
    act, _, step = key.partition(".")
    form = {**FORMS[key], **differs.pop("form", {})}
    done = decide(replace(fitting(key, state), **differs), act, actor(post), form, NOW, LAW, step=step)
    return {k.kind: k.outcome or ("running" if k.running_since else "paused") for k in done.clocks}


CLOCKS: list[tuple[str, str, str, dict[str, str]]] = [
    ("submit", "", "resident", {"registration": "running"}),
    ("register", "to_register", "operator", {"registration": "on_time", "filing": "running"}),
    ("refuse", "to_register", "operator", {"registration": "on_time"}),
    ("consider", "to_register", "operator", {"registration": "on_time", "reply": "running"}),
    ("answer", "considering", "unit", {"reply": "on_time"}),
    ("send_verify", "to_file", "operator", {"filing": "paused", "verification": "running"}),
    ("verify", "verifying", "officer", {"filing": "running", "verification": "on_time"}),
    ("file", "to_file", "shift_leader", {"filing": "on_time", "dispatch": "running"}),
    ("decline", "to_file", "shift_leader", {"filing": "on_time"}),
    ("object", "refused", "resident", {"filing": "running"}),
    ("withdraw", "to_file", "resident", {"filing": "on_time"}),
    ("dispatch", "to_dispatch", "dispatcher", {"handling": "running", "dispatch": "on_time"}),
    ("sign", "handling", "unit", {"handling": "running"}),
    ("return", "handling", "unit", {"handling": "paused", "dispatch": "running"}),
    ("feed_back", "handling", "handler", {"handling": "on_time", "closing": "running"}),
    ("send_check", "to_check", "operator", {"handling": "on_time", "closing": "paused", "check": "running"}),
    ("check", "checking", "officer", {"handling": "on_time", "closing": "running", "check": "on_time"}),
    ("rework", "checking", "officer", {"handling": "running", "closing": "on_time", "check": "on_time"}),
    ("rework", "to_close", "shift_leader", {"handling": "running", "closing": "on_time"}),
    ("close", "to_close", "shift_leader", {"handling": "on_time", "closing": "on_time"}),
    ("dispute", "closed", "resident", {"dispute": "running"}),
    ("reopen", "disputed", "shift_leader", {"dispute": "on_time", "handling": "running"}),
    ("uphold", "disputed", "shift_leader", {"dispute": "on_time"}),
    ("suspend.grant", "handling", "shift_leader", {"handling": "paused"}),
    ("resume", "suspended", "dispatcher", {"handling": "running"}),
    ("merge", "handling", "operator", {"handling": "merged"}),
    ("void", "handling", "shift_leader", {"handling": "on_time"}),
    ("supervise", "handling", "leader", {"handling": "running", "answer_by": "running"}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "state", "post", "expected"), CLOCKS)
def test_clocks_after_an_act(key: str, state: str, post: str, expected: dict[str, str]) -> None:
    assert effect(key, state, post) == expected


def test_transfer_drops_the_old_units_clock_without_blame() -> None:
    done = decide(case("handling"), "transfer", actor("dispatcher"), FORMS["transfer"], NOW, LAW)
    assert [(k.unit, k.outcome) for k in done.clocks] == [(1, "dropped"), (2, "")]


def test_other_unit_after_a_return_gets_a_new_clock() -> None:
    done = decide(case("to_dispatch"), "dispatch", actor("dispatcher"), {"unit": 2}, NOW, LAW)
    assert [(k.kind, k.unit, k.outcome) for k in done.clocks if k.kind == "handling"] == [
        ("handling", 1, ""), ("handling", 2, ""),
    ]  # fmt: skip


def test_claim_answers_the_supervision() -> None:
    waiting = (*case("handling").clocks, c.start(LAW.calendar, "answer_by", 7200, "working", BEFORE))
    done = decide(case("handling", clocks=waiting), "claim", actor("unit"), FORMS["claim"], NOW, LAW)
    assert {k.kind: k.outcome for k in done.clocks} == {"handling": "", "answer_by": "on_time"}


def test_first_step_standard_starts_two_clocks_and_a_note_stops_one() -> None:
    sent = decide(
        case("to_dispatch", standard=3, clocks=(clock("dispatch"),)),
        "dispatch",
        actor("dispatcher"),
        {"unit": 1},
        NOW,
        LAW,
    )
    assert {k.kind: k.limit for k in sent.clocks if not k.outcome} == {"handling": 8 * 3600, "first_step": 3600}
    noted = decide(
        case("handling", standard=3, clocks=sent.clocks),
        "note",
        actor("unit"),
        {"words": "已制止", "stopped": True},
        NOW,
        LAW,
    )
    assert {k.kind: k.outcome for k in noted.clocks}["first_step"] == "on_time"


def test_granted_extension_adds_one_original_limit() -> None:
    done = decide(case("handling", ask=ask("extend", 1)), "extend", actor("shift_leader"), {}, NOW, LAW, step="grant")
    before = case("handling").clocks[0]
    assert (done.clocks[0].limit - before.limit, done.changes["extensions"], done.changes["ask"]) == (
        16 * 3600,
        1,
        None,
    )


def test_late_feedback_is_frozen_as_overdue() -> None:
    late = decide(case("handling", clocks=(LATE,)), "feed_back", actor("handler"), FORMS["feed_back"], NOW, LAW)
    assert (late.changes["overdue"], late.clocks[0].outcome) == (True, "overdue")


def test_unmerge_gives_the_clocks_back() -> None:
    merged = decide(case("handling"), "merge", actor("operator"), FORMS["merge"], NOW, LAW)
    back = decide(case("merged", clocks=merged.clocks), "unmerge", actor("operator"), FORMS["unmerge"], NOW, LAW)
    assert (back.clocks, back.to) == (case("handling").clocks, "handling")


def test_a_dispute_gives_a_pending_appeal_back() -> None:
    """The case is open again: nothing pending stands in the way of extension, and the unit may appeal at the next closing."""
    pending = replace(case("closed"), overdue=True, appealed=True, ask=ask("appeal", 1))
    disputed = decide(pending, "dispute", actor("resident"), FORMS["dispute"], NOW, LAW)
    assert (disputed.changes["ask"], disputed.changes["appealed"]) == (None, False)
    without = decide(replace(case("closed"), appealed=True), "dispute", actor("resident"), FORMS["dispute"], NOW, LAW)
    assert not {"ask", "appealed"} & set(without.changes)


@pytest.mark.parametrize(
    ("day", "last"), [((2028, 2, 29), (2029, 3, 1)), ((2026, 11, 24), (2027, 11, 24)), ((2027, 12, 31), (2028, 12, 31))]
)
def test_a_year_ends_on_the_same_day(day: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    """A leap year is not a day longer than the calendar says."""
    assert year_on(dt.datetime(*day, 10, tzinfo=ZONE)) == dt.datetime(*last, 10, tzinfo=ZONE)


CHANGES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("register", "to_register", "operator", {"state": "to_file", "category": "C0101"}),
    ("answer", "to_register", "operator", {"state": "answered", "answer": "已安排", "ended_at": NOW}),
    ("refuse", "to_register", "operator", {"state": "refused", "answer": "不归我们 供电局", "ended_at": NOW}),
    ("decline", "to_file", "shift_leader", {"state": "declined", "answer": "谢谢", "ended_at": NOW}),
    ("consider", "to_register", "operator", {"state": "considering", "unit": 2}),
    ("file", "to_file", "system", {
        "state": "to_dispatch", "standard": 1, "category": "C0101", "filed_at": NOW, "by_system": True}),
    ("dispatch", "to_dispatch", "dispatcher", {
        "state": "handling", "unit": 1, "helpers": [], "dispatched_at": NOW, "signed_at": None, "handler": None,
        "team": "", "returned": False}),
    ("sign", "handling", "unit", {"signed_at": NOW}),
    ("assign", "handling", "unit", {"handler": 12}),
    ("return", "handling", "unit", {"state": "to_dispatch", "returned": True, "returns": 1, "signed_at": None}),
    ("feed_back", "handling", "handler", {"state": "to_check", "fed_back_at": NOW, "overdue": False}),
    ("rework", "to_close", "shift_leader", {"state": "handling", "reworks": 1, "fed_back_at": None}),
    ("close", "to_close", "shift_leader", {"state": "closed", "closed_at": NOW, "ended_at": NOW}),
    ("uphold", "disputed", "shift_leader", {"state": "closed", "ended_at": NOW}),
    ("dispute", "closed", "resident", {"state": "disputed", "ended_at": None}),
    ("suspend.grant", "handling", "shift_leader", {
        "state": "suspended", "suspended_until": LATER, "suspensions": 1, "prior_state": "handling", "ask": None}),
    ("resume", "suspended", "dispatcher", {"state": "handling", "suspended_until": None, "prior_state": ""}),
    ("merge", "to_file", "operator", {"state": "merged", "main": 9, "prior_state": "to_file", "ended_at": NOW}),
    ("supervise", "handling", "leader", {"level": 1}),
    ("verdict", "closed", "resident", {"satisfaction": 5}),
    ("appeal.grant", "closed", "shift_leader", {"excused": True, "ask": None}),
    ("appeal.deny", "closed", "shift_leader", {"ask": None}),
    ("extend.deny", "handling", "shift_leader", {"ask": None}),
    ("suspend.deny", "handling", "shift_leader", {"ask": None}),
    ("urge", "handling", "resident", {}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "state", "post", "expected"), CHANGES)
def test_changed_fields(key: str, state: str, post: str, expected: dict[str, Any]) -> None:
    act, _, step = key.partition(".")
    done = decide(fitting(key, state), act, actor(post), FORMS[key], NOW, LAW, step=step)
    assert dict(done.changes) == expected


@pytest.mark.parametrize(
    ("own", "others", "mean"), [("5", [], 5), ("2", [5], 4), ("1", [5, 5, 2], 3), ("1", [1, 2], 1)]
)
def test_verdict_of_a_case_is_the_mean_of_all_who_gave_one(own: str, others: list[int], mean: int) -> None:
    form = {"rating": own, "other_ratings": others}
    done = decide(fitting("verdict", "closed"), "verdict", actor("resident"), form, NOW, LAW)
    assert (dict(done.changes), done.facts["rating"]) == ({"satisfaction": mean}, own)

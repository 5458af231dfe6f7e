"""Any walk through the workflow (随机走): history folds back into the case, the chain holds, the clocks are right, the case can end."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.district import District
from tests.house import fold, shadow
from tests.house.shadow import Limit
from tests.house.stepper import ZONE, Stepper

from xiucheng.cases import actions
from xiucheng.cases.actions.load import view
from xiucheng.cases.models import Case, Clock, Report
from xiucheng.city import clock, registers
from xiucheng.city.models import Standard
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import KINDS, OPEN, ROWS, SETTINGS, STATES, Actor, Row, find, offers

START = dt.datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
MINUTES = {name: seconds // 60 for name, seconds in SETTINGS.items()}
WALKS = settings(
    max_examples=35,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
PICTURE = {"sha256": "c" * 64, "original_sha256": "d" * 64, "width": 4, "height": 3}
QUIET = frozenset({"note", "urge", "supplement", "void", "withdraw", "supervise", "import"})
"""Acts that end a walk or move nothing; they still come as wrong steps."""
COMMON = frozenset({"merge", "claim", "unmerge", "decline", "refuse"})
FINISH = {
    "to_register": ("register", "operator"), "considering": ("answer", "operator"), "to_file": ("file", "shift_leader"),
    "verifying": ("verify", "officer"), "to_dispatch": ("dispatch", "dispatcher"), "handling": ("feed_back", "handler"),
    "to_check": ("send_check", "operator"), "checking": ("check", "officer"), "to_close": ("close", "shift_leader"),
    "suspended": ("resume", "dispatcher"), "disputed": ("reopen", "shift_leader"),
}  # fmt: skip


@pytest.fixture
def still(settings: Any) -> Iterator[None]:
    """The service's clock stands where the walk puts it."""
    settings.DEMO = True
    yield
    clock._seen.until, clock._seen.row = 0.0, None


def first_step(district: District) -> int:
    made = Standard.objects.create(
        category_id=district.category, code="C0101-3", filing_condition="护栏挡住出口", limit_text="1紧急工作时制止",
        clock="natural", limit_seconds=3600, first_step=True, closing_condition="出口畅通",
    )  # fmt: skip
    registers.touch()
    return int(made.id)


class Walk:
    """One case, the people around it, and its shadow."""

    def __init__(self, people: dict[str, Actor], district: District, urgent: int, kind: str) -> None:
        self.people, self.district = people, district
        self.limits = {
            district.standard: Limit(16 * 60, "working"),
            district.urgent_standard: Limit(2 * 60, "natural"),
            urgent: Limit(60, "natural", first_step=True),
        }
        self.stepper = Stepper(START, MINUTES)
        self.set_time()
        given_report = actions.Submission(channel="web", kind=kind, words="护栏倒了", lng=106.57, lat=29.53)
        self.main = actions.submit(given_report, people["resident"]).case_id
        self.id = actions.submit(given_report, people["resident"]).case_id
        shadow.apply(self.stepper, ROWS[0], {}, None, None)

    def set_time(self) -> None:
        clock.set_demo_clock(shown_at=self.stepper.now, rate=0.0)

    @property
    def row(self) -> Case:
        return Case.objects.get(id=self.id)

    def form(self, row: Row, data: st.DataObject) -> dict[str, Any]:
        """A complete form for this row, with choices drawn."""
        units = [self.district.unit, self.district.other_unit]
        made: dict[str, Any] = {}
        for need in row.needs:
            if need.kind == "choice":
                made[need.name] = data.draw(st.sampled_from([c[0] for c in need.choices]))
            elif need.kind == "unit":
                made["unit"] = data.draw(st.sampled_from(units))
            elif need.kind == "date":
                made["until"] = self.stepper.now + dt.timedelta(days=data.draw(st.integers(0, 5)), hours=1)
            elif need.kind == "flag":
                made[need.name] = need.required or data.draw(st.booleans())
        made |= {n.name: "写明原因" for n in row.needs if n.kind == "text"}
        made |= {n.name: [PICTURE] for n in row.needs if n.kind == "picture"}
        made |= {n.name: self.main for n in row.needs if n.kind == "case"}
        made |= {n.name: self.district.category for n in row.needs if n.kind == "category"}
        if any(n.kind == "standard" for n in row.needs):
            own = self.row.standard_id
            made["standard"] = own if row.act == "close" else data.draw(st.sampled_from(sorted(self.limits)))
        if any(n.kind == "person" for n in row.needs):
            made["person"] = "4" if row.act.startswith("send") else 12
        return made

    def act(self, row: Row, actor: Actor, form: dict[str, Any]) -> str:
        """Carry the act out on the case and on its shadow; a refusal changes neither."""
        before = self.row
        try:
            actions.act(self.id, row.act, actor, form, step=row.step)
        except Refused as refusal:
            assert (self.row.version, self.row.state) == (before.version, before.state)
            return refusal.code
        standard = before.standard_id if before.standard_id is not None else form.get("standard")
        limit = self.limits.get(standard) if standard is not None and before.standard_id is not None else None
        seen = form if actor.posts & {"unit", "handler", "officer"} else {**form, "stopped": False}
        shadow.apply(self.stepper, row, seen, before.unit_id, limit)
        return "done"

    def advance(self, minutes: int) -> None:
        self.stepper.advance(minutes)
        self.set_time()


def check_history(walk: Walk) -> None:
    history = fold.rows(walk.id)
    kept = fold.stored(walk.id)
    assert fold.fold(history) == fold.seen(kept)
    assert fold.chain(history, Report.objects.get(case_id=walk.id).token) == [row["hash"] for row in history]
    assert (kept["history_hash"], kept["version"]) == (history[-1]["hash"], len(history))


def check_clocks(walk: Walk) -> None:
    rows = list(Clock.objects.filter(case_id=walk.id).order_by("id"))
    assert [(r.kind, r.clock, r.limit // 60, r.unit_id) for r in rows] == [
        (s.kind, s.clock, s.limit, s.unit) for s in walk.stepper.clocks
    ]
    for kept, slow in zip(rows, walk.stepper.clocks, strict=True):
        assert (kept.outcome, kept.stopped_at is not None) == (slow.outcome, slow.stopped)
        if slow.outcome in {"on_time", "overdue"} or (slow.open and not slow.running):
            assert kept.used == slow.used * 60
        if slow.open and slow.running and slow.due is not None:
            assert kept.due_at == slow.due


def straight_to_the_end(walk: Walk) -> str:
    """What a diligent centre would do from here; gives the state after at most twenty acts."""
    for _ in range(20):
        case = walk.row
        if case.state not in OPEN:
            break
        act, who = FINISH[case.state]
        actor = walk.people[who]
        form: dict[str, Any] = {
            "words": "办好了", "reason": "说明", "pictures": [PICTURE], "finding": "found", "condition": True,
            "unit": walk.district.unit, "standard": case.standard_id or walk.district.standard,
        }  # fmt: skip
        if case.state == "to_file" and case.kind not in {"complaint", "help"}:
            act = "decline"
        if case.state == "handling":
            actor = Actor("account", "12", frozenset({"handler"}), unit=case.unit_id)
        walk.act(next(r for r in [find(act, "", case.state)] if r is not None), actor, form)
    return walk.row.state


def next_step(walk: Walk, data: st.DataObject) -> tuple[Row, Actor]:
    """Half of the steps lead on, most others are some act that somebody may do, a few are what nobody may."""
    state = walk.row.state
    way = data.draw(st.sampled_from(["on", "on", "side", "side", "wrong"]))
    if way == "on" and state in FINISH:
        act, who = FINISH[state]
        row = find(act, "", state)
        assert row is not None
        return row, walk.people[who]
    everybody = [walk.people[name] for name in sorted(walk.people)]
    snapshot = view(walk.id).snapshot
    possible = {(r.key, a.key): (r, a) for a in everybody for r in offers(snapshot, a) if r.act not in QUIET}
    if way == "wrong" or not possible:
        return data.draw(st.sampled_from(ROWS[1:-1])), data.draw(st.sampled_from(everybody))
    keys = sorted({key for key, _ in possible})
    waiting = [key for key in keys if key.endswith((".agree", ".grant", ".deny"))]
    keys = waiting or [key for key in keys if key not in COMMON] * 3 + keys
    key = data.draw(st.sampled_from(keys))
    return data.draw(st.sampled_from([possible[found] for found in sorted(possible) if found[0] == key]))


@WALKS
@given(data=st.data(), kind=st.sampled_from(["complaint"] * 6 + sorted(KINDS)))
def test_any_walk_stays_on_the_map(
    still: None, people: dict[str, Actor], district: District, data: st.DataObject, kind: str
) -> None:
    urgent = Standard.objects.filter(code="C0101-3").values_list("id", flat=True).first() or first_step(district)
    walk = Walk(people, district, urgent, kind)
    for _ in range(data.draw(st.integers(4, 24))):
        walk.advance(data.draw(st.sampled_from([0, 5, 20, 61, 300, 1500])))
        row, actor = next_step(walk, data)
        walk.act(row, actor, walk.form(row, data))
        assert walk.row.state in STATES
        check_clocks(walk)
    check_history(walk)
    assert straight_to_the_end(walk) not in OPEN
    check_history(walk)
    check_clocks(walk)


def test_fold_notices_a_changed_row(still: None, people: dict[str, Actor], district: District) -> None:
    walk = Walk(people, district, first_step(district), "complaint")
    actions.act(walk.id, "register", people["operator"], {"category": district.category})
    Case.objects.filter(id=walk.id).update(urgency=2)
    assert fold.fold(fold.rows(walk.id)) != fold.seen(fold.stored(walk.id))


def test_chain_notices_a_changed_word(still: None, people: dict[str, Actor], district: District) -> None:
    walk = Walk(people, district, first_step(district), "complaint")
    actions.act(walk.id, "note", people["operator"], {"words": "原话"})
    history = fold.rows(walk.id)
    token = Report.objects.get(case_id=walk.id).token
    history[1]["words"] = "改过的话"
    assert fold.chain(history, token)[1] != history[1]["hash"]


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_leads_to_an_end(state: str) -> None:
    """Walk the table backwards from the ends: every open state is met without `void`."""
    good = {"closed", "answered", "declined", "refused"}
    grown = True
    while grown:
        before = set(good)
        for row in ROWS:
            to = row.to if row.to not in {"=", "<"} else "to_dispatch" if row.act == "resume" else ""
            if to in good and row.act not in {"void", "import"}:
                good |= row.sources
        grown = good != before
    assert state in good

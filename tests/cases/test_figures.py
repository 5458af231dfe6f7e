"""Daily figures: what the relay adds up is what the history says."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import transaction
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.actions import changes, recompute
from xiucheng.cases.actions.figures import Event, measures, sums_of
from xiucheng.cases.models import Case, Clock, DayFigure
from xiucheng.city import clock
from xiucheng.desk import figures as desk
from xiucheng.rules.workflow import Actor

AT = dt.datetime(2026, 3, 2, 17, 0, tzinfo=dt.UTC)
LASTING = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
RAIL = actions.Submission(channel="web", kind="complaint", words="护栏倒了", lng=106.57, lat=29.53, street="500108001")


def _figures() -> dict[str, int]:
    found: dict[str, int] = {}
    for measure, count in DayFigure.objects.values_list("measure", "count"):
        found[measure] = found.get(measure, 0) + count
    return found


def _stored() -> list[tuple[object, ...]]:
    return sorted(
        DayFigure.objects.values_list(
            "day", "measure", "street", "unit_id", "category_id", "channel", "count", "seconds"
        )
    )


def _walk(people: dict[str, Actor], district: District, given: actions.Submission = RAIL) -> None:
    case = actions.submit(given, people["resident"]).case_id
    picture = ["a" * 64]
    for act, who, form in (
        ("register", "operator", {"category": district.category}),
        ("file", "shift_leader", {"standard": district.standard}),
        ("dispatch", "dispatcher", {"unit": district.other_unit}),
        ("return", "other_unit", {"reason": "不是我们的"}),
        ("dispatch", "dispatcher", {"unit": district.unit}),
        ("transfer", "dispatcher", {"unit": district.other_unit, "reason": "改派"}),
        ("transfer", "dispatcher", {"unit": district.unit, "reason": "改回"}),
        ("sign", "handler", {}),
        ("feed_back", "handler", {"pictures": picture, "words": "已扶正"}),
        ("send_check", "operator", {"person": "4"}),
        ("rework", "officer", {"reason": "没扶正", "pictures": picture}),
        ("feed_back", "handler", {"pictures": picture, "words": "已扶正"}),
        ("send_check", "operator", {"person": "4"}),
        ("check", "officer", {"pictures": picture, "condition": True}),
        ("close", "shift_leader", {"standard": district.standard}),
        ("verdict", "resident", {"rating": "5"}),
    ):
        actions.act(case, act, people[who], form)


def _relay() -> int:
    with transaction.atomic():
        return len(changes.take())


def test_measures_of_feedback_in_time() -> None:
    assert list(measures(Event(AT, "feed_back", seconds=60))) == [("fed_back", 60), ("on_time", 0)]


def test_measures_of_feedback_overdue() -> None:
    assert list(measures(Event(AT, "feed_back", overdue=True))) == [("fed_back", 0), ("overdue", 0)]


def test_measures_of_a_good_verdict() -> None:
    assert list(measures(Event(AT, "verdict", satisfaction=4))) == [("rated", 4), ("satisfied", 0)]


def test_measures_of_an_asked_extension_are_none() -> None:
    assert list(measures(Event(AT, "extend", "ask"))) == []


def test_sums_count_by_the_districts_day() -> None:
    assert [key.day for key in sums_of([Event(AT, "submit")])] == [dt.date(2026, 3, 3)]


def test_sums_leave_training_out() -> None:
    assert sums_of([Event(AT, "submit", training=True)]) == {}


def test_return_counts_for_the_unit_that_returned() -> None:
    assert [key.unit for key in sums_of([Event(AT, "return", unit=1, was_unit=2)])] == [2]


def test_take_counts_the_whole_way(people: dict[str, Actor], district: District) -> None:
    _walk(people, district)
    assert (_relay(), _relay()) == (17, 0)
    assert _figures() == {
        "reported": 1, "registered": 1, "filed": 1, "dispatched": 2, "returned": 1, "transferred": 2, "signed": 1,
        "fed_back": 2, "on_time": 2, "reworked": 1, "checked": 1, "closed": 1, "rated": 1, "satisfied": 1,
    }  # fmt: skip


def _rated(people: dict[str, Actor], district: District) -> None:
    """Two residents give the same verdict; a rating that comes with another act is none."""
    _walk(people, district)
    case = Case.objects.get().id
    actions.act(case, "verdict", Actor("resident", "SECOND"), {"rating": "5"})
    actions.act(case, "dispute", Actor("resident", "SECOND"), {"words": "又歪了", "rating": "1"})


def test_same_verdict_of_two_residents_counts_twice(people: dict[str, Actor], district: District) -> None:
    _rated(people, district)
    _relay()
    found = _figures()
    assert (found["rated"], found["satisfied"]) == (2, 2)


def test_training_never_counts(people: dict[str, Actor], district: District) -> None:
    actions.submit(actions.Submission(channel="web", kind="complaint", words="练习", training=True), people["resident"])
    _relay()
    assert _figures() == {}


@LASTING
@pytest.mark.usefixtures("lasting")
def test_recompute_agrees_with_the_relay(people: dict[str, Actor], district: District) -> None:
    _rated(people, district)
    _relay()
    before = _stored()
    recompute.recompute()
    assert _stored() == before


@LASTING
@pytest.mark.usefixtures("lasting")
def test_recompute_leaves_waiting_changes_to_the_relay(people: dict[str, Actor], district: District) -> None:
    _walk(people, district)
    recompute.recompute()
    nothing = _stored()
    _relay()
    after_relay = _figures()
    recompute.recompute()
    assert (nothing, after_relay) == ([], _figures())


@LASTING
@pytest.mark.usefixtures("lasting")
def test_granted_appeal_takes_the_lateness_out_of_the_shares(people: dict[str, Actor], district: District) -> None:
    case = _late_and_closed(people, district)
    today = clock.today()
    _relay()
    before = desk.days(today, today)[0].on_time, desk.units(today, today)[0].on_time
    for step, who, form in (
        ("ask", "unit", {"reason": "停电"}),
        ("agree", "dispatcher", {}),
        ("grant", "shift_leader", {}),
    ):
        actions.act(case, "appeal", people[who], form, step=step)
    _relay()
    after = desk.days(today, today)[0].on_time, desk.units(today, today)[0].on_time
    kept = _stored()
    recompute.recompute()
    assert (before, after, _stored() == kept) == ((0.0, 0.0), (1.0, 1.0), True)


def _late_and_closed(people: dict[str, Actor], district: District) -> int:
    case = actions.submit(RAIL, people["resident"]).case_id
    for act, who, form in (
        ("register", "operator", {"category": district.category}),
        ("file", "shift_leader", {"standard": district.standard}),
        ("dispatch", "dispatcher", {"unit": district.unit}),
    ):
        actions.act(case, act, people[who], form)
    Clock.objects.filter(kind="handling").update(due_at=clock.now() - dt.timedelta(minutes=1))
    for act, who, form in (
        ("feed_back", "handler", {"pictures": ["a" * 64], "words": "已扶正"}),
        ("send_check", "operator", {"person": "4"}),
        ("check", "officer", {"pictures": ["a" * 64], "condition": True}),
        ("close", "shift_leader", {"standard": district.standard}),
    ):
        actions.act(case, act, people[who], form)
    return case


def test_granted_appeal_counts_for_the_day_of_the_late_feedback() -> None:
    facts = {"act": "appeal", "step": "grant", "of": AT.isoformat(), "overdue": True}
    sums = sums_of(changes.events([(1, AT + dt.timedelta(days=9), facts)]))
    assert [(str(k.day), k.measure) for k in sums] == [("2026-03-03", "excused")]


def test_import_counts_by_its_own_days() -> None:
    after = {
        "opened_at": "2020-01-05T02:00:00+00:00",
        "fed_back_at": "2020-01-05T03:00:00+00:00",
        "closed_at": "2020-01-06T02:00:00+00:00",
    }
    sums = sums_of(changes.of_import(after, Event(clock.now(), "import", channel="import")))
    assert sorted((str(k.day), k.measure, v[1]) for k, v in sums.items()) == [
        ("2020-01-05", "fed_back", 3600),
        ("2020-01-05", "on_time", 0),
        ("2020-01-05", "reported", 0),
        ("2020-01-06", "closed", 86400),
    ]

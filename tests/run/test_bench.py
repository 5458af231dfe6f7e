"""The bench: loaded cases are true cases; figures are computed as they say."""

import datetime as dt
from pathlib import Path

import orjson
import pytest
from django.db import connection
from tests.service import command, copied

from xiucheng.cases.actions.chain import plain
from xiucheng.cases.models import Case
from xiucheng.run.bench import check, loader, patterns, report, scenes
from xiucheng.run.bench.measure import Row, summary


def test_summary_is_by_nearest_rank() -> None:
    assert summary([float(n) for n in range(1, 101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "slowest": 100.0}


def test_table_shows_only_columns_that_are_used() -> None:
    assert report.table([Row("x", {"p50": 1.5}, "a", True, "b")]) == [
        ["", "measured", "p50", "aim", "peer"],
        ["✔", "x", "1.5", "a", "b"],
    ]


def _pattern() -> patterns.Pattern:
    """A case that was reported and registered, as the gateway leaves it."""
    at = dt.datetime(2024, 3, 4, 1, 0, tzinfo=dt.UTC)
    case = dict.fromkeys([f.column for f in Case._meta.concrete_fields])
    case |= {
        "number": "A", "state": "to_file", "version": 2, "kind": "complaint", "source": "public", "channel": "web",
        "helpers": [], "team": "", "summary": "路灯不亮", "place": "p", "no_place": "", "street": "", "community": "",
        "cell": "", "outside": False, "component": "", "urgency": 0, "flags": [], "opened_at": at, "overdue": False,
        "excused": False, "appealed": False, "returns": 0, "returned": False, "reworks": 0, "extensions": 0,
        "suspensions": 0, "prior_state": "", "level": 0, "answer": "", "public": "hidden", "by_system": False,
        "training": False, "imported": False, "history_hash": b"",
    }  # fmt: skip
    told = {
        "kind": "complaint", "source": "public", "channel": "web", "summary": "路灯不亮", "opened_at": plain(at),
        "state": "to_register",
    }  # fmt: skip
    row = {
        "at": at, "step": "", "actor_kind": "resident", "actor_key": "", "post": "resident", "before": {}, "words": "",
        "facts": {},
    }  # fmt: skip
    history = [
        {**row, "seq": 1, "act": "submit", "from_state": "", "to_state": "to_register", "after": told},
        {**row, "seq": 2, "act": "register", "from_state": "to_register", "to_state": "to_file",
         "after": {"state": "to_file"}},
    ]  # fmt: skip
    said = {
        "id": 1, "case_id": 1, "token": "t", "channel": "web", "external_key": None, "kind": "complaint",
        "said_at": at, "received_at": at, "words_sealed": b"x", "contact_sealed": None, "phone_blind": None,
        "raw_sealed": None, "place": "p", "original_point": None, "taken_by": None, "share_contact": False,
        "reply_channel": "", "reply_until": None, "language": "zh-hans", "public_words": "", "public": "hidden",
    }  # fmt: skip
    rows = {"cases_case": [case], "cases_report": [said], "cases_clock": [], "cases_task": [], "case_history": history}
    return patterns.Pattern("to_file", "路灯不亮", rows)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, db: None) -> loader.Loader:
    """A loader with one model case and one place."""
    spot = patterns.Spot(106.57, 29.53, 11863318.0, 3445000.0, "500108001", "500108001001", "", "南坪西路 3号")
    monkeypatch.setattr(loader, "patterns", lambda chance: ([_pattern()], [_pattern()]))
    monkeypatch.setattr(loader, "spots", lambda chance: [spot])
    monkeypatch.setattr(loader, "_weights", lambda group, shares: [1.0] * len(group))
    return loader.Loader()


def test_stamped_cases_pass_the_replay(small: loader.Loader) -> None:
    small._copy(1, 20)
    assert [check.faults(n) for n in range(1, 21)] == [[]] * 20


def test_stamped_cases_have_numbers_of_their_own(small: loader.Loader) -> None:
    small._copy(1, 20)
    assert Case.objects.values("number").distinct().count() == 20


def test_replay_finds_a_case_that_was_tampered_with(small: loader.Loader) -> None:
    small._copy(1, 1)
    Case.objects.update(state="closed")
    assert check.faults(1) == ["state: history 'to_file', case 'closed'"]


def test_replay_finds_a_broken_chain(small: loader.Loader) -> None:
    small._copy(1, 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_report SET token = 'other'")
    assert check.faults(1)[0] == "the hash of row 1 is not its content's"


@pytest.mark.slow
def test_messages_that_come_twice_are_exactly_the_reports_that_were_sent(tmp_path: Path, prepared: Path) -> None:
    words = ["--parts", "intake", "--rate", "20", "--seconds", "5", "--keep", str(copied(prepared, tmp_path / "kept"))]
    told = command(tmp_path / "data", "bench", *words, "--json")
    assert told.returncode == 0, told.stdout + told.stderr
    (row,) = orjson.loads(told.stdout.splitlines()[-1])["rows"]
    found = row["figures"]
    assert (found["wrong"], found["statuses"], found["sent"], found["kept"], found["duplicates"]) == (
        [], {"200": 100}, 100, 95, 5,
    )  # fmt: skip


def test_one_delivery_in_twenty_is_a_second_one() -> None:
    plan = scenes.plan(400, 50.0, ["南坪西路8号"])
    again = [one for one in plan.deliveries if one.again]
    first = [one for one in plan.deliveries if not one.again]
    assert (len(again), len(first), plan.messages + plan.events) == (20, 380, 380)
    assert all(one.make in {other.make for other in first} for one in again)

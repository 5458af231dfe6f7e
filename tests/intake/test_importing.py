"""An older system's export comes in whole (迁入): times, deadlines, faults by line, broken off and gone on with."""

import csv
import dataclasses
import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.district import District
from tests.house import fold

from xiucheng.audit import vault
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Clock, History, Report
from xiucheng.city.clock import ZONE
from xiucheng.intake.importing import BUILT_IN, choose, import_file, mapping, run, sheets
from xiucheng.intake.models import ImportRun
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

HEAD = [
    "案件编号",
    "内容",
    "地点",
    "上报时间",
    "截止时间",
    "结案时间",
    "状态",
    "小类",
    "责任单位",
    "电话",
    "满意度",
    "经度",
    "纬度",
]
CLOSED = ["A1", "护栏倒了", "学府路", "2025-03-01 08:00:00", "2025-03-03 08:00:00", "2025-03-04 09:00:00", "已结案",
          "护栏", "路灯", "13812345678", "5", "106.57", "29.53"]  # fmt: skip
RUNNING = [
    "A2",
    "护栏又倒了",
    "学府路",
    "2026-11-01 08:00:00",
    "2027-01-03 08:00:00",
    "",
    "处置中",
    "",
    "市政",
    "",
    "",
    "",
    "",
]


def _sheet(folder: Path, *rows: list[str], name: str = "old.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerows([HEAD, *rows])
    return path


def _bring(path: Path, **given: Any) -> run.Report:
    return import_file(path, choose(path), **given)


def test_closed_case_keeps_its_own_times(district: District, tmp_path: Path) -> None:
    report = _bring(_sheet(tmp_path, CLOSED))
    case = Case.objects.get()
    opened, ended = dt.datetime(2025, 3, 1, 8, tzinfo=ZONE), dt.datetime(2025, 3, 4, 9, tzinfo=ZONE)
    assert (report.read, report.stored, report.faulty) == (1, 1, 0)
    assert (case.state, case.opened_at, case.closed_at, case.ended_at, case.overdue, case.imported) == (
        "closed", opened, ended, ended, True, True,
    )  # fmt: skip
    assert (case.category_id, case.unit_id, case.satisfaction, case.number[:14]) == (
        "C0101", district.other_unit, 5, "50010820250301",
    )  # fmt: skip


def test_running_case_keeps_its_deadline(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, RUNNING))
    case = Case.objects.get()
    due = dt.datetime(2027, 1, 3, 8, tzinfo=ZONE)
    clock = Clock.objects.get()
    assert (case.state, case.due_at, case.unit_id) == ("handling", due, district.unit)
    assert (clock.kind, clock.clock, clock.due_at, clock.running_since, clock.stopped_at) == (
        "handling", "natural", due, case.opened_at, None,
    )  # fmt: skip


def test_running_case_goes_on_in_the_loop(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, RUNNING))
    case = Case.objects.get()
    unit = Actor("account", "11", frozenset({"unit"}), unit=district.unit)
    done = act(case.id, "feed_back", unit, {"pictures": ["a" * 64], "words": "已扶正"})
    assert (done.state, Clock.objects.get(kind="handling").outcome) == ("to_check", "on_time")


def test_history_tells_where_the_case_came_from(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, CLOSED))
    row = History.objects.get()
    assert (row.act, row.actor_kind, row.to_state, row.at) == (
        "import", "importer", "closed", dt.datetime(2025, 3, 1, 8, tzinfo=ZONE),
    )  # fmt: skip
    assert row.facts == {"file": "old.csv", "line": 2, "source_state": "已结案"}


def test_history_tells_the_whole_case_and_its_hash_holds(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, CLOSED, RUNNING, ["A3", *CLOSED[1:11], "-76.6", "39.3"]))
    for report in Report.objects.all():
        history = fold.rows(report.case_id)
        assert fold.fold(history) == fold.seen(fold.stored(report.case_id))
        assert fold.chain(history, report.token) == [row["hash"] for row in history]


def test_words_and_phone_are_sealed(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, CLOSED))
    report = Report.objects.get()
    assert (vault.unseal(report.words_sealed), bytes(report.phone_blind or b"")) == (
        "护栏倒了", vault.blind("13812345678"),
    )  # fmt: skip


def test_same_file_again_stores_nothing_twice(district: District, tmp_path: Path) -> None:
    path = _sheet(tmp_path, CLOSED, RUNNING)
    _bring(path)
    again = _bring(path)
    assert (again.read, again.stored, again.already, Case.objects.count()) == (2, 0, 2, 2)


def test_faulty_rows_are_named_by_line_and_the_others_come_in(district: District, tmp_path: Path) -> None:
    wrong = [
        ["", *CLOSED[1:]],
        ["A4", *CLOSED[1:3], "昨天", *CLOSED[4:]],
        ["A5", *CLOSED[1:3], "2025-03-09 08:00:00", *CLOSED[4:]],
        ["A6", *CLOSED[1:6], "飞了", *CLOSED[7:]],
        ["A7", *CLOSED[1:7], "没有的类", *CLOSED[8:]],
        ["A8", *CLOSED[1:11], "东经", "29.5"],
    ]
    report = _bring(_sheet(tmp_path, *wrong, CLOSED))
    assert (report.read, report.stored, report.faulty) == (7, 1, 6)
    assert [(f["line"], f["code"]) for f in report.faults] == [
        (2, "missing"), (3, "bad_time"), (4, "bad_time"), (5, "bad_choice"), (6, "bad_choice"), (7, "bad_point"),
    ]  # fmt: skip


def test_ended_case_without_its_end_is_told_and_not_made_up(district: District, tmp_path: Path) -> None:
    report = _bring(_sheet(tmp_path, [*CLOSED[:5], "", *CLOSED[6:]], RUNNING))
    assert [(f["line"], f["code"]) for f in report.faults] == [(2, "no_end")]
    assert "结案时间" in report.faults[0]["zh"] and report.stored == 1


@pytest.mark.parametrize(
    ("columns", "ended"), [({"changed": "at2"}, 5), ({}, None), ({"ended": "end", "changed": "at2"}, None)]
)
def test_last_change_stands_for_the_end_only_where_the_source_knows_none(
    district: District, tmp_path: Path, columns: dict[str, str], ended: int | None
) -> None:
    path = tmp_path / "old.csv"
    path.write_text("no,said,at,at2,end\n1,pole,2025-03-01,2025-03-05,\n")
    given = {"columns": {"key": "no", "words": "said", "opened": "at", **columns}, "defaults": {"state": "closed"}}
    report = import_file(path, mapping.from_json("old", given))
    found = [(c.ended_at, History.objects.get(case_id=c.id).facts["ended_by"]) for c in Case.objects.all()]
    assert found == ([(dt.datetime(2025, 3, ended, tzinfo=ZONE), "changed")] if ended else [])
    assert report.faulty == (0 if ended else 1)


def test_dry_run_finds_faults_and_writes_nothing(district: District, tmp_path: Path) -> None:
    report = _bring(_sheet(tmp_path, ["", *CLOSED[1:]], CLOSED), dry=True)
    assert (report.read, report.stored, report.faulty) == (2, 0, 1)
    assert (Case.objects.count(), ImportRun.objects.count()) == (0, 0)


@pytest.fixture
def broken(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of five whose import was broken off after two."""
    monkeypatch.setattr(run, "BATCH", 2)
    path = _sheet(tmp_path, *([f"B{n}", *CLOSED[1:]] for n in range(5)))

    def break_off(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _bring(path, progress=break_off)
    return path


def test_broken_run_goes_on_where_it_stopped(broken: Path) -> None:
    report = _bring(broken)
    assert (report.resumed_at, report.read, report.stored, report.already, Case.objects.count()) == (2, 5, 3, 2, 5)


def test_broken_run_does_not_go_on_with_another_mapping_of_the_same_name(broken: Path) -> None:
    changed = dataclasses.replace(mapping.CHINESE, zone="Asia/Urumqi")
    with pytest.raises(Refused) as refusal:
        import_file(broken, changed)
    assert (refusal.value.code, "2 行" in refusal.value.zh, Case.objects.count()) == ("mapping_changed", True, 2)
    assert _bring(broken).resumed_at == 2


def test_broken_run_begins_again_with_another_mapping_when_told_to(broken: Path) -> None:
    changed = dataclasses.replace(mapping.CHINESE, zone="Asia/Urumqi")
    report = import_file(broken, changed, restart=True)
    assert (report.resumed_at, report.read, report.stored, report.already, Case.objects.count()) == (0, 5, 3, 2, 5)
    assert ImportRun.objects.get().fingerprint == changed.fingerprint()


def test_place_outside_the_district_is_stored_and_marked(district: District, tmp_path: Path) -> None:
    _bring(_sheet(tmp_path, [*CLOSED[:11], "-76.6", "39.3"]))
    case = Case.objects.get()
    assert (case.outside, case.lng, case.lat) == (True, -76.6, 39.3)


def test_times_are_read_in_the_zone_of_the_mapping(district: District, tmp_path: Path) -> None:
    path = tmp_path / "away.jsonl"
    path.write_text(json.dumps({"no": 1, "said": "bench", "at": "07/04/2018 11:00:00 PM"}), encoding="utf-8")
    saved = mapping.from_json(
        "away",
        {
            "columns": {"key": "no", "words": "said", "opened": "at"},
            "times": ["%m/%d/%Y %I:%M:%S %p"],
            "zone": "America/New_York",
            "defaults": {"state": "to_register"},
        },
    )
    mapping.save(saved)
    import_file(path, choose(path))
    assert Case.objects.get().opened_at == dt.datetime(2018, 7, 5, 3, tzinfo=dt.UTC)


def test_workbook_and_packed_sheet_read_alike(tmp_path: Path) -> None:
    plain = _sheet(tmp_path, CLOSED, RUNNING)
    packed = tmp_path / "old.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, CLOSED, RUNNING):
        sheet.append(row)
    book.save(tmp_path / "old.xlsx")
    expected = [row for _, row in sheets.rows(plain)]
    assert [row for _, row in sheets.rows(packed)] == expected
    assert [row for _, row in sheets.rows(tmp_path / "old.xlsx")] == expected


def test_sheet_in_the_encoding_of_chinese_spreadsheets_is_read(tmp_path: Path) -> None:
    path = _sheet(tmp_path, CLOSED, encoding="gb18030")
    assert sheets.header(path) == HEAD


def test_paper_form_comes_in_with_its_true_time(district: District, tmp_path: Path) -> None:
    path = tmp_path / "paper.csv"
    path.write_text("表单编号,内容,地点,反映时间,电话\nP1,停电时接的：护栏倒了,学府路,2026-10-20 09:30,13812345678\n")
    report = import_file(path, choose(path))
    stored = Report.objects.get()
    assert (report.mapping, report.stored, stored.case.state) == ("paper", 1, "to_register")
    assert stored.said_at == dt.datetime(2026, 10, 20, 9, 30, tzinfo=ZONE)


DAMAGED = gzip.compress(b"a,b\n", mtime=0)[:10] + b"\xff" * 60


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"x"), ("a.xlsx", b"no workbook"), ("a.csv.gz", b"no gzip"), ("b.csv.gz", DAMAGED)]
)
def test_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        list(sheets.rows(path))
    assert refusal.value.code == "unreadable_file"


def test_file_with_unknown_columns_is_refused(db: None, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(Refused) as refusal:
        choose(path)
    assert refusal.value.code == "bad_mapping"


def test_heading_that_stands_twice_is_refused_where_it_is_used(district: District, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("案件编号,内容,上报时间,状态,备注,备注\nA1,灯,2025-03-01,处置中,x,y\n")
    assert _bring(path).stored == 1
    path.write_text("案件编号,内容,上报时间,状态,内容\nA2,灯,2025-03-01,处置中,不亮\n")
    with pytest.raises(Refused) as refusal:
        _bring(path)
    assert (refusal.value.code, "“内容”" in refusal.value.zh, Case.objects.count()) == ("bad_mapping", True, 1)


def test_empty_file_is_refused_as_empty(db: None, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("\n\n")
    with pytest.raises(Refused) as refusal:
        choose(path)
    assert (refusal.value.code, "空" in refusal.value.zh) == ("unreadable_file", True)


def test_spaces_in_the_names_of_a_mapping_do_not_count(district: District, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("Case  No,said,at\n1,pole,2025-03-01\n")
    given = {"columns": {"key": " Case No", "words": ["said "], "opened": "at"}}
    assert import_file(path, mapping.from_json("old", given)).stored == 1


def test_every_built_in_mapping_survives_saving(db: None) -> None:
    for built in BUILT_IN:
        mapping.save(built)
        again = mapping.named(built.name)
        assert (again, again.fingerprint()) == (built, built.fingerprint())


SAMPLE = Path(__file__).parents[3] / "shared/data/baltimore311_sample.csv.gz"


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLE.exists(), reason="../shared/data is not there")
def test_real_export_comes_in_whole(district: District) -> None:
    report = _bring(SAMPLE)
    assert (report.read, report.stored, report.faulty, Case.objects.count()) == (10_000, 10_000, 0, 10_000)

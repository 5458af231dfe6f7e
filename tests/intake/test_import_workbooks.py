"""Workbooks of older systems are read as they are (读 XLSX): Excel's numbers for days, times alone, wrong dimensions, damage."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.district import District

from xiucheng.cases.models import Case
from xiucheng.city.clock import ZONE
from xiucheng.intake.importing import choose, import_file, sheets
from xiucheng.rules.refusals import Refused

HEAD = ["案件编号", "内容", "上报时间", "状态"]


def _book(folder: Path, *rows: list[Any], epoch: dt.datetime | None = None) -> Path:
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(row)
    path = folder / "old.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    "written", [45291.5, "45291.5", " 45291.500001 ", dt.datetime.fromisoformat("2023-12-31T12:00")]
)
def test_days_that_excel_counts_are_read_as_times(district: District, tmp_path: Path, written: Any) -> None:
    path = _book(tmp_path, ["A1", "45291.5", written, "处置中"])
    report = import_file(path, choose(path))
    case = Case.objects.get()
    assert (report.stored, report.faulty, case.opened_at, case.summary) == (
        1, 0, dt.datetime(2023, 12, 31, 12, tzinfo=ZONE), "45291.5",
    )  # fmt: skip


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = _book(tmp_path, ["A1", "灯", 43829, "处置中"], epoch=CALENDAR_MAC_1904)
    assert [row for _, row in sheets.rows(path, frozenset({"上报时间"}))] == [
        {"案件编号": "A1", "内容": "灯", "上报时间": "2023-12-31 00:00:00", "状态": "处置中"}
    ]


def test_number_that_is_no_day_is_told_by_its_row(district: District, tmp_path: Path) -> None:
    path = _book(tmp_path, ["A1", "灯", 7, "处置中"], ["A2", "灯", 123456, "处置中"])
    assert [(f["line"], f["code"]) for f in import_file(path, choose(path)).faults] == [
        (2, "bad_time"),
        (3, "bad_time"),
    ]


def test_time_without_a_day_is_told_by_its_row(district: District, tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        ["A1", "灯", dt.time(8, 30), "处置中"],
        ["A2", "灯", dt.datetime.fromisoformat("2024-05-01T08:00"), "处置中"],
    )
    report = import_file(path, choose(path))
    assert (report.stored, [(f["line"], f["code"]) for f in report.faults]) == (1, [(2, "bad_time")])


def test_workbook_has_its_headings_without_rows_and_with_spaces(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([])
    sheet.append([" 案件 \n 编号 ", "内容", None, "内容"])
    book.save(tmp_path / "old.xlsx")
    assert sheets.header(tmp_path / "old.xlsx") == ["案件 编号", "内容", "", "内容"]


def test_workbook_whose_size_is_written_wrong_is_read_whole(tmp_path: Path) -> None:
    path, wrong = _book(tmp_path, ["A1", "灯", "2024-05-01", "处置中"]), tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(wrong, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:D2"', b'<dimension ref="A1"'))
    assert list(sheets.rows(wrong)) == list(sheets.rows(path))


def test_workbook_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    path, cut = _book(tmp_path, ["A1", "灯", "2024-05-01", "处置中"]), tmp_path / "cut.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(cut, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) - 40] if name.endswith("sheet1.xml") else content)
    with pytest.raises(Refused) as refusal:
        list(sheets.rows(cut))
    assert refusal.value.code == "unreadable_file"

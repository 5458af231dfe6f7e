"""The cities' workbook of standards: blank cells inherit, faults name their row, all or nothing, export reads back."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xiucheng.audit.models import Change
from xiucheng.city import models as city
from xiucheng.city import workbook
from xiucheng.rules.refusals import Refused

HEAD = ["大类代码", "大类名称", "小类代码", "小类名称", "立案条件", "处置时限", "处置时限小时", "结案条件"]
LID = ["01", "公用设施", "01", "上水井盖", "井盖不见了", "2紧急工作时", 2, "盖好"]


def book(folder: Path, *rows: list[Any], sheet: str = "部件", head: list[str] = HEAD) -> Path:
    """A workbook with one sheet."""
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.title = sheet
    for row in [head, *rows]:
        page.append(row)
    made.save(folder / "标准.xlsx")
    made.close()
    return folder / "标准.xlsx"


def said(path: Path) -> list[str]:
    """All faults of a workbook."""
    return [str(fault) for fault in workbook.read(path).faults]


def test_read_blank_cells_inherit_from_above(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        LID,
        [None, None, None, None, "井盖响", "2工作日", 16, None],
        [None, None, "02", "污水井盖", "井盖破了", "4工作时", 4, "换好"],
    )
    assert [(x.category, x.name, x.filing, x.limit.seconds, x.closing) for x in workbook.read(path).lines] == [
        ("C0101", "上水井盖", "井盖不见了", 7200, "盖好"),
        ("C0101", "上水井盖", "井盖响", 57600, "盖好"),
        ("C0102", "污水井盖", "井盖破了", 14400, "换好"),
    ]


def test_read_codes_written_as_numbers(tmp_path: Path) -> None:
    path = book(tmp_path, [1, "公用设施", 1.0, "上水井盖", "井盖不见了", "2紧急工作时", 2, "盖好"])
    assert [x.category for x in workbook.read(path).lines] == ["C0101"]


def test_read_english_columns_of_the_data_file(tmp_path: Path) -> None:
    path = book(tmp_path, LID, head=[*workbook.COLUMNS], sheet="事件")
    assert ([x.category for x in workbook.read(path).lines], said(path)) == (["E0101"], [])


def test_read_new_minor_category_does_not_inherit_a_limit(tmp_path: Path) -> None:
    path = book(tmp_path, LID, [None, None, "02", "污水井盖", "井盖破了", None, None, "换好"])
    assert said(path) == ["标准.xlsx〔部件〕 第 3 行：看不懂时限“空”。"]


def test_read_lists_every_fault_with_its_row(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        [*LID[:5], "马上", None, "盖好"],
        ["01", "公用设施", "1x", "污水井盖", "破了", "2工作日", 2, ""],
        LID,
        LID,
    )
    assert said(path) == [
        "标准.xlsx〔部件〕 第 2 行：看不懂时限“马上”。",
        "标准.xlsx〔部件〕 第 3 行：“小类代码”应是两位数字，现在是“1x”",
        "标准.xlsx〔部件〕 第 3 行：“结案条件”不能空着",
        "标准.xlsx〔部件〕 第 3 行：时限“2工作日”是 16 小时（一天 8 小时），表里写的是 2",
        "标准.xlsx〔部件〕 第 5 行：与第 4 行是同一小类的同一立案条件",
    ]


def test_read_unknown_and_missing_columns(tmp_path: Path) -> None:
    path = book(tmp_path, head=[*HEAD[:-1], "结束"])
    assert said(path) == ["标准.xlsx〔部件〕 第 1 行：不认识的列“结束”", "标准.xlsx〔部件〕 第 1 行：缺少列“结案条件”"]


def test_read_workbook_without_its_sheets(tmp_path: Path) -> None:
    assert said(book(tmp_path, sheet="Sheet1")) == ["标准.xlsx：没有“部件”或“事件”工作表"]


def test_read_file_that_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("hello")
    assert said(tmp_path / "x.xlsx") == ["x.xlsx：不是 XLSX 工作簿，或文件已损坏"]


def test_load_faulty_workbook_changes_nothing(db: None, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        workbook.load(book(tmp_path, LID, [*LID[:5], "马上", None, "盖好"]))
    assert (refused.value.code, refused.value.facts["count"], city.Standard.objects.count()) == (
        "workbook_faults",
        1,
        0,
    )


def test_load_dry_run_counts_and_changes_nothing(db: None, tmp_path: Path) -> None:
    done = workbook.load(book(tmp_path, LID), dry_run=True)
    assert (done.added, done.categories, city.Standard.objects.count(), Change.objects.count()) == (1, 3, 0, 0)


def test_load_again_changes_nothing(db: None, tmp_path: Path) -> None:
    path = book(tmp_path, LID)
    workbook.load(path)
    assert workbook.load(path) == workbook.Imported(0, 0, 0, 1, 0, False)


def test_load_keeps_the_code_of_a_condition_that_stays(db: None, tmp_path: Path) -> None:
    workbook.load(book(tmp_path, LID, [*LID[:4], "井盖响", "2工作日", 16, "修好"]))
    workbook.load(
        book(tmp_path, [*LID[:4], "井盖响", "1工作日", 8, "修好"], [*LID[:4], "井盖裂", "1工作日", 8, "修好"])
    )
    assert list(city.Standard.objects.order_by("code").values_list("code", "filing_condition", "limit_text", "active")) == [
        ("C0101-1", "井盖不见了", "2紧急工作时", False),
        ("C0101-2", "井盖响", "1工作日", True),
        ("C0101-3", "井盖裂", "1工作日", True),
    ]  # fmt: skip


def test_load_writes_the_audit_down(db: None, tmp_path: Path) -> None:
    workbook.load(book(tmp_path, LID))
    assert list(Change.objects.values_list("table", "key", "act", "after")) == [
        ("city_standard", "标准.xlsx", "import", {"added": 1, "changed": 0, "retired": 0})
    ]


def test_save_reads_back_without_a_change(demo: Path, tmp_path: Path) -> None:
    count = workbook.save(tmp_path / "out.xlsx")
    assert workbook.load(tmp_path / "out.xlsx") == workbook.Imported(0, 0, 0, count, 0, False)


def test_save_never_writes_a_formula(db: None, tmp_path: Path) -> None:
    workbook.load(book(tmp_path, LID))
    city.Standard.objects.update(filing_condition="=1+1", closing_condition="@SUM(A1)")
    workbook.save(tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["部件"]
    assert [(c.value, c.data_type) for c in (page["E2"], page["H2"])] == [("=1+1", "s"), ("@SUM(A1)", "s")]

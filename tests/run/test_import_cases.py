"""`xiucheng import FILE` says what came of an older system's export, with honest exit codes."""

from pathlib import Path
from typing import Any

import pytest
from tests.district import District
from tests.run.test_import_pack import last

from xiucheng.intake.models import ImportRun, Mapping
from xiucheng.run.cli import main

HEAD = "\ufeff案件编号; 内容 ;上报时间;状态\r\n"
GOOD = '1;"护栏;\r\n倒了";2025-03-01 08:00;处置中\r\n'


def _import(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    code = main(["import", "--json", str(path), *more])
    return code, last(capsys)


@pytest.fixture(autouse=True)
def _json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "1")


def test_import_of_a_foreign_sheet(district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "old.csv"
    path.write_text(HEAD + GOOD + ";;;\r\n\r\n", encoding="utf-8", newline="")
    code, told = _import(path, capsys)
    assert (code, told["read"], told["stored"], told["faulty"]) == (0, 1, 1, 0)


def test_import_names_the_line_of_each_fault(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "old.csv"
    path.write_text(HEAD + GOOD + "2;灯;不亮;2025-03-01;处置中\r\n3;灯;昨天;处置中\r\n", encoding="utf-8", newline="")
    code, told = _import(path, capsys)
    assert (code, told["stored"], [(f["line"], f["code"]) for f in told["faults"]]) == (
        1, 1, [(4, "surplus_cells"), (5, "bad_time")],
    )  # fmt: skip


def test_import_with_a_changed_mapping_keeps_the_one_that_began(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rules = tmp_path / "old.csv", tmp_path / "own.json"
    path.write_text(HEAD + GOOD, encoding="utf-8", newline="")
    rules.write_text('{"columns": {"key": "案件编号", "words": "内容", "opened": "上报时间"}}')
    assert _import(path, capsys, "--mapping", str(rules), "--save-mapping")[0] == 0
    ImportRun.objects.update(finished_at=None)
    rules.write_text('{"columns": {"key": "案件编号", "words": "内容", "opened": "上报时间", "state": "状态"}}')
    code, told = _import(path, capsys, "--mapping", str(rules), "--save-mapping")
    assert (code, told["code"], "state" in Mapping.objects.get().columns["columns"]) == (1, "mapping_changed", False)
    code, told = _import(path, capsys, "--mapping", str(rules), "--restart")
    assert (code, told["stored"], told["already"]) == (0, 0, 1)

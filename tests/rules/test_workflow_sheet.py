"""The document of the workflow (流程表文档) says what the table says."""

from pathlib import Path

from xiucheng.rules.workflow import ROWS, STATES, sheet

DOCUMENT = Path(__file__).parents[2] / "docs" / "workflow.md"


def test_document_is_what_the_table_gives() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == sheet.page(), "run `make docs`"


def test_document_has_a_line_for_every_row() -> None:
    assert len(sheet.table().splitlines()) == len(ROWS) + 2


def test_document_has_a_line_for_every_state() -> None:
    assert len(sheet.states().splitlines()) == len(STATES) + 2

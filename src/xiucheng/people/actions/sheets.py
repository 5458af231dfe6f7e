"""Sheets that offices send (表格): XLSX or CSV with Chinese or English headings, read row by row with their line numbers."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.rules.refusals import Pair, Refused

LARGEST: Final = 5_000_000
UNPACKED: Final = 100_000_000
MOST_ROWS: Final = 5000
MOST_CELL: Final = 500
LONGEST_CELL: Final = 131_072
"""Characters; a quote that is never closed runs on beyond."""
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Line:
    """One row by field; every field of the headings is there, empty cells as empty text."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which row (表里的问题)."""

    number: int
    column: str
    why: str


def read(content: bytes, headings: Mapping[str, Sequence[str]], must: Sequence[str]) -> list[Line]:
    """The rows of a sheet; `headings` gives each field's names. Raises `Refused("sheet_unreadable")`."""
    if len(content) > LARGEST:
        raise Refused("sheet_unreadable", why="文件超过 5 MB")
    rows = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(content)
    header = [cell.strip() for cell in next(rows, [])]
    names = {heading: field for field, known in headings.items() for heading in (field, *known)}
    places = {names[cell]: n for n, cell in enumerate(header) if cell in names}
    missing = [headings[field][0] for field in must if field not in places]
    if missing:
        raise Refused(
            "sheet_unreadable", why=Pair(f"表头缺少“{'、'.join(missing)}”", f"the headings lack “{', '.join(missing)}”")
        )
    found: list[Line] = []
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) >= MOST_ROWS:
            raise Refused(
                "sheet_unreadable",
                why=Pair(f"超过 {MOST_ROWS} 行，请分开导入", f"more than {MOST_ROWS} rows; split the file"),
            )
        values = {f: cells[n].strip()[:MOST_CELL] if n < len(cells) else "" for f, n in places.items()}
        found.append(Line(number, {field: values.get(field, "") for field in headings}))
    return found


def _text(content: bytes) -> Iterator[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return _separated(text)
    raise Refused("sheet_unreadable", why="不是 XLSX 或 CSV 文件")


def _separated(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)  # one number for the whole process: another reader may have set its own
    reader = csv.reader(io.StringIO(text, newline=""), strict=False)
    try:
        yield from reader
    except csv.Error:
        raise Refused("sheet_unreadable", why="有一格太长，多半是引号没有成对") from None


def _workbook(content: bytes) -> Iterator[list[str]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED:
                raise Refused("sheet_unreadable", why="文件解压后过大")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 1000, max_col=60)
        return iter([[_cell(cell) for cell in row] for row in rows])
    except Refused:
        raise
    except Exception:  # openpyxl raises whatever its parsers raise on a broken file
        raise Refused("sheet_unreadable", why="XLSX 文件已损坏") from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

"""Read rows from a file (读表): CSV, XLSX or JSON lines, packed with gzip or not; each with its line number."""

import csv
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from xiucheng.intake.importing.encodings import LOST, open_text
from xiucheng.rules.refusals import Refused

Row = tuple[int, dict[str, str] | Refused]
"""The line in the file with its cells by column name, or with what is wrong with it."""
CELL_MOST: Final = 200_000


def digest(path: Path) -> str:
    """What the file is known by: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file; one that cannot be read is told in its place. Raises `unreadable_file`."""
    kind = "".join(path.suffixes[-2:]).lower().removesuffix(".gz").rpartition(".")[2]
    readers = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "ndjson": _jsonl}
    if kind not in readers:
        raise Refused("unreadable_file", why="要 CSV、XLSX 或 JSONL")
    csv.field_size_limit(CELL_MOST)
    try:
        yield from readers[kind](path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as wrong:
        raise Refused("unreadable_file", why=str(wrong)[:100]) from wrong


def cells(row: dict[str, str] | Refused) -> dict[str, str]:
    """The cells of a row, or its refusal raised."""
    if isinstance(row, Refused):
        raise row
    return row


def header(path: Path) -> list[str]:
    """The names of the columns."""
    for _, row in rows(path):
        if not isinstance(row, Refused):
            return list(row)
    return []


def _csv(path: Path) -> Iterator[Row]:
    with open_text(path) as file:
        reader = csv.DictReader(file)
        if any(LOST.search(name) for name in reader.fieldnames or ()):
            raise Refused("unreadable_file", why="不是文字，或者编码不是 UTF-8、UTF-16、GB18030")
        for row in reader:
            yield reader.line_num, _whole({k.strip(): (v or "").strip() for k, v in row.items() if isinstance(k, str)})


def _jsonl(path: Path) -> Iterator[Row]:
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError:
                found = {}
            kept = found if isinstance(found, dict) else {}
            yield number, _whole({str(k): "" if v is None else str(v).strip() for k, v in kept.items()})


def _whole(row: dict[str, str]) -> dict[str, str] | Refused:
    """The row, or what keeps them from being read whole."""
    for name, text in row.items():
        if LOST.search(text):
            return Refused("bad_characters", field=name[:40])
    return row


def _xlsx(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as wrong:  # openpyxl lets many kinds of fault through
        raise Refused("unreadable_file", why="不是有效的 XLSX") from wrong
    sheet = book.worksheets[0]
    names: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [_cell(c) for c in cells]
        if not any(texts):
            continue
        if not names:
            names = texts
            continue
        yield number, {name: text for name, text in zip(names, texts, strict=False) if name}
    book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ")) if hasattr(value, "hour") else str(value.isoformat())
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()

"""Read rows from a file (读表): separated values, XLSX or JSON lines, packed with gzip or not; each with its line number."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from xiucheng.intake.importing import separated
from xiucheng.intake.importing.encodings import open_text
from xiucheng.intake.importing.lines import Row, whole
from xiucheng.rules.refusals import Refused


def digest(path: Path) -> str:
    """What the file is known by: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file; one that cannot be read is told in its place. Raises `unreadable_file`."""
    kind = "".join(path.suffixes[-2:]).lower().removesuffix(".gz").rpartition(".")[2]
    if kind not in _READERS:
        raise Refused("unreadable_file", why="要 CSV、TXT、XLSX 或 JSONL")
    try:
        yield from _READERS[kind](path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as wrong:
        raise Refused("unreadable_file", why=str(wrong)[:100]) from wrong


def header(path: Path) -> list[str]:
    """The names of the columns."""
    for _, row in rows(path):
        if not isinstance(row, Refused):
            return list(row)
    return []


def _jsonl(path: Path) -> Iterator[Row]:
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _record(line)


def _record(line: str) -> dict[str, str] | Refused:
    try:
        found = json.loads(line.rstrip())
    except (ValueError, RecursionError) as wrong:
        return Refused("line_not_json", column=wrong.colno if isinstance(wrong, json.JSONDecodeError) else 1)
    if not isinstance(found, dict):
        return Refused("line_not_object")
    return whole({str(k): "" if v is None else str(v).strip() for k, v in found.items()})


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
        yield number, whole({name: text for name, text in zip(names, texts, strict=False) if name})
    book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(sep=" ")) if hasattr(value, "hour") else str(value.isoformat())
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


_READERS: Final = {
    "csv": separated.rows, "tsv": separated.rows, "txt": separated.rows, "xlsx": _xlsx, "jsonl": _jsonl, "ndjson": _jsonl,
}  # fmt: skip

"""Read rows from a file (读表): separated values, XLSX or JSON lines, packed with gzip or not; each with its line number."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xiucheng.intake.importing import separated, workbooks
from xiucheng.intake.importing.encodings import open_text
from xiucheng.intake.importing.lines import Row, whole
from xiucheng.rules.refusals import Refused


def digest(path: Path) -> str:
    """What the file is known by: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path, dates: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The rows of a file; one that cannot be read is told in its place. Raises `unreadable_file`.

    In the columns `dates` the days that a workbook counts are written out.
    """
    kind = "".join(path.suffixes[-2:]).lower().removesuffix(".gz").rpartition(".")[2]
    if kind != "xlsx" and kind not in _READERS:
        raise Refused("unreadable_file", why="要 CSV、TXT、XLSX 或 JSONL")
    try:
        yield from workbooks.rows(path, dates) if kind == "xlsx" else _READERS[kind](path)
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


_READERS: Final = {
    "csv": separated.rows,
    "tsv": separated.rows,
    "txt": separated.rows,
    "jsonl": _jsonl,
    "ndjson": _jsonl,
}

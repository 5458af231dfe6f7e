"""Read rows from a file (读表): separated values, XLSX or JSON lines, packed with gzip or not; each with its line number."""

import contextlib
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xiucheng.intake.importing import records, separated, workbooks
from xiucheng.intake.importing.lines import Row
from xiucheng.rules.refusals import Refused

_KINDS: Final = {"csv": "csv", "tsv": "csv", "txt": "csv", "xlsx": "xlsx", "jsonl": "jsonl", "ndjson": "jsonl"}


def digest(path: Path) -> str:
    """What the file is known by: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(path: Path, dates: frozenset[str] = frozenset()) -> Iterator[Row]:
    """The rows of a file; one that cannot be read is told in its place. Raises `unreadable_file`.

    In the columns `dates` the days that a workbook counts are written out.
    """
    with _told():
        match _kind(path):
            case "xlsx":
                yield from workbooks.rows(path, dates)
            case "jsonl":
                yield from records.rows(path)
            case _:
                yield from separated.rows(path)


def header(path: Path) -> list[str]:
    """The names of the columns, as often as they stand there. Raises `unreadable_file`."""
    with _told():
        match _kind(path):
            case "xlsx":
                return workbooks.header(path)
            case "jsonl":
                return records.header(path)
            case _:
                return separated.header(path)


def _kind(path: Path) -> str:
    ending = "".join(path.suffixes[-2:]).lower().removesuffix(".gz").rpartition(".")[2]
    if ending not in _KINDS:
        raise Refused("unreadable_file", why="要 CSV、TXT、XLSX 或 JSONL")
    return _KINDS[ending]


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with the bytes of a file is told in a sentence."""
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as wrong:
        raise Refused("unreadable_file", why=str(wrong)[:100]) from wrong

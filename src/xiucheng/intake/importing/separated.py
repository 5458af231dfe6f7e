"""Sheets of separated values (CSV): row after row, strictly; where quotes do not pair, the lines that are lost are told.

Python's reader would by itself take everything up to the next quote for one cell, so that a forgotten quote swallows rows.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xiucheng.intake.importing.encodings import LOST, open_text
from xiucheng.intake.importing.lines import Row, heading, whole
from xiucheng.rules.refusals import Refused

QUOTED_MOST: Final = 16_000_000
HEADINGS_MOST: Final = 65_536
_SEPARATORS: Final = (",", ";", "\t")


def rows(path: Path) -> Iterator[Row]:
    """The rows with the names of the first one."""
    names: list[str] | None = None
    for number, found in _read(path):
        if names is None:
            names = _names(found)
        elif isinstance(found, Refused):
            yield number, found
        else:
            yield number, _named(names, found)


def header(path: Path) -> list[str]:
    """The names of the columns."""
    return next((_names(found) for _, found in _read(path)), [])


def _read(path: Path) -> Iterator[tuple[int, list[str] | Refused]]:
    csv.field_size_limit(QUOTED_MOST)
    with open_text(path) as file:
        separator = _separator(file.read(HEADINGS_MOST))
        file.seek(0)
        yield from _lines(file, separator)


def _separator(start: str) -> str:
    """The separator that makes the most headings of the first line; one inside quotes does not count."""

    def headings(separator: str) -> int:
        for _, found in _lines(io.StringIO(start, newline=""), separator):
            return 0 if isinstance(found, Refused) else len(found)
        return 0

    return max(_SEPARATORS, key=headings)


def _lines(file: Iterator[str], separator: str) -> Iterator[tuple[int, list[str] | Refused]]:
    """Each row that is not empty with the line where it begins; one whose quotes do not pair as a refusal."""
    reader = csv.reader(file, delimiter=separator, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield first, Refused("open_quote", first=first, last=reader.line_num)
            continue
        if any(text.strip() for text in found):
            yield first, found


def _names(found: list[str] | Refused) -> list[str]:
    if isinstance(found, Refused):
        raise Refused("unreadable_file", why="表头的引号不成对")
    if any(LOST.search(name) for name in found):
        raise Refused("unreadable_file", why="表头不是文字，或者编码不是 UTF-8、UTF-16、GB18030")
    return [heading(name) for name in found]


def _named(names: list[str], found: list[str]) -> dict[str, str] | Refused:
    """The cells by name. A cell too many means that the others stand under the wrong headings; empty ones do no harm."""
    if any(text.strip() for text in found[len(names) :]):
        return Refused("surplus_cells", cells=len(found), columns=len(names))
    missing = [""] * (len(names) - len(found))
    return whole({name: text.strip() for name, text in zip(names, [*found, *missing], strict=False)})

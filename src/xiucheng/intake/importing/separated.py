"""Sheets of separated values (CSV): row after row, strictly; where quotes do not pair, the lines that are lost are told.

Python's reader would by itself take everything up to the next quote for one cell, so that a forgotten quote swallows rows.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xiucheng.intake.importing.encodings import LOST, open_text
from xiucheng.intake.importing.lines import Row, whole
from xiucheng.rules.refusals import Refused

QUOTED_MOST: Final = 16_000_000


def rows(path: Path) -> Iterator[Row]:
    """The rows with the names of the first line."""
    csv.field_size_limit(QUOTED_MOST)
    names: list[str] | None = None
    with open_text(path) as file:
        for number, found in _lines(file):
            if names is None:
                names = _names(found)
            elif isinstance(found, Refused):
                yield number, found
            else:
                yield number, _named(names, found)


def _lines(file: Iterator[str]) -> Iterator[tuple[int, list[str] | Refused]]:
    """Each row that is not empty with the line where it begins; one whose quotes do not pair as a refusal."""
    reader = csv.reader(file, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield first, Refused("open_quote", first=first, last=reader.line_num)
            continue
        if found:
            yield first, found


def _names(found: list[str] | Refused) -> list[str]:
    if isinstance(found, Refused) or any(LOST.search(name) for name in found):
        raise Refused("unreadable_file", why="表头不是文字，或者编码不是 UTF-8、UTF-16、GB18030")
    return [name.strip() for name in found]


def _named(names: list[str], found: list[str]) -> dict[str, str] | Refused:
    """The cells by name. A cell too many means that the others stand under the wrong headings; empty ones do no harm."""
    if any(text.strip() for text in found[len(names) :]):
        return Refused("surplus_cells", cells=len(found), columns=len(names))
    missing = [""] * (len(names) - len(found))
    return whole({name: text.strip() for name, text in zip(names, [*found, *missing], strict=False)})

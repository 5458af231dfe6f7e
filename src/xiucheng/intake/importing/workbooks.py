"""Sheets of Excel (XLSX): the first sheet of the workbook, every cell as text.

Excel counts days, and an export often leaves that number where a date was meant: in a column that the mapping knows as a time
it is written out as the date it stands for, by the day from which this workbook counts (1900 or 1904).
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from xiucheng.intake.importing.lines import Row, heading, whole
from xiucheng.rules.refusals import Refused

_DAYS: Final = re.compile(r"\d{5}(\.\d+)?")


def rows(path: Path, dates: frozenset[str]) -> Iterator[Row]:
    """The rows with the names of the first one; `dates` are the columns that hold times."""
    names: list[str] = []
    for number, texts, epoch in _read(path):
        if not names:
            names = [heading(text) for text in texts]
            continue
        missing = [""] * (len(names) - len(texts))
        row = {name: text for name, text in zip(names, [*texts, *missing], strict=False) if name}
        for name in dates & row.keys():
            row[name] = _date(row[name], epoch)
        yield number, whole(row)


def header(path: Path) -> list[str]:
    """The names of the columns."""
    return next(([heading(text) for text in texts] for _, texts, _ in _read(path)), [])


def _read(path: Path) -> Iterator[tuple[int, list[str], dt.datetime]]:
    """Each row that is not empty, and the day from which the workbook counts."""
    from openpyxl import load_workbook

    try:
        with contextlib.closing(load_workbook(path, read_only=True, data_only=True)) as book:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # other systems write them wrong
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                texts = [_text(value) for value in values]
                if any(texts):
                    yield number, texts, book.epoch
    except Exception as wrong:  # openpyxl lets many kinds of fault through, while it opens and while it reads
        raise Refused("unreadable_file", why="不是有效的 XLSX") from wrong


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _date(text: str, epoch: dt.datetime) -> str:
    """A number of days as the time it stands for, to the second; every other text as it is."""
    if not _DAYS.fullmatch(text):
        return text
    return (epoch + dt.timedelta(seconds=round(float(text) * 86_400))).isoformat(sep=" ")

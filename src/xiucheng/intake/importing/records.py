"""Lines of JSON (JSONL): every line is an object of column names and values."""

import json
from collections.abc import Iterator
from pathlib import Path

from xiucheng.intake.importing.encodings import open_text
from xiucheng.intake.importing.lines import Row, heading, whole
from xiucheng.rules.refusals import Refused


def rows(path: Path) -> Iterator[Row]:
    """The objects, line after line."""
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _record(line)


def header(path: Path) -> list[str]:
    """The names of the first line that can be read."""
    return next((list(row) for _, row in rows(path) if not isinstance(row, Refused)), [])


def _record(line: str) -> dict[str, str] | Refused:
    try:
        found = json.loads(line.rstrip())
    except (ValueError, RecursionError) as wrong:
        return Refused("line_not_json", column=wrong.colno if isinstance(wrong, json.JSONDecodeError) else 1)
    if not isinstance(found, dict):
        return Refused("line_not_object")
    return whole({heading(name): "" if value is None else str(value).strip() for name, value in found.items()})

"""One line of a sheet (表中一行): its cells by column name, or what keeps it from being read whole."""

from typing import Final

from xiucheng.intake.importing.encodings import LOST
from xiucheng.rules.refusals import Refused

Row = tuple[int, dict[str, str] | Refused]
"""The line in the file where the row begins, with its cells or with what is wrong with it."""
CELL_MOST: Final = 200_000


def heading(text: str) -> str:
    """A column's name: spaces around it do not count, a line break or several spaces in it are one."""
    return " ".join(text.split())


def cells(row: dict[str, str] | Refused) -> dict[str, str]:
    """The cells of a row, or its refusal raised."""
    if isinstance(row, Refused):
        raise row
    return row


def whole(row: dict[str, str]) -> dict[str, str] | Refused:
    """The row as it is, or its refusal where a cell is too long or has bytes that are no text."""
    for name, text in row.items():
        if len(text) > CELL_MOST:
            return Refused("too_long", field=name[:40], most=CELL_MOST)
        if LOST.search(text):
            return Refused("bad_characters", field=name[:40])
    return row

"""Which encoding a file of text has (文字编码): by its mark, else by what its bytes are, wherever the first Chinese character comes.

UTF-8 and GB18030 are told apart by counting, not by the first byte that does not fit: one damaged character must not turn a
UTF-8 file into another language. Bytes that do not fit come through as lone surrogates, so that their row can be named.
"""

import codecs
import gzip
import re
from pathlib import Path
from typing import IO, Final

PIECE: Final = 1 << 20
ENOUGH: Final = 100_000
LOST: Final = re.compile("[\ud800-\udfff]")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def open_text(path: Path) -> IO[str]:
    """The file as text, packed or not, line ends as they are."""
    found = encoding(path)
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=found, errors="surrogateescape", newline="")
    return path.open(encoding=found, errors="surrogateescape", newline="")


def encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by their marks; UTF-8 where most of what is not ASCII is UTF-8; else what Chinese systems write."""
    packed = path.suffix.lower() == ".gz"
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        piece = file.read(PIECE)
        for mark, name in _MARKS:
            if piece.startswith(mark):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        fitting = lost = 0
        while piece and fitting + lost < ENOUGH:
            text = decoder.decode(piece)
            beyond = len(text) - len(text.encode("ascii", "ignore"))
            wrong = text.count("\ufffd")
            fitting, lost = fitting + beyond - wrong, lost + wrong
            piece = file.read(PIECE)
    return "utf-8" if fitting >= lost else "gb18030"

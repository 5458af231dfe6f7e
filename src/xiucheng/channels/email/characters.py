"""Characters of a mail (字符): what the label says, unless the bytes say otherwise. Chinese mails are often labelled wrongly.

GB2312 and GBK are read as GB18030, which holds both; UTF-8 that is plainly UTF-8 wins over any label; bytes that are plainly
GB win over a Western label.
"""

import base64
import binascii
import codecs
import quopri
import re
from typing import Final

GB: Final = frozenset(
    {"gb2312", "gb_2312-80", "gb2312-80", "gbk", "gb18030", "cp936", "ms936", "x-gbk", "euc-cn", "hz"}
)
WESTERN: Final = frozenset(
    {"", "ascii", "us-ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"}
)
_PAIRS: Final = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+")
_WORD: Final = re.compile(rb"=\?([\w.:-]+)(?:\*[\w-]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN: Final = re.compile(rb"(\?=)[ \t\r\n]+(?==\?)")


def decode(raw: bytes, label: str = "") -> str:
    """The text of these bytes; never fails."""
    label = label.strip().strip("\"'").lower()
    if raw.isascii():
        return _as(raw, "hz" if label in {"hz", "hz-gb-2312"} else label if label.startswith("iso-2022") else "ascii")
    if _plainly_utf8(raw):
        return raw.decode("utf-8").removeprefix("\ufeff")
    if label in GB or (_plainly_gb(raw) and (label in WESTERN or not _known(label) or label in {"utf-8", "utf8"})):
        return raw.decode("gb18030", "replace")
    return _as(raw, label or "utf-8")


def _as(raw: bytes, label: str) -> str:
    try:
        return raw.decode(label if _known(label) else "latin-1", "replace")
    except UnicodeError:  # `idna` and `punycode` are encodings, but not of any text
        return raw.decode("latin-1")


def _known(label: str) -> bool:
    """Whether it names an encoding of text; `base64` and `undefined` are codecs of Python's, too."""
    try:
        return codecs.lookup(label)._is_text_encoding and label != "undefined"
    except (LookupError, ValueError):
        return False


def _plainly_utf8(raw: bytes) -> bool:
    try:
        return any(c >= "\u0800" for c in raw.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _plainly_gb(raw: bytes) -> bool:
    """Nearly all high bytes stand in pairs of GB 2312, and there are at least two."""
    high = sum(byte > 127 for byte in raw)
    paired = sum(len(run) for run in _PAIRS.findall(raw))
    return high >= 4 and paired >= 0.9 * high


def header(value: object, hint: str = "") -> str:
    """A header as people read it: encoded words joined before they are decoded, since some mailers cut characters in two.

    `hint` is the label of the body, for what is not labelled at all.
    """
    raw = " ".join(str(value or "").splitlines()).encode("ascii", "surrogateescape")
    joined, pieces, end = _BETWEEN.sub(rb"\1", raw), [], 0
    waiting: tuple[str, bytes] = ("", b"")
    for found in _WORD.finditer(joined):
        before = joined[end : found.start()]
        label = found[1].decode().lower()
        if before or label != waiting[0]:
            pieces += [decode(waiting[1], waiting[0]), decode(before, hint)]
            waiting = (label, b"")
        waiting = (label, waiting[1] + _unwrapped(found[2], found[3]))
        end = found.end()
    pieces += [decode(waiting[1], waiting[0]), decode(joined[end:], hint)]
    return " ".join("".join(pieces).split())


def _unwrapped(how: bytes, text: bytes) -> bytes:
    if how in b"bB":
        try:
            return base64.b64decode(text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4))
        except (binascii.Error, ValueError):
            return text
    return quopri.decodestring(text, header=True)

"""Hide personal data in free text (脱敏): phone, identity card, bank card, plate, e-mail, name. Pure; errs on the side of hiding."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from xiucheng.rules.names import hide_names

_RULES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "***@***"),
    (
        re.compile(r"(?<!\d)(\d{6})[- ]?\d{8}[- ]?(\d{3}[\dXxＸｘ])(?!\d)"),
        lambda hit: f"{_plain(hit[1])}********{_plain(hit[2])}",
    ),
    (re.compile(r"(?<!\d)(?:62\d{14,17}|4\d{15}|5[1-5]\d{14})(?!\d)"), "****"),
    (
        re.compile(r"(?<!\d)(?:[+＋]?(?:86|８６)[- ]?)?([1１][3-9３-９]\d)(?:[- ]?\d){4}[- ]?((?:\d[- ]?){3}\d)(?!\d)"),
        lambda hit: f"{_plain(hit[1])}****{_plain(hit[2])}",
    ),
    (re.compile(r"(?<!\d)(0\d{2,3})[- ]?\d{4}(\d{3,4})(?!\d)"), r"\1-****\2"),
    (
        re.compile(
            r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])([A-Za-z])[-·•\s]?"
            r"(?=(?:[A-Za-z]?\d){2})[A-Za-z0-9]{3,5}([A-Za-z0-9警学挂领港澳])(?![A-Za-z0-9])"
        ),
        lambda hit: f"{hit[1]}{hit[2].upper()}·***{hit[3].upper()}",
    ),
)


_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Full-width letters and digits (全角), as many keyboards write them, each to its ordinary one."""


def _plain(digits: str) -> str:
    """Wide digits as usual ones, without gaps."""
    return re.sub(r"[- ]", "", unicodedata.normalize("NFKC", digits))


def mask(text: str) -> str:
    """The text with personal data hidden, full-width digits included; everything else stays to the letter."""
    for pattern, instead in _RULES:
        kept, at = [], 0
        for found in pattern.finditer(text.translate(_NARROW)):
            kept += [text[at : found.start()], instead(found) if callable(instead) else found.expand(instead)]
            at = found.end()
        text = "".join(kept) + text[at:]
    return hide_names(text)


def mask_name(name: str) -> str:
    """`王小明` → `王**`."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def mask_phone(phone: str) -> str:
    """`13812345678` → `138****5678`; a short number keeps its last two digits."""
    digits = phone.strip()
    if len(digits) >= 10:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * max(len(digits) - 2, 0) + digits[-2:]


_ABROAD: Final = re.compile(r"(?:00)?86(?=1\d{10}$)")


def dialled(phone: str) -> str:
    """`+86 138-1234-5678` → `13812345678`: the same number is the same however it was written."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    return _ABROAD.sub("", digits, count=1) if _ABROAD.match(digits) else digits

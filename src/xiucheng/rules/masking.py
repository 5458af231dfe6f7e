"""Hide personal data in free text (脱敏): phone, identity card, bank card, plate, e-mail. Pure; errs on the side of hiding."""

import re
import unicodedata
from typing import Final

_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "***@***"),
    (re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)"), r"\1********\2"),
    (re.compile(r"(?<!\d)(?:62\d{14,17}|4\d{15}|5[1-5]\d{14})(?!\d)"), "****"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)(0\d{2,3})[- ]?\d{4}(\d{3,4})(?!\d)"), r"\1-****\2"),
    (
        re.compile(
            r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·\s]?[A-Z0-9]{4,5}([A-Z0-9])"
        ),
        r"\1·***\2",
    ),
)


_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Full-width letters and digits (全角), as many keyboards write them, each to its ordinary one."""


def mask(text: str) -> str:
    """The text with personal data hidden, full-width digits included; everything else stays to the letter."""
    for pattern, instead in _RULES:
        kept, at = [], 0
        for found in pattern.finditer(text.translate(_NARROW)):
            kept += [text[at : found.start()], found.expand(instead)]
            at = found.end()
        text = "".join(kept) + text[at:] if kept else text
    return text


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

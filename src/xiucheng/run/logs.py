"""What logs may say (日志脱敏): never a tracking code, an upload's key or a phone number; an address is enough to find a fault."""

import logging
import re
from typing import Final

from xiucheng.rules.masking import mask

_KEYS: Final = re.compile(r"(?<=/)(?:(?:[2-9a-hj-np-z]{4}-?){4}|[\w-]{40,})(?=/|\b)", re.IGNORECASE)
_TRACES: Final = logging.Formatter()


def quiet(text: str) -> str:
    """The text with keys in addresses and personal data hidden."""
    return mask(_KEYS.sub("***", text))


class Quiet(logging.Filter):
    """Hides keys and personal data in every line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line pass, without what it must not say."""
        record.msg = quiet(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = quiet(_TRACES.formatException(record.exc_info))
        return True

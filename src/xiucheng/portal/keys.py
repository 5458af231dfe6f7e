"""Public names of cases (公开编号): opaque, the same each time, and no counting up; not the resident's tracking code."""

import base64
import functools
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from xiucheng.rules.refusals import Refused

_SIGN = b"xc-case\x00"


@functools.lru_cache(maxsize=4)
def _cipher(secret: str) -> Cipher[modes.ECB]:
    key = hashlib.sha256(b"portal.keys:" + secret.encode()).digest()[:16]
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block, where equal in must give equal out


def key_of(case_id: int) -> str:
    """22 letters that only this service can read back."""
    block = _cipher(settings.SECRET_KEY).encryptor().update(_SIGN + struct.pack(">q", case_id))
    return base64.urlsafe_b64encode(block).decode().rstrip("=")


def case_of(key: str) -> int:
    """The case of a public name; raises Refused("case_unknown") for anything that we did not make."""
    try:
        block = base64.urlsafe_b64decode(key + "==")
    except ValueError:
        block = b""
    if len(key) != 22 or len(block) != 16:
        raise Refused("case_unknown")
    clear = _cipher(settings.SECRET_KEY).decryptor().update(block)
    if clear[:8] != _SIGN:
        raise Refused("case_unknown")
    return int(struct.unpack(">q", clear[8:])[0])

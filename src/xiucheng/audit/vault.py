"""Personal data at rest (加密): sealed with AES-256-GCM, found again by a keyed hash.

A sealed value is 1 version byte, 12 nonce bytes, the cipher text and its tag. Keys are 32 bytes, base64, from the secrets outside the tree.
"""

import base64
import functools
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"


class KeyMissingError(RuntimeError):
    """The secrets hold no key for personal data; the service must not run without one."""


def _key(name: str) -> bytes:
    text = settings.SECRETS.get(name)
    if not text:
        raise KeyMissingError(f"{name} is missing: set XIUCHENG_{name.upper()} or start with `xiucheng run`")
    return base64.b64decode(text)


@functools.cache
def _cipher() -> AESGCM:
    return AESGCM(_key("field_key"))


@functools.cache
def _blind_key() -> bytes:
    return _key("blind_key")


def seal(clear: str) -> bytes:
    """Encrypt a text; the same text never gives the same bytes."""
    return seal_bytes(clear.encode())


def seal_bytes(clear: bytes) -> bytes:
    """Encrypt bytes."""
    nonce = os.urandom(12)
    return VERSION + nonce + _cipher().encrypt(nonce, clear, VERSION)


def unseal(sealed: bytes | memoryview | None) -> str:
    """Decrypt what `seal` made; nothing gives an empty text. Raises InvalidTag when the bytes or the key are wrong."""
    return unseal_bytes(sealed).decode()


def unseal_bytes(sealed: bytes | memoryview | None) -> bytes:
    """Decrypt what `seal_bytes` made."""
    if not sealed:
        return b""
    raw = bytes(sealed)
    return _cipher().decrypt(raw[1:13], raw[13:], raw[:1])


def blind(clear: str) -> bytes:
    """A keyed hash to find a sealed value by (16 bytes); the same text always gives the same bytes."""
    return hmac.new(_blind_key(), clear.encode(), hashlib.sha256).digest()[:16]

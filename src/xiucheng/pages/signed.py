"""Addresses of pictures that nobody can guess (签名地址): whoever may see the page got the address from it.

The address holds the picture's hash and a seal made with the service's secret; browsers may keep it for a year.
Whether a picture is shown at all is decided where the page is made.
"""

import base64
import hashlib
import hmac
from typing import Any, Final

from django.conf import settings

SIZES: Final = ("full", "thumb")
_SEAL_BYTES: Final = 12


def seal(sha256: str, size: str) -> str:
    """The part of the address that only this service can make."""
    raw = hmac.new(settings.SECRET_KEY.encode(), f"picture:{size}:{sha256}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw[:_SEAL_BYTES]).decode().rstrip("=")


def sealed(sha256: str, size: str, given: str) -> bool:
    """Whether this seal is ours."""
    return hmac.compare_digest(seal(sha256, size), given)


def _address(picture: Any, size: str) -> str:
    sha256 = picture if isinstance(picture, str) else picture["sha256"] if isinstance(picture, dict) else picture.sha256
    return f"/pictures/{size}/{sha256}.{seal(sha256, size)}.jpg"


def picture_url(picture: Any) -> str:
    """Address of the whole picture; `picture` is its hash, a row or a dict with `sha256`."""
    return _address(picture, "full")


def thumb_url(picture: Any) -> str:
    """Address of the small picture (at most 480 pixels)."""
    return _address(picture, "thumb")

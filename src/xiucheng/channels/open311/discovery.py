"""Where the service stands (服务发现): one endpoint for real reports, one for tries, which become training cases."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGESET: Final = "2026-11-28T00:00:00+08:00"
"""When what this service can do was changed last."""


def base() -> str:
    """The public address of this channel."""
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}/open311"


def told(account: Mapping[str, Any]) -> dict[str, Any]:
    """The discovery document."""
    ends = (("v2", "production"), ("test/v2", "test"))
    return {
        "changeset": CHANGESET,
        "contact": str(account.get("contact") or "城市管理热线 12319"),
        "key_service": str(account.get("key_service") or "请向本市数字化城市管理中心的安全管理员申请密钥"),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base()}/{path}",
                "changeset": CHANGESET,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for path, kind in ends
        ],
    }

"""From which address a request came (来源地址): one answer for the record, for lock-outs and for what may be sent."""

from django.conf import settings
from django.http import HttpRequest


def sender(request: HttpRequest) -> str:
    """The address that a request came from; behind a trusted proxy (`BEHIND_PROXY`) the last hop, which that proxy wrote.

    Without the setting the header counts for nothing: anybody may send one.
    """
    if settings.BEHIND_PROXY:
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if last:
            return str(last)
    return str(request.META.get("REMOTE_ADDR", ""))

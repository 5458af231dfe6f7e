"""What every answer tells the browser (响应头): no foreign scripts, no frames, the reader's language."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

POLICY: Final = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'{script}",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'{live}",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:")
_LANGUAGES: Final = {code for code, _ in settings.LANGUAGES}

Answer = Callable[[HttpRequest], HttpResponse]


def content_policy(request: HttpRequest, script: str = "") -> str:
    """What a page may load; `script` is the address of the one foreign script that this answer lets in."""
    return POLICY.format(live=_live(request), script=f" {script}" if script else "")


def policy(get_response: Answer) -> Answer:
    """Scripts and styles come from this house only, unless a view let one in; the position is asked only for our own pages."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_policy(request))
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        return response

    return answer


def _live(request: HttpRequest) -> str:
    """Live events come from another port of the same host, or from the origin that a proxy gives them."""
    if settings.LIVE_ORIGIN:
        return f" {settings.LIVE_ORIGIN}" if "://" in settings.LIVE_ORIGIN else ""
    host = urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    if not host or any(c not in _HOST for c in host):
        return ""
    name = f"[{host}]" if ":" in host else host
    return f" {request.scheme}://{name}:{settings.LIVE_PORT}"


def language(get_response: Answer) -> Answer:
    """Chinese unless the reader chose otherwise (语言): the cookie decides, not the browser's default."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in _LANGUAGES else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return answer

"""Who knocks (准入): the session cookie of the pages decides, and an origin of our own; asked once per connection."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http.request import validate_host

from xiucheng.live.topics import Interest, allow, split
from xiucheng.people.queries import Holder, holder


def origin_allowed(origin: str, host: str) -> bool:
    """Pages of the same host on another port, or of an origin that the administrator trusts. No origin: not a foreign page."""
    if not origin:
        return True
    return urlsplit(origin).hostname == urlsplit(f"//{host}").hostname or origin in settings.CSRF_TRUSTED_ORIGINS


def host_allowed(host: str) -> bool:
    """The same names as the pages answer to."""
    name = urlsplit(f"//{host}").hostname or ""
    return validate_host(f"[{name}]" if ":" in name else name, settings.ALLOWED_HOSTS)


def _session(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _who(key: str) -> Holder | None:
    if not key:
        return None
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]  # it reads nothing but the session
    return holder(user) if user.is_authenticated and not user.must_change else None


def admit(headers: Mapping[str, str], topics: str) -> Interest | None:
    """What the visitor may follow, or None. Runs in a thread; leaves no connection behind."""
    try:
        return allow(split(topics), _who(_session(headers.get("cookie", ""))))
    finally:
        connections.close_all()

"""Who is asking (谁在请求): a token's account, a signed-in person (then with the page's CSRF token), or anybody."""

import datetime as dt
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from xiucheng.api.actions import digest
from xiucheng.api.models import Token
from xiucheng.city import clock
from xiucheng.people.models import ADMINISTRATORS, Account
from xiucheng.people.queries import Holder, holder
from xiucheng.rules.refusals import Refused

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

HOUR: Final = dt.timedelta(hours=1)
"""How often the use of a token is written down: a row per request would cost more than most requests."""


class _Check(CsrfViewMiddleware):
    """Says why instead of drawing a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def somebody(request: HttpRequest) -> Holder | None:
    """The person or machine behind a request, or None for the public. A token that is not valid is refused."""
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if given:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("sign_in")
        return _by_token(token.strip())
    user = getattr(request, "user", None)
    if not isinstance(user, Account) or not user.is_authenticated:
        return None
    if request.method not in SAFE and _forged(request):
        raise Refused("sign_in")
    if user.must_change:  # the pages send him to change it; here nothing opens until he has
        raise Refused("change_password")
    return holder(user)


def staff(request: HttpRequest) -> Holder:
    """A person of the house; nobody else looks at cases, administrators included."""
    found = somebody(request)
    if found is None:
        raise Refused("sign_in")
    if not found.posts - frozenset(ADMINISTRATORS):
        raise Refused("no_post")
    return found


def _by_token(token: str) -> Holder:
    row = Token.objects.select_related("account").filter(digest=digest(token), revoked_at=None).first()
    now = clock.now()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        raise Refused("sign_in")
    if row.last_used_at is None or row.last_used_at < now - HOUR:
        Token.objects.filter(pk=row.pk).update(last_used_at=now)
    found = holder(row.account)
    posts = found.posts & frozenset(row.posts) if row.posts else found.posts
    return Holder(found.id, found.name, posts, found.areas, found.unit, found.training)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _forged(request: HttpRequest) -> bool:
    check = _Check(_nothing)
    check.process_request(request)
    return check.process_view(request, _nothing, (), {}) is not None

"""Who may use which page of the phone (权限): nobody by default; a page names the posts that it is for."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from xiucheng.cases.queries.scope import Scope, scope_of
from xiucheng.people.models import Account
from xiucheng.people.queries import Holder, holder
from xiucheng.rules.refusals import Refused

P = ParamSpec("P")
ON_SITE: Final = ("officer", "chief")
WORKING: Final = ("handler", "unit")
ALL: Final = (*ON_SITE, *WORKING)


@dataclass(frozen=True, slots=True)
class Walker:
    """The person with the phone."""

    holder: Holder
    scope: Scope

    def has(self, *posts: str) -> bool:
        """Whether one of these posts is held."""
        return bool(self.holder.posts & set(posts))


class FieldRequest(HttpRequest):
    """A request whose person is known."""

    walker: Walker


View = Callable[Concatenate[FieldRequest, P], HttpResponseBase]


Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def field(*posts: str) -> Callable[[View[P]], Page[P]]:
    """Open a page to these posts; others are sent to sign in or refused with a sentence."""

    def wrap(view: View[P]) -> Page[P]:
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            account = request.user
            if not isinstance(account, Account):
                return _to_sign_in(request)
            who = holder(account)
            if not who.posts & set(posts):
                raise Refused("no_post")
            request.walker = Walker(who, scope_of(who))  # type: ignore[attr-defined]  # makes it a FieldRequest
            response = view(request, *args, **kwargs)  # type: ignore[arg-type]  # a FieldRequest since the line above
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        functools.update_wrapper(answer, view)
        return answer

    return wrap


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Queue"):
        refused = Refused("sign_in")
        return HttpResponse(refused.zh, status=401, headers={"X-Refused": "sign_in"})
    return redirect_to_login(request.get_full_path())

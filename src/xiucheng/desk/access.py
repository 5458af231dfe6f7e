"""Who may use which page of the desk (权限): nobody by default; a page names the posts that it is for."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from xiucheng.cases.queries.scope import Scope, scope_of
from xiucheng.people.models import Account
from xiucheng.people.queries import Holder, holder
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

P = ParamSpec("P")

CENTRE: Final = ("operator", "shift_leader", "dispatcher", "leader", "assessor")
WORKING: Final = ("operator", "shift_leader", "dispatcher")
ALL_POSTS: Final = (*CENTRE, "unit", "handler")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person in front of the page: what he holds and which cases he may see."""

    holder: Holder
    scope: Scope

    @property
    def id(self) -> int:
        """The account's id."""
        return self.holder.id

    @property
    def posts(self) -> frozenset[str]:
        """The posts held."""
        return self.holder.posts

    @property
    def actor(self) -> Actor:
        """How the law sees this person."""
        return self.holder.actor("desk")

    def has(self, *posts: str) -> bool:
        """Whether one of these posts is held."""
        return bool(self.posts & set(posts))

    @property
    def sees_reporters(self) -> bool:
        """Whether words and contacts of residents may be opened (反映人信息): the centre's working posts and leaders only."""
        return self.has(*WORKING, "leader")


class DeskRequest(HttpRequest):
    """A request whose person is known."""

    viewer: Viewer


View = Callable[Concatenate[DeskRequest, P], HttpResponseBase]


def staff(*posts: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Open a page to these posts (岗位); everybody else is sent to sign in or refused with a sentence."""

    def wrap(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer = viewer_of(request)
            if viewer is None:
                return _to_sign_in(request)
            if not viewer.has(*posts):
                raise Refused("no_post")
            request.viewer = viewer  # type: ignore[attr-defined]  # makes it a DeskRequest
            response = view(request, *args, **kwargs)  # type: ignore[arg-type]  # a DeskRequest since the line above
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        answer.posts = posts  # type: ignore[attr-defined]  # the matrix of who may see what reads it
        return answer  # type: ignore[return-value]  # `wraps` hides that arguments come by place

    return wrap


def viewer_of(request: HttpRequest) -> Viewer | None:
    """The signed-in person, or nothing."""
    account: Any = getattr(request, "user", None)
    if not isinstance(account, Account) and not getattr(account, "is_authenticated", False):
        return None
    who = holder(account)
    return Viewer(who, scope_of(who))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": "/sign-in/"})
    return redirect_to_login(request.get_full_path())

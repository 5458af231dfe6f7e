"""A first password is changed before anything else (首次登录改密): no page of the staff opens until then."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

_STAFF: Final = ("/desk/", "/field/", "/admin/")

Answer = Callable[[HttpRequest], HttpResponse]


def change_first(get_response: Answer) -> Answer:
    """Send whoever still has the password that an administrator gave him to the page where he changes it."""

    def answer(request: HttpRequest) -> HttpResponse:
        inside = request.path.startswith(_STAFF) and settings.SESSION_COOKIE_NAME in request.COOKIES
        if inside and getattr(request.user, "must_change", False):
            return HttpResponseRedirect("/me/password/")
        return get_response(request)

    return answer

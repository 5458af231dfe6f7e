"""Keep what the reader chose (选择): language and elder version, in cookies, back to where he was."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

_YEAR = 365 * 24 * 3600


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Set `language` (zh-hans, en) and `elder` (1, 0), then go to `next`."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith("/"):
        target = "/"
    answer = HttpResponseRedirect(target)
    language, elder = request.GET.get("language", ""), request.GET.get("elder", "")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax")
    if elder in {"0", "1"}:
        answer.set_cookie("elder", elder, max_age=_YEAR, samesite="Lax")
    return answer

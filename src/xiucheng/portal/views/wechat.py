"""One tap inside WeChat (微信登录): the resident lets himself be known by his openid, nothing else, and goes on where he was.

The way out is an answer to a form of ours (no other page can start it); the way back is good once, for ten minutes, for the browser
that set out, and leads only to pages of ours that it remembers itself.
"""

import logging
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from xiucheng.channels.wechat import web
from xiucheng.channels.wechat.account import Account
from xiucheng.channels.wechat.client import PeerError
from xiucheng.pages import limits
from xiucheng.portal import door
from xiucheng.portal.show import show

ONWARD: Final = "wechat_onward"
PAGES: Final = frozenset(
    {"home", "order", "order_place", "order_words", "order_contact", "track", "progress", "wechat", "more"}
)
"""Where somebody may go on after the tap."""
SAID: Final = {
    "off": (404, gettext_noop("本市还没有开通微信登录。不用登录也能反映，凭查询码看进度。")),
    "old": (400, gettext_noop("这次登录已经过期，或者不是在这个页面上点开的。请再点一次。")),
    "refused": (400, gettext_noop("微信没有告诉我们您是谁。请再点一次。")),
    "away": (502, gettext_noop("微信暂时没有回答。请过一会儿再点一次。")),
    "broken": (502, gettext_noop("公众号还没有设置好，暂时不能登录，我们已经记下。")),
}
"""What went wrong and its status; the page says what works all the same."""
logger = logging.getLogger("xiucheng.portal")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """我的反映：没登录的，点一下."""
    if web.ready() is None:
        return _trouble(request, "off", reverse("portal:home"))
    return show(request, "wechat", tab="track", onward=reverse("portal:wechat"), trouble="")


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """去微信。An answer of 200 that leads on: the policy of our pages lets no form end at another site."""
    account = web.ready()
    if account is None:
        return _trouble(request, "off", reverse("portal:home"))
    limits.spend(request, "wechat_enter", most=30, seconds=600)
    request.session[ONWARD] = onward(request.POST.get("onward", ""))
    back = f"{settings.PUBLIC_ADDRESS.rstrip('/')}{reverse('portal:wechat_back')}"
    address = web.sign_in_address(account, request.session, back)
    return show(request, "wechat_go", tab="track", address=address)


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """从微信回来。The browser of WeChat sometimes comes twice: who is known already just goes on."""
    account, goes_on = web.ready(), request.session.pop(ONWARD, reverse("portal:wechat"))
    if account is None:
        return _trouble(request, "off", goes_on)
    code = request.GET.get("code", "")
    try:
        openid = web.signed_in(account, request.session, code[:200], request.GET.get("state", "")[:200])
    except PeerError as trouble:
        return _trouble(request, _which(trouble), goes_on)
    if openid:
        _remember(request, account, openid)
    elif not door.person(request):
        return _trouble(request, "old" if code else "refused", goes_on)
    return HttpResponseRedirect(goes_on)


def _remember(request: HttpRequest, account: Account, openid: str) -> None:
    """Under a new session key: who knew the old one does not know the new one."""
    web.keep(request.session, account, openid)
    request.session.cycle_key()


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """退出."""
    web.forget(request.session)
    return HttpResponseRedirect(reverse("portal:wechat"))


def onward(address: str) -> str:
    """The address, if it is a page of ours that one may go on to; else the first page. Never another site."""
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    try:
        found = resolve(urlsplit(address).path) if ours and len(address) <= 300 else None
    except (Resolver404, ValueError):
        found = None
    fits = found is not None and found.app_names == ["portal"] and found.url_name in PAGES
    return address if fits else reverse("portal:home")


def _which(trouble: PeerError) -> str:
    if trouble.outcome == "broken_config":
        logger.warning("wechat refuses to sign residents in: %s", trouble.code)
        return "broken"
    return "away" if trouble.outcome in {"unreachable", "unknown", "retry_later"} else "refused"


def _trouble(request: HttpRequest, which: str, goes_on: str) -> HttpResponse:
    status, words = SAID[which]
    return show(request, "wechat", tab="track", status=status, onward=goes_on, trouble=_(words))

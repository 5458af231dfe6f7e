"""The portal inside WeChat (微信里的网页): signatures for `wx.config`, and sign-in by which a page learns the openid.

The state of a sign-in is bound to the session that began it and good once, so that nobody can be signed in as somebody else. What
the session keeps of the person is sealed, and holds for the account that gave it.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from xiucheng.audit import vault
from xiucheng.channels.wechat import client, tokens
from xiucheng.channels.wechat.account import NAME, Account, BadAccountError, here
from xiucheng.channels.wechat.client import PeerError
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits

STATE: Final = "wechat_state"
STATE_SECONDS: Final = 600.0
PERSON: Final = "wechat_person"
OPENID_MOST: Final = 64
PAUSE: Final = 10.0
PATIENCE: Final = 1.0


@dataclass(slots=True)
class _Pause:
    """Until when a ticket that could not be had is not asked for again, however many pages want one."""

    until: float = 0.0


_pause: Final = _Pause()
_asking: Final = threading.Lock()


def js_signature(ticket: str, nonce: str, stamp: str, url: str) -> str:
    """SHA-1 over the four in the order that WeChat wants; the url ends before `#`."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={stamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def ticket(account: Account) -> str:
    """The ticket for pages, kept for all processes like the token. Raises PeerError.

    One page at a time asks for it: while WeChat does not answer the others go on without, so that no page waits for WeChat.
    """
    if found := _kept_ticket(account):
        return found
    if not _asking.acquire(timeout=PATIENCE):
        raise PeerError("retry_later")
    try:
        return _kept_ticket(account) or _new_ticket(account)
    finally:
        _asking.release()


def _kept_ticket(account: Account) -> str:
    kept = states.peek(NAME).secret.get("ticket") or {}
    return str(kept["ticket"]) if kept.get("appid") == account.appid and kept["until"] > time.time() else ""


def _new_ticket(account: Account) -> str:
    if _pause.until > time.monotonic():
        raise PeerError("retry_later")
    try:
        found = tokens.call(account, "/cgi-bin/ticket/getticket", query={"type": "jsapi"})
    except PeerError:
        _pause.until = time.monotonic() + PAUSE
        raise
    until = time.time() + float(found.get("expires_in") or 0) - limits(NAME)["token_early_seconds"]
    with states.held(NAME) as memory:
        memory.secret["ticket"] = {"appid": account.appid, "ticket": str(found["ticket"]), "until": until}
    return str(found["ticket"])


@require_safe
def js(request: HttpRequest) -> HttpResponse:
    """What `wx.config` wants for one of our own pages."""
    url = request.GET.get("url", "")
    account = ready()
    if account is None:
        return JsonResponse({"error": "off"}, status=404)
    if not _ours(url):
        return JsonResponse({"error": "url"}, status=400)
    try:
        nonce, stamp = secrets.token_urlsafe(12), int(time.time())
        signed = js_signature(ticket(account), nonce, str(stamp), url)
    except PeerError:
        return JsonResponse({"error": "away"}, status=502)
    return JsonResponse({"appId": account.appid, "timestamp": stamp, "nonceStr": nonce, "signature": signed})


def ready() -> Account | None:
    """The account, where there is one that can be used."""
    try:
        return here()
    except BadAccountError:
        return None


def _ours(url: str) -> bool:
    ours, given = urlsplit(settings.PUBLIC_ADDRESS), urlsplit(url)
    return len(url) <= 2000 and (given.scheme, given.netloc) == (ours.scheme, ours.netloc)


def sign_in_address(account: Account, session: MutableMapping[str, Any], back: str) -> str:
    """Where to send the browser; it comes back to `back` with `code` and `state`."""
    state = secrets.token_hex(16)
    session[STATE] = [state, time.time()]
    query = {
        "appid": account.appid, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base", "state": state,
    }  # fmt: skip
    return f"{account.open}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


def signed_in(account: Account, session: MutableMapping[str, Any], code: str, state: str) -> str:
    """The openid of who came back; empty where the state is not this session's. Raises PeerError."""
    wanted, since = session.pop(STATE, ("", 0.0))
    if not wanted or not hmac.compare_digest(str(wanted).encode(), state.encode()):
        return ""
    if not code or time.time() - since > STATE_SECONDS:
        return ""
    query = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    found = client.call(account, "/sns/oauth2/access_token", query).get("openid")
    if not isinstance(found, str) or not 0 < len(found) <= OPENID_MOST:
        raise PeerError("unknown")
    return found


def keep(session: MutableMapping[str, Any], account: Account, openid: str) -> None:
    """The session remembers who came back."""
    session[PERSON] = base64.b64encode(vault.seal(f"{account.appid} {openid}")).decode()


def kept(session: Mapping[str, Any], account: Account) -> str:
    """The openid that the session remembers for this account; empty where there is none."""
    try:
        appid, _, openid = vault.unseal(base64.b64decode(str(session.get(PERSON, "")))).partition(" ")
    except (InvalidTag, ValueError):
        return ""
    return openid if appid == account.appid else ""


def forget(session: MutableMapping[str, Any]) -> None:
    """The session remembers nobody."""
    session.pop(PERSON, None)

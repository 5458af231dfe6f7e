"""The door of a resident inside WeChat (微信里的市民): who was let be known keeps that door for the answer and sees his reports.

Outside WeChat, with the channel off or without the tap nothing changes: a report needs nobody's name.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from xiucheng.cases.actions import Submitted
from xiucheng.channels.wechat import mine, web
from xiucheng.channels.wechat.account import NAME
from xiucheng.pages import headers
from xiucheng.portal.progress import state_words
from xiucheng.portal.queries import rows

INSIDE: Final = "MicroMessenger"
"""What the browser of WeChat says of itself."""
_REPORTS: Final = """
SELECT r.token, r.said_at, r.channel, coalesce(nullif(r.place, ''), c.place) AS place, c.category_id, c.street, c.community,
  coalesce(m.state, c.state) AS state
FROM unnest(%(tokens)s::text[]) WITH ORDINALITY AS t (token, nth) JOIN cases_report r ON r.token = t.token
JOIN cases_case c ON c.id = r.case_id LEFT JOIN cases_case m ON m.id = c.main_case_id ORDER BY t.nth
"""


def person(request: HttpRequest) -> str:
    """The openid of who let himself be known in this browser; empty for all others."""
    account = web.ready()
    return web.kept(request.session, account) if account is not None else ""


def state(request: HttpRequest) -> str:
    """`known`, `tap` (inside WeChat, not yet known), or empty: no word of WeChat on the page."""
    if web.ready() is None:
        return ""
    if person(request):
        return "known"
    return "tap" if INSIDE in request.headers.get("User-Agent", "") else ""


def script(request: HttpRequest) -> str:
    """The address of WeChat's own script for a page that was opened inside WeChat; empty for all others."""
    account = web.ready()
    inside = INSIDE in request.headers.get("User-Agent", "")
    return account.script if account is not None and inside else ""


def let_in(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The same answer, with leave to load WeChat's script where the page asks for it, and nothing else that is foreign."""
    if address := script(request):
        answer.headers["Content-Security-Policy"] = headers.content_policy(request, address)
    return answer


def take(
    request: HttpRequest, contact: Mapping[str, str], take_in: Callable[..., Submitted], **facts: Any
) -> Submitted:
    """Take a report in; one of somebody who is known is his, and is answered by WeChat. All or nothing.

    Until when we may write to him freely only WeChat knows: opening a page is no message to the account.
    """
    openid, account = person(request), web.ready()
    if not openid or account is None:
        return take_in(contact=contact, **facts)
    with transaction.atomic():
        made = take_in(contact={**contact, "reply": openid}, reply_channel=NAME, **facts)
        mine.add(account.appid, openid, made.token)
    return made


def reports(request: HttpRequest) -> list[dict[str, Any]]:
    """His reports, by the talk and by these pages, the newest first (我的反映); two statements."""
    openid, account = person(request), web.ready()
    if not openid or account is None:
        return []
    found = rows(_REPORTS, {"tokens": list(mine.tokens(account.appid, openid))})
    return [row | dict(zip(("stage", "tone", "state_words"), state_words(row["state"]), strict=True)) for row in found]


def lazily(request: HttpRequest) -> dict[str, Any]:
    """For every page: asked only where the page shows it."""
    asked = {"wechat": state, "wechat_script": script, "my_reports": reports}
    return {name: functools.partial(ask, request) for name, ask in asked.items()}

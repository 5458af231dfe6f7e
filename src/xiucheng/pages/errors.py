"""When something does not work (出错页): a sentence that says what happened and what to do, never a bare number.

The middleware `refusals` turns every `Refused` into its sentence with its status: a page, a piece of a page (htmx), or JSON.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiucheng.intake import door
from xiucheng.pages.filters import said
from xiucheng.rules.refusals import Refused

log = logging.getLogger(__name__)

WORDS: Final[dict[int, tuple[str, str]]] = {
    400: (gettext_noop("这个请求看不懂"), gettext_noop("可能是链接不完整或内容过期了。请返回上一页再试一次。")),
    403: (
        gettext_noop("您不能看这一页"),
        gettext_noop("这一页只给有权限的人看。工作人员请先登录；如果您认为应该能看，请联系系统管理员。"),
    ),
    404: (
        gettext_noop("没有找到这一页"),
        gettext_noop("链接可能抄错了，或者内容已经撤下。用查询码查进度，请核对每一位字母和数字。"),
    ),
    405: (gettext_noop("这个地址不能这样用"), gettext_noop("请返回上一页，用页面上的按钮操作。")),
    409: (gettext_noop("有人先一步改动了"), gettext_noop("您看到的内容已经不是最新的。请返回上一页刷新后再操作。")),
    413: (gettext_noop("内容太大了"), gettext_noop("照片每张不超过 20 MB，文字不超过 5000 字。请换小一点的照片再发。")),
    429: (gettext_noop("提交得太快了"), gettext_noop("请稍等一会儿再试。")),
    500: (
        gettext_noop("我们这边出错了"),
        gettext_noop("不是您的问题，技术人员已收到记录。请过几分钟再试；急事请打 12319。"),
    ),
    503: (gettext_noop("系统正在恢复"), gettext_noop("请稍等几秒再试，填好的内容不会丢。急事请打 12319。")),
}

_STAFF: Final = ("/desk/", "/field/", "/admin/")
"""Who went wrong here works here: his way back is to his own first page, not to the residents'."""


def _page(request: HttpRequest, status: int, words: str = "") -> HttpResponse:
    title, usual = WORDS.get(status, WORDS[400 if status < 500 else 500])
    text = words or _(usual)
    if _wants_json(request):
        answer: HttpResponse = JsonResponse({"code": str(status), "message": text}, status=status)
    elif request.headers.get("HX-Request") == "true":
        piece = format_html('<div class="alert alert-danger" role="alert">{}</div>', text)
        answer = HttpResponse(piece, status=status, headers={"X-Refused": str(status)})
    else:
        home = "/home/" if request.path.startswith(_STAFF) else "/"
        facts = {"code": status, "title": _(title), "words": text, "advice": [], "back": "", "home": home}
        answer = render(request, "pages/error.html", facts, status=status)
    answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _wants_json(request: HttpRequest) -> bool:
    asked = request.headers.get("Accept", "")
    return request.path.startswith(("/api/", "/uploads/")) or asked.startswith("application/json")


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The answer to a refused request: its sentence, its status; a machine is told in its own form that the database is away."""
    if refusal.code == "busy" and (told := door.busy(request)) is not None:
        return told
    answer = _page(request, refusal.status, said(refusal))
    if isinstance(answer, JsonResponse):
        answer = JsonResponse({"code": refusal.code, "message": said(refusal)}, status=refusal.status)
    answer.headers["X-Refused"] = refusal.code
    if refusal.code == "too_many":
        answer.headers["Retry-After"] = str(refusal.facts["seconds"])
    return answer


class Refusals:
    """Middleware: a refusal or a database that is just coming back becomes a sentence, never a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the view could not do."""
        if isinstance(exception, Refused):
            return refused(request, exception)
        if isinstance(exception, OperationalError):
            log.warning("database not reachable: %s", type(exception).__name__)
            return refused(request, Refused("busy"))
        if isinstance(exception, DataError | ValueError) and "NUL" in str(exception):  # text that no database can hold
            return _page(request, 400)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the content was too big."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig | TooManyFieldsSent) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the page asks nothing of the database."""
    return _page(request, 500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose security mark is missing or old."""
    return _page(request, 403, _("页面放得太久，安全标记过期了。请返回上一页刷新，再提交一次；填好的内容一般还在。"))


def offline(request: HttpRequest) -> HttpResponse:
    """What the phone shows without a line (离线页)."""
    words = _("您的手机现在连不上网。可以先把问题写下来，连上网后会自动发送；急事请打 12319。")
    facts: dict[str, Any] = {
        "code": "",
        "title": _("现在没有网络"),
        "words": words,
        "advice": [],
        "back": "",
        "home": "/",
    }
    return render(request, "pages/error.html", facts)

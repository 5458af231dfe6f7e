"""“Me too” (我也遇到了): a report of one's own that is handled with the same problem; from step two or from its public page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from xiucheng.audit import addresses
from xiucheng.cases.actions import Submitted
from xiucheng.intake.actions import me_too
from xiucheng.intake.models import Draft
from xiucheng.portal import door, drafts
from xiucheng.portal.drafts import WORDS_MOST, Order
from xiucheng.portal.keys import case_of
from xiucheng.portal.show import language_code
from xiucheng.portal.views.open import problem_page
from xiucheng.portal.views.order import keep_words, received, words_page
from xiucheng.rules.refusals import Refused


@require_POST
def join(request: HttpRequest, key: str) -> HttpResponse:
    """我也遇到了：自己的一条诉求，和同一个问题一起办."""
    token = request.POST.get("draft", "")
    return _from_order(request, key, token) if token else _from_problem(request, key)


def _from_order(request: HttpRequest, key: str, token: str) -> HttpResponse:
    row, order = drafts.find(token)
    if row.report_token:
        return received(row.report_token)
    order.phone = request.POST.get("phone", order.phone)
    try:
        if "words" in request.POST:
            keep_words(request, row, order)
        made = _joined(request, key, order, row)
    except Refused as refusal:
        return words_page(request, row, order, refusal)
    drafts.sent(row, made.token)
    return received(made.token)


def _from_problem(request: HttpRequest, key: str) -> HttpResponse:
    given = request.POST
    order = Order(
        words=given.get("words", "").replace("\r\n", "\n").strip(),
        phone=given.get("phone", ""),
        share_contact=given.get("share_contact") == "1",
    )
    try:
        return received(_joined(request, key, order).token)
    except Refused as refusal:
        return problem_page(request, key, order, refusal)


def _joined(request: HttpRequest, key: str, order: Order, row: Draft | None = None) -> Submitted:
    if len(order.words) > WORDS_MOST:
        raise Refused("too_long", field="内容", most=WORDS_MOST)
    return door.take(
        request,
        {"name": order.name, "phone": order.phone, "email": order.email},
        me_too,
        main_case=case_of(key),
        channel="web",
        words=order.words,
        share_contact=order.share_contact,
        pictures=row.pictures if row else (),
        language=language_code(),
        sender=addresses.sender(request),
        key=f"draft:{row.token}" if row else _once(request),
    )


def _once(request: HttpRequest) -> str | None:
    """The form's own key; a form without one is nobody else's, so it shares no key."""
    once = request.POST.get("once", "")[:60]
    return f"me_too:{once}" if once else None

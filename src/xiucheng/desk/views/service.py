"""The service of the hotline by day (话务服务指标): connected, answered in time, how long people waited."""

import datetime as dt
from typing import Final

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions.tasks import number
from xiucheng.city import clock
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page

SPANS: Final = (7, 14, 31, 92)


@require_safe
@staff("shift_leader", "leader")
def service(request: DeskRequest) -> HttpResponseBase:
    """The last days, the newest first, and the span as a whole."""
    asked = request.GET.get("days", "")
    span = int(asked) if asked in {str(n) for n in SPANS} else SPANS[1]
    today = clock.today()
    days, whole = queries.days(today - dt.timedelta(days=span - 1), today)
    facts = {"days": days[::-1], "whole": whole, "within": number("answer_seconds"), "span": span, "spans": SPANS}
    return page(request, "calls/service.html", facts, active="desk:service")

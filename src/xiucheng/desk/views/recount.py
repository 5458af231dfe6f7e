"""The calendar was corrected (日历更正): look at the deadlines that would move, then move them."""

from itertools import islice
from typing import Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiucheng.audit.actions import record_change
from xiucheng.cases.actions.recount import apply, preview
from xiucheng.city import clock
from xiucheng.city.models import CalendarDay, CalendarYear
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page

SHOWN: Final = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff("system_admin", "shift_leader")
def recount(request: DeskRequest) -> HttpResponseBase:
    """The year's exceptions and the deadlines that today's calendar puts elsewhere; closed cases are never touched."""
    if request.method == "POST":
        count = apply(account=str(request.viewer.id))
        record_change(
            account_id=request.viewer.id, table="cases_clock", key="", act="recount", before={}, after={"cases": count}
        )
        messages.success(request, _("已按新日历重算 %(n)s 件案件。") % {"n": count})
        return HttpResponseRedirect(reverse("desk:recount"))
    year = clock.today().year
    shifts = list(islice(preview(), SHOWN + 1))
    facts = {
        "days": list(CalendarDay.objects.filter(date__year__in=(year, year + 1)).order_by("date")),
        "years": sorted(CalendarYear.objects.filter(year__gte=year).values_list("year", flat=True)),
        "year": year,
        "shifts": shifts[:SHOWN],
        "more": len(shifts) > SHOWN,
        "edits": request.viewer.has("system_admin"),
    }
    return page(request, "duty/recount.html", facts, active="desk:recount")

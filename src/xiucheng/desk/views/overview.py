"""The leader's page (概况): today and the last days, from the daily roll-ups only; what waits now, from the open cases."""

import datetime as dt
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xiucheng.cases.queries.counts import by_street, counts
from xiucheng.city import clock
from xiucheng.desk import figures, words
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.rules.workflow import OPEN, STATES

DAYS = 14


@require_safe
@staff("leader", "shift_leader", "assessor")
def overview(request: DeskRequest) -> HttpResponseBase:
    """Today's figures, the last two weeks, units and streets."""
    today = clock.today()
    seen = counts(request.viewer.scope)
    days = figures.days(today - dt.timedelta(days=DAYS - 1), today)
    facts: dict[str, Any] = {
        "seen": seen,
        "today": days[-1],
        "days": days,
        "top": max((max(d.received, d.closed) for d in days), default=0) or 1,
        "stages": [
            (state, words.state(state), seen.states.get(state, 0), seen.late.get(state, 0))
            for state in STATES
            if state in OPEN
        ],
        "units": figures.units(today - dt.timedelta(days=29), today),
        "streets": sorted(
            ((words.area(code) or _("未定地点"), n) for code, n in by_street(request.viewer.scope).items()),
            key=lambda x: -x[1],
        ),
        "categories": figures.categories(today - dt.timedelta(days=6), today),
    }
    return page(request, "overview.html", facts, active="desk:overview")

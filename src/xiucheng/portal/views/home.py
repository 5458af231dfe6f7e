"""Home: the big button, the menu of common problems, what was done lately (首页)."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xiucheng.city import clock
from xiucheng.portal import queries
from xiucheng.portal.show import show
from xiucheng.portal.solved import solved
from xiucheng.portal.texts import menu


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页."""
    figures = queries.figures(7)
    today = clock.today()
    return show(
        request,
        "home",
        tab="home",
        menu=menu(),
        figures=figures,
        today=today,
        yesterday=today - dt.timedelta(days=1),
        open_now=queries.open_now(),
        solved=solved(most=4),
    )

"""How the channels fare (渠道状态): last in, last out, what waits, what could not be worked off and why; try again by hand."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiucheng.desk import connecting
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.intake import accounts, port
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Incoming

KEEPERS = ("shift_leader", "system_admin")
SHOWN = 50


@require_safe
@staff(*KEEPERS)
def channels(request: DeskRequest) -> HttpResponseBase:
    """One line for each channel; below, the newest messages that people must look at. What they say is not shown here."""
    lines = [
        (way, on := accounts.account(way.name) is not None, states.health(way.name), port.spent(way) if on else [])
        for way in port.ways()
    ]
    failed = Incoming.objects.filter(state=Incoming.State.FAILED).order_by("-id").defer("raw_sealed")
    facts = {
        "lines": lines,
        "fault": accounts.fault(),
        "failed": list(failed[:SHOWN]),
        "most": SHOWN,
        "how_to": connecting.HOW,
    }
    return page(request, "channels.html", facts, active="desk:channels")


@require_POST
@staff(*KEEPERS)
def again(request: DeskRequest, incoming_id: int) -> HttpResponseBase:
    """Work one off once more."""
    if not incoming.try_again(incoming_id):
        raise Http404
    messages.success(request, _("已重新排队，几秒后请刷新查看。"))
    return HttpResponseRedirect(reverse("desk:channels"))

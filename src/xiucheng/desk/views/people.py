"""Accounts for the system administrator (人员管理): import from a sheet, leave with handing over; the rest is in the registers."""

import csv
import io
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from django.views.decorators.http import require_http_methods, require_safe

from xiucheng.cases.actions.hand_over import hand_over, waiting
from xiucheng.city import clock
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.people.actions import accounts
from xiucheng.people.actions.imports import IMPORTS, Done
from xiucheng.people.models import Account
from xiucheng.rules.refusals import Refused

KEEPER: Final = "system_admin"
KINDS: Final = {"accounts": n_("账号"), "units": n_("单位"), "contacts": n_("单位联系人")}
SHOWN: Final = 50


@require_safe
@staff(KEEPER)
def people(request: DeskRequest) -> HttpResponseBase:
    """Find a person who leaves; the ways to import."""
    words = request.GET.get("q", "").strip()[:40]
    found = Account.objects.filter(left_at=None).select_related("unit").prefetch_related("postings").order_by("pinyin")
    if words:
        found = found.filter(
            Q(name__contains=words) | Q(username__icontains=words) | Q(pinyin__startswith=words.casefold())
            | Q(unit__name__contains=words) | Q(unit__short__contains=words)
        )  # fmt: skip
    facts = {"people": list(found[:SHOWN]), "q": words, "kinds": KINDS, "most": SHOWN}
    return page(request, "duty/people.html", facts, active="desk:people")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(KEEPER)
def leave(request: DeskRequest, account: int) -> HttpResponseBase:
    """A person leaves: what lies with him, who takes it over."""
    person = Account.objects.filter(pk=account, left_at=None).first()
    if person is None:
        raise Http404
    refusal = None
    if request.method == "POST":
        try:
            _leave(request, person)
            return HttpResponseRedirect(reverse("desk:people"))
        except Refused as wrong:
            refusal = wrong
    facts = {
        "person": person, "lies": waiting(person.pk), "grids": person.duty_grids.count(),
        "turns": person.turns.filter(begins__gt=clock.now()).count(),
        "mates": [(m.pk, f"{m.name}（{m.unit or m.username}）") for m in accounts.successors(person)],
        "refusal": refusal,
    }  # fmt: skip
    return page(request, "duty/leave.html", facts, active="desk:people", status=refusal.status if refusal else 200)


def _leave(request: DeskRequest, person: Account) -> None:
    given = request.POST.get("successor", "")
    successor = int(given[:15]) if given.isdigit() else None
    lies = waiting(person.pk)
    if successor is None and lies["cases"]:
        raise Refused("missing", field="接替人")
    with transaction.atomic():
        moved = accounts.leave(account_id=person.pk, successor_id=successor, now=clock.now(), by=request.viewer.id)
        hand_over(leaver=person.pk, successor=successor, by=request.viewer.id)
    if moved["turns_left"]:
        said = _("有 %(n)s 班与接替人自己的班时间重叠，没有移交，暂由B角顶班；请到值班表另外排人。")
        messages.warning(request, said % {"n": moved["turns_left"]})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(KEEPER)
def sheet(request: DeskRequest, kind: str) -> HttpResponseBase:
    """Import a sheet: all rows or none; faults are listed with their rows, first passwords are shown once."""
    if kind not in IMPORTS:
        raise Http404
    refusal, done = None, None
    if request.method == "POST":
        try:
            done = _import(request, kind)
        except Refused as wrong:
            refusal = wrong
    faults = refusal.facts.get("faults", ()) if refusal else ()
    facts: dict[str, Any] = {
        "kind": kind, "kinds": KINDS, "headings": [names[0] for names in IMPORTS[kind][0].values()], "refusal": refusal,
        "faults": faults[:200], "more": max(0, len(faults) - 200), "done": done,
    }  # fmt: skip
    return page(request, "duty/import.html", facts, active="desk:people", status=refusal.status if refusal else 200)


def _import(request: DeskRequest, kind: str) -> Done:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("missing", field="文件")
    if (file.size or 0) > 5_000_000:
        raise Refused("sheet_unreadable", why="文件超过 5 MB")
    return IMPORTS[kind][1](file.read(), by=request.viewer.id)


@require_safe
@staff(KEEPER)
def empty_sheet(request: DeskRequest, kind: str) -> HttpResponseBase:
    """An empty sheet with the right headings."""
    if kind not in IMPORTS:
        raise Http404
    text = io.StringIO()
    csv.writer(text).writerow(names[0] for names in IMPORTS[kind][0].values())
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer

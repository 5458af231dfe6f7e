"""Progress of one's own matter (查进度): known by the tracking code alone."""

import secrets
from typing import Any, Final

import orjson
import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from xiucheng.audit import addresses, vault
from xiucheng.cases.actions.load import view
from xiucheng.cases.actions.tasks import SPOKEN
from xiucheng.cases.models import Case, Report
from xiucheng.cases.queries.case import Entry, timeline
from xiucheng.city.registers import registers
from xiucheng.intake.actions import FOLLOW_UPS, find_report, follow_up
from xiucheng.pages import limits, uploads
from xiucheng.pages.filters import masked_mail, masked_name, masked_phone
from xiucheng.portal import progress as plain
from xiucheng.portal import queries
from xiucheng.portal.show import show
from xiucheng.portal.texts import setting
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor, offers

GROUP: Final = 4


def grouped(token: str) -> str:
    """`ABCD-EFGH-JKMN-PQRS`: easier to read out and to write down."""
    return "-".join(token[i : i + GROUP] for i in range(0, len(token), GROUP))


@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """输入查询码."""
    code = (request.POST if request.method == "POST" else request.GET).get("code", "")
    if not code.strip():
        return show(request, "look_up", tab="track", code="")
    try:
        limits.spend(request, "look_up", most=30, seconds=600)
        report = find_report(code[:80])
    except Refused as refusal:
        if refusal.code == "case_unknown":
            refusal = Refused("code_unknown")
        return show(request, "look_up", tab="track", status=refusal.status, code=code[:80], refusal=refusal)
    return HttpResponseRedirect(reverse("portal:progress", args=[report.token]))


def _report(token: str) -> Report:
    try:
        return find_report(token)
    except Refused as refusal:
        raise Refused("code_unknown") from refusal


@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """办理进度."""
    return _page(request, _report(token))


def _page(request: HttpRequest, report: Report, refusal: Refused | None = None) -> HttpResponse:
    own, main = report.case, report.case.main_case
    case = main or own
    entries = timeline(case.id)
    stage, tone, words = plain.state_words(case.state)
    before, after = _pictures(report, case)
    address = request.build_absolute_uri(reverse("portal:progress", args=[report.token]))
    return show(
        request,
        "progress",
        tab="track",
        status=refusal.status if refusal else 200,
        report=report,
        case=case,
        merged=main is not None,
        code=grouped(report.token),
        qr=_qr(address),
        stage=stage,
        stages=plain.STAGES if own.kind in {"complaint", "help"} else (),
        tone=tone,
        state_words=words,
        unit=registers().units.get(case.unit_id or 0),
        steps=_steps(report, entries, main is not None),
        said=vault.unseal(report.words_sealed),
        contact=_contact(report),
        before=before,
        after=after,
        can=_can(report, case, entries),
        once=secrets.token_urlsafe(18),
        fresh=request.GET.get("new") == "1",
        done=request.GET.get("done", ""),
        refusal=refusal,
    )


def _steps(report: Report, entries: list[Entry], merged: bool) -> list[plain.Step]:
    """One's own beginning, then the main case's way; what other reporters did and wrote is theirs alone."""

    def told(entry: Entry) -> bool:
        return entry.act == "submit" or entry.actor_kind != "resident" or entry.actor_key == report.token

    if not merged:
        return plain.steps(e for e in entries if told(e))
    own = [e for e in timeline(report.case_id) if told(e)]
    theirs = [e for e in entries if e.act != "submit" and told(e)]
    since = min((e.at for e in own), default=report.received_at)
    steps = plain.steps(own) + [s for s in plain.steps(theirs) if s.at >= since or s.title]
    return sorted(steps, key=lambda step: step.at)


def _pictures(report: Report, case: Case) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """His own pictures; of the others those released, and the result once somebody has seen it on the spot."""
    seen = case.state in {"to_close", "closed", "disputed"}
    found = queries.rows(
        "SELECT sha256, stage, public, report_id, by FROM cases_picture WHERE case_id = ANY(%s) ORDER BY id LIMIT 60",
        [list({case.id, report.case_id})],
    )
    before, after = queries.split(found)
    added = f"resident:{report.token}"[:40]
    mine = [p for p in before if p["report_id"] == report.id or p["by"] == added or p["public"] == "public"]
    return mine, [p for p in after if seen or p["public"] == "public"]


def _contact(report: Report) -> dict[str, str]:
    """What he left, masked even for himself: the address of this page may be seen by others."""
    sealed = vault.unseal(report.contact_sealed)
    left = orjson.loads(sealed) if sealed else {}
    masks = {"name": masked_name, "phone": masked_phone, "email": masked_mail}
    return {name: masks[name](value) for name, value in left.items() if name in masks}


def _has_rated(report: Report, entries: list[Entry]) -> bool:
    """Whether this reporter gave his verdict since the case was closed: here, or in the call to him."""
    closed = max((e.seq for e in entries if e.act == "close"), default=0)
    called = {"call_back"} if report.channel in SPOKEN else set()
    said = [e for e in entries if e.seq > closed and e.facts.get("rating")]
    return any(e.act in called or (e.act == "verdict" and e.actor_key == report.token) for e in said)


def _can(report: Report, case: Case, entries: list[Entry]) -> set[str]:
    """What he may do now, from the table of the workflow; a merged report speaks to its main case."""
    actor = Actor("resident", report.token)
    able = {row.act for row in offers(view(case.id).snapshot, actor)} & FOLLOW_UPS
    if case.id != report.case_id:
        able -= {"withdraw", "object"}
    if _has_rated(report, entries):
        able -= {"verdict"}
    return able


def _qr(address: str) -> Markup:
    drawn = segno.make(address, error="m").svg_inline(
        scale=4, border=2, svgclass="qr-code", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno from our own address


@require_POST
def follow(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """补充、催办、撤回、评价、说没办好、请再看一次."""
    report = _report(token)
    try:
        form: dict[str, Any] = {
            "words": request.POST.get("words", "").strip(),
            "rating": request.POST.get("rating", ""),
        }
        pictures = uploads.taken(request, most=3) if act in {"supplement", "dispute"} else []
        if pictures:
            form |= {"pictures": pictures, "words": form["words"] or "（补充照片）"}
        once = request.POST.get("once", "")[:40]
        follow_up(token, act, form, key=f"{report.token}:{act}:{once}", sender=addresses.sender(request))
    except Refused as refusal:
        return _page(request, report, refusal)
    return HttpResponseRedirect(reverse("portal:progress", args=[report.token]) + f"?done={act}")


@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """可以打印的回执."""
    report = _report(token)
    address = request.build_absolute_uri(reverse("portal:progress", args=[report.token]))
    facts: dict[str, Any] = {"report": report, "code": grouped(report.token), "qr": _qr(address), "address": address}
    return show(request, "receipt", tab="track", days_left=setting("resident_days", 15), **facts)

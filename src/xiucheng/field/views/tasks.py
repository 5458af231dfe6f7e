"""On-site tasks (核实、核查): the list, one task with its form, taking it and putting it back."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiucheng.cases import actions
from xiucheng.cases.actions.tasks import put_back, take
from xiucheng.cases.queries.case import whole
from xiucheng.cases.queries.tasks import Task, task, tasks
from xiucheng.field import forms, frame, queries, words
from xiucheng.field.access import ON_SITE, FieldRequest, field
from xiucheng.pages.filters import clock_colour, said
from xiucheng.rules.refusals import Refused

ACTS = {"verify": ("verify",), "check": ("check", "rework")}
TONES = {"ok": "good", "soon": "soon", "late": "late", "none": "open"}


@require_safe
@field(*ON_SITE)
def listed(request: FieldRequest) -> HttpResponse:
    """My tasks and those I may take; by deadline, or by distance when the phone tells where it is."""
    near = forms.point(request)
    found = tasks(request.walker.scope, near=near)
    mine = [t for t in found if t.account_id is not None]
    facts = {
        "mine": mine, "pool": [t for t in found if t.account_id is None], "near": near, "kinds": words.TASKS,
        "features": features(found) if request.GET.get("map") else None,
    }  # fmt: skip
    return frame.page(request, "tasks.html", facts, active="tasks")


def features(found: list[Task]) -> dict[str, Any]:
    """The tasks as points of the map."""
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [t.lng, t.lat]},
            "properties": {
                "tone": TONES[clock_colour(t.due_at, t.created_at)], "title": _(words.TASKS[t.kind]),
                "text": (t.place or t.summary)[:60], "url": reverse("field:task", args=[t.id]),
            },
        }
        for t in found if t.lng is not None
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": points}


def _task(request: FieldRequest, task_id: int) -> Task:
    found = task(task_id, request.walker.scope)
    if found is None:
        raise Refused("task_taken")
    return found


@require_safe
@field(*ON_SITE)
def one(request: FieldRequest, task_id: int) -> HttpResponse:
    """One task: what was reported, where, what to look for, and the form."""
    return _show(request, _task(request, task_id))


def _show(request: FieldRequest, found: Task, refusal: Refused | None = None, shots: Any = ()) -> HttpResponse:
    case = whole(found.number, request.walker.scope)
    if case is None:
        raise Refused("task_taken")
    before, after, checks = queries.before_and_after(case)
    facts: dict[str, Any] = {
        "task": found, "case": case, "before": before, "after": after, "checks": checks, "kinds": words.TASKS,
        "standard": queries.standard(found.standard_id), "rework_reasons": words.REWORK_REASONS,
        "conditions": queries.filing_conditions(found.category_id) if found.kind == "verify" else [],
        "key": request.POST.get("key") or forms.new_key(), "typed": request.POST, "shots": forms.kept(list(shots)),
        "error": said(refusal) if refusal else "", "mine": found.account_id == request.walker.holder.id,
    }  # fmt: skip
    return frame.page(request, "task.html", facts, active="tasks", status=refusal.status if refusal else 200)


@require_POST
@field(*ON_SITE)
def taken(request: FieldRequest, task_id: int) -> HttpResponse:
    """Take a task from the pool (领取)."""
    scope = request.walker.scope
    holder = request.walker.holder
    take(task_id, account_id=holder.id, pools=scope.pools, training=holder.training)
    return frame.done(request, _("已领取，请到现场看看。"), reverse("field:task", args=[task_id]))


@require_POST
@field(*ON_SITE)
def back(request: FieldRequest, task_id: int) -> HttpResponse:
    """Put a task back into the pool (放回)."""
    put_back(task_id, account_id=request.walker.holder.id)
    return frame.done(request, _("已放回任务池。"), reverse("field:tasks"))


@require_POST
@field(*ON_SITE)
def report_back(request: FieldRequest, task_id: int, act: str) -> HttpResponse:
    """What was found on site: verify, check or rework. Sent twice it counts once."""
    shots: list[dict[str, Any]] = []
    found = None
    try:
        shots = forms.pictures(request)
        found = task(task_id, request.walker.scope)
        row = forms.row_of(act)
        if found is None:
            return _again(request, task_id, act, shots)
        if act not in ACTS[found.kind]:
            raise Refused("unknown_act", act=act)
        _carry_out(request, found.case_id, act, forms.read(request, row, shots))
    except Refused as refusal:
        answer = frame.refused(request, refusal)
        if answer is None and found is not None:
            return _show(request, found, refusal, shots)
        if answer is None:
            raise
        return answer
    said_words = _("已报回中心：需要返工。") if act == "rework" else _("已报回中心，谢谢。")
    return frame.done(request, said_words, reverse("field:tasks"))


def _carry_out(request: FieldRequest, case_id: int, act: str, form: dict[str, Any]) -> None:
    actor = request.walker.holder.actor("field")
    actions.act(case_id, act, actor, form, version=forms.version(request), key=forms.key(request))


def _again(request: FieldRequest, task_id: int, act: str, shots: list[dict[str, Any]]) -> HttpResponse:
    """The task is done already: the same form sent again gets its first answer, everything else a refusal."""
    from xiucheng.cases.models import Task as Row

    row = Row.objects.filter(id=task_id, account_id=request.walker.holder.id).exclude(done_at=None).first()
    if row is None:
        raise Refused("task_taken")
    _carry_out(request, row.case_id, act, forms.read(request, forms.row_of(act), shots))
    return frame.done(request, _("已报回中心，谢谢。"), reverse("field:tasks"))

"""Somebody has rung the body up (已转告): the task is done, and the reporter is told to whom it was passed on."""

from django.db import transaction

from xiucheng.cases.actions import tell
from xiucheng.cases.actions.load import load
from xiucheng.cases.models import History, Task
from xiucheng.city import clock
from xiucheng.notices.actions import enqueue
from xiucheng.rules.refusals import Refused

TEMPLATE = "passed_on"


def passed_on(task_id: int, *, account_id: int) -> None:
    """Tick the call off, once. Raises `task_taken` when somebody else did, or when the case is looked at again."""
    now = clock.now()
    with transaction.atomic():
        task = Task.objects.select_for_update().filter(id=task_id, kind="pass_on", done_at=None).first()
        if task is None:
            raise Refused("task_taken")
        task.done_at, task.account_id, task.result = now, account_id, TEMPLATE
        task.save(update_fields=["done_at", "account_id", "result"])
        case = load(task.case_id, None)
        refused = History.objects.filter(case_id=task.case_id, act="refuse").order_by("-seq").first()
        whose = refused.facts.get("whose", "") if refused else ""
        facts = {"number": case.row["number"], "state": case.row["state"], "whose": whose}
        if not case.row["training"]:
            rows = list(tell.reporters(case, TEMPLATE, facts))
            enqueue(rows, subject_kind="case", subject_key=str(case.id), moment=f"{case.id}:pass:{task_id}", now=now)

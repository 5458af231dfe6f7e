"""A person leaves and another takes his work over (移交): open tasks, and open cases that were assigned to him."""

from django.db import transaction
from django.db.models import QuerySet

from xiucheng.cases.actions.act import act
from xiucheng.cases.models import Case, Task
from xiucheng.rules.workflow import Actor


def waiting(account_id: int) -> dict[str, int]:
    """How much lies with this person: open tasks and cases, those included that may come back to him (挂账、核查、待结案)."""
    return {
        "tasks": Task.objects.filter(account_id=account_id, done_at=None).count(),
        "cases": _cases(account_id).count(),
    }


def _cases(account_id: int) -> QuerySet[Case]:
    return Case.objects.filter(handler_id=account_id, ended_at=None).order_by("id")


@transaction.atomic
def hand_over(*, leaver: int, successor: int | None, by: int) -> dict[str, int]:
    """Give it all to the successor; without one, tasks go back to the pool of their street. Gives the counts.

    The history of each case names who did it and that it was a handing over.
    """
    moved = waiting(leaver)
    for task in Task.objects.select_for_update().filter(account_id=leaver, done_at=None).select_related("case"):
        task.account_id = successor
        task.pool = "" if successor else f"street:{task.case.street}"
        task.save(update_fields=["account_id", "pool"])
    if successor is not None:
        for case in _cases(leaver):
            _pass_on(case, successor, by)
    return moved


def _pass_on(case: Case, successor: int, by: int) -> None:
    """In handling it is assigned anew; elsewhere nothing can be assigned, so the platform writes down who has it when it comes back."""
    if case.state == "handling":
        posts = frozenset({"unit"})
        actor = Actor("account", str(by), posts, unit=case.unit_id, via="hand_over", training=case.training)
        act(case.pk, "assign", actor, {"person": str(successor)})
    else:
        actor = Actor("system", "hand_over", certainty=1.0, via=str(by))
        act(case.pk, "note", actor, {"words": "原承办人离岗，由接替人承办。", "handler": successor})

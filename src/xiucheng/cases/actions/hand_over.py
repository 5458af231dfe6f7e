"""A person leaves and another takes his work over (移交): open tasks, and cases in handling that were assigned to him."""

from django.db import transaction

from xiucheng.cases.actions.act import act
from xiucheng.cases.models import Case, Task
from xiucheng.rules.workflow import Actor


def waiting(account_id: int) -> dict[str, int]:
    """How much lies with this person: open tasks and cases in handling."""
    return {
        "tasks": Task.objects.filter(account_id=account_id, done_at=None).count(),
        "cases": Case.objects.filter(handler_id=account_id, state="handling").count(),
    }


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
        for case in Case.objects.filter(handler_id=leaver, state="handling").order_by("id"):
            actor = Actor("account", str(by), frozenset({"unit"}), unit=case.unit_id, via="hand_over")
            act(case.pk, "assign", actor, {"person": str(successor)})
    return moved

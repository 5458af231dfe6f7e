"""Take a task from the pool, or put it back (领取、退回任务). The case itself does not change."""

from django.db.models import Q

from xiucheng.cases.models import Task
from xiucheng.city import clock
from xiucheng.rules.refusals import Refused


def take(task_id: int, *, account_id: int, pools: tuple[str, ...]) -> None:
    """The task is mine now; one that somebody else was faster with is refused."""
    mine = Q(account_id=account_id) | Q(account_id=None, pool__in=pools)
    taken = Task.objects.filter(mine, id=task_id, done_at=None).update(account_id=account_id, taken_at=clock.now())
    if not taken:
        raise Refused("task_taken")


def put_back(task_id: int, *, account_id: int) -> None:
    """Back into the pool that it came from; a task given to a person by name stays his."""
    rows = Task.objects.filter(id=task_id, account_id=account_id, done_at=None).exclude(pool="")
    if not rows.update(account_id=None, taken_at=None):
        raise Refused("task_taken")

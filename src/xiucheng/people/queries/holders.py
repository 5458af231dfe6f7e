"""Questions to the people's registers (人员查询): which posts an account holds, who may be sent where."""

from dataclasses import dataclass

from django.db import connection

from xiucheng.people.models import Account
from xiucheng.rules.workflow import Actor

CENTRE = frozenset({"operator", "shift_leader", "dispatcher", "leader", "assessor"})
"""Posts that read every case of the district."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account with what it holds (在岗人员): posts, areas (codes), unit. A person who has left holds nothing."""

    id: int
    name: str
    posts: frozenset[str]
    areas: tuple[str, ...]
    unit: int | None
    training: bool

    def actor(self, via: str = "") -> Actor:
        """How the law sees this person."""
        return Actor("account", str(self.id), self.posts, self.unit, via=via, training=self.training)

    @property
    def centre(self) -> bool:
        """Whether the person reads every case."""
        return bool(self.posts & CENTRE)


def holder(account: Account) -> Holder:
    """What an account holds now; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT post, area_id FROM people_posting WHERE account_id = %s", [account.pk])
        rows = cursor.fetchall()
    if not account.is_active or account.left_at is not None:
        rows = []
    posts = frozenset(str(post) for post, _ in rows)
    areas = tuple(sorted({str(area) for _, area in rows if area}))
    return Holder(int(account.pk), str(account), posts, areas, account.unit_id, account.training)

"""Three people of the centre."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xiucheng.people.models import Account


@pytest.fixture
def crew(db: None) -> "list[Account]":
    """Three shift leaders: 甲, 乙, 丙."""
    from xiucheng.people.models import Account, Posting  # models can only be imported once Django is set up

    made = [Account.objects.create(username=f"banzhang{n}", name=name) for n, name in enumerate("甲乙丙")]
    for account in made:
        Posting.objects.create(account=account, post="shift_leader")
    return made

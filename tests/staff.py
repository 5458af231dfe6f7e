"""People with real accounts for tests of faces: one per post; unit and handler belong to the road unit."""

import functools

from django.contrib.auth.hashers import make_password

from tests.district import District
from xiucheng.people.models import Account, Posting

CENTRE = ("operator", "shift_leader", "dispatcher", "leader")
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
WORD = "embroider-the-city-8350"


@functools.cache
def _hash() -> str:
    return make_password(WORD)


def person(name: str, *posts: str, unit: int | None = None) -> Account:
    """One account with its posts; the password is `WORD`."""
    account = Account.objects.create(
        username=name, password=_hash(), name=name, unit_id=unit, is_staff=bool(set(posts) & set(ADMINISTRATORS))
    )
    Posting.objects.bulk_create(Posting(account=account, post=post) for post in posts)
    return account


def staff(district: District) -> dict[str, Account]:
    """One account per post, named after it."""
    found = {post: person(post, post) for post in (*CENTRE, "officer", *ADMINISTRATORS)}
    found |= {post: person(post, post, unit=district.unit) for post in ("unit", "handler")}
    return found

"""Sign-ins of the demo (演示账号): one password for all, kept in the data folder's secrets, shown at the start."""

from typing import Final

from django.contrib.auth.hashers import check_password, make_password

from xiucheng.people.models import Account, Posting

SHOWN: Final = (
    ("operator", "operator"), ("shift_leader", "shift leader"), ("dispatcher", "dispatcher"),
    ("officer", "patrol officer"), ("unit", "unit"), ("handler", "handler"), ("leader", "leader"),
    ("system_admin", "system administrator"), ("security_admin", "security administrator"),
    ("audit_admin", "audit administrator"),
)  # fmt: skip


def sign_ins(password: str) -> list[dict[str, str]]:
    """Give every demo account the password; one sign-in per post to show."""
    if not password:
        return []
    accounts = Account.objects.filter(demo=True)
    first = accounts.order_by("id").first()
    if first is None:
        return []
    if not check_password(password, first.password):
        accounts.update(password=make_password(password))
    names = dict(Posting.Post.choices)
    shown = []
    for post, english in SHOWN:
        held = Posting.objects.filter(post=post, account__demo=True).order_by("account_id").first()
        if held is not None:
            row = {"post": names[post], "post_en": english, "username": held.account.username, "password": password}
            shown.append(row)
    return shown

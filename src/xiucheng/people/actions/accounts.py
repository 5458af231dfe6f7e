"""Accounts come, change and leave (账号): by hand, from a sheet, or when a person goes and hands over his work."""

import re
from typing import Final

from django.db import transaction

from xiucheng.audit import vault
from xiucheng.audit.actions import record_change
from xiucheng.people.models import Account
from xiucheng.rules.refusals import Refused

PHONE: Final = re.compile(r"\+?[0-9][0-9\- ]{4,18}")
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def check_contact(phone: str, email: str) -> None:
    """Refuse (`bad_contact`) a telephone or an e-mail address that cannot be one; both may be empty."""
    if phone and not PHONE.fullmatch(phone):
        raise Refused("bad_contact", field="电话")
    if email and not EMAIL.fullmatch(email):
        raise Refused("bad_contact", field="邮箱")


@transaction.atomic
def change_own(account: Account, *, phone: str, email: str) -> None:
    """A person corrects his own telephone and e-mail. The record says that they changed, not what they are."""
    phone, email = phone.strip(), email.strip()
    check_contact(phone, email)
    account.phone_sealed = vault.seal(phone) if phone else None
    account.email = email
    account.save(update_fields=["phone_sealed", "email"])
    record_change(
        account_id=account.pk, table="people_account", key=str(account.pk), act="change_own", before={},
        after={"fields": ["phone", "email"]},
    )  # fmt: skip

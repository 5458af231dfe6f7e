"""Accounts come, change and leave (账号): by hand, from a sheet, or when a person goes and hands over his work."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xiucheng.audit import vault
from xiucheng.audit.actions import record_change
from xiucheng.audit.languages import both
from xiucheng.city.pinyin import sort_key
from xiucheng.people.actions.duty import hand_on_turns
from xiucheng.people.models import ADMINISTRATORS, Account, Posting
from xiucheng.rules.refusals import Refused

PHONE: Final = re.compile(r"\+?[0-9][0-9\- ]{4,18}")
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
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


def _name(account: Account) -> dict[str, Any]:
    posts = sorted(f"{p}@{a}" if a else p for p, a in account.postings.values_list("post", "area_id"))
    return {"username": account.username, "unit": account.unit_id, "posts": posts}


def _record(account: Account, act: str, by: int | None, before: dict[str, Any], after: dict[str, Any]) -> None:
    record_change(account_id=by, table="people_account", key=str(account.pk), act=act, before=before, after=after)


def find(account_id: int) -> Account:
    """An account, locked. Raises `Refused("account_unknown")`."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise Refused("account_unknown")
    return account


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is known of a person who comes. `posts` are pairs of post and area code (empty: everywhere)."""

    username: str
    name: str
    posts: tuple[tuple[str, str], ...]
    unit: int | None = None
    phone: str = ""
    email: str = ""


@transaction.atomic
def create_account(new: NewAccount, *, password: str, by: int | None) -> Account:
    """A person comes (建账号); his first password must be changed at the first sign-in. Raises `Refused`."""
    check_contact(new.phone, new.email)
    check_posts({post for post, _ in new.posts})
    account = Account(
        username=new.username,
        name=new.name,
        pinyin=sort_key(new.name, 120),
        unit_id=new.unit,
        email=new.email,
        phone_sealed=vault.seal(new.phone) if new.phone else None,
        is_staff=bool({post for post, _ in new.posts} & set(ADMINISTRATORS)),
        must_change=True,
    )
    account.set_password(password)
    account.save()
    for post, area in new.posts:
        Posting.objects.create(account=account, post=post, area_id=area or None)
    _record(account, "add", by, {}, _name(account))
    return account


def check_posts(posts: set[str]) -> None:
    """The three administrators hold nothing else (三员分立). Raises `Refused`."""
    if posts - set(Posting.Post.values):
        raise Refused("bad_choice", field="岗位")
    if posts & set(ADMINISTRATORS) and len(posts) > 1:
        raise Refused("administrators_apart")


@transaction.atomic
def set_posts(*, account_id: int, posts: set[tuple[str, str]], by: int) -> Account:
    """A person's posts are now these (定岗). Raises `Refused`, also when a post would lose its last administrator."""
    account = find(account_id)
    check_posts({post for post, _ in posts})
    before = _name(account)
    for post in set(account.postings.values_list("post", flat=True)) - {p for p, _ in posts}:
        _check_not_last(account, post)
    account.postings.all().delete()
    for post, area in sorted(posts):
        Posting.objects.create(account=account, post=post, area_id=area or None)
    account.is_staff = bool({post for post, _ in posts} & set(ADMINISTRATORS))
    account.save(update_fields=["is_staff"])
    _record(account, "posts", by, before, _name(account))
    return account


def _check_not_last(account: Account, post: str) -> None:
    """The house never loses its last administrator of a kind."""
    others = Posting.objects.filter(post=post, account__left_at=None, account__is_active=True).exclude(account=account)
    if post in ADMINISTRATORS and not others.exists():
        raise Refused("last_of_post", post=both(Posting.Post(post).label))


@transaction.atomic
def reset_password(*, account_id: int, by: int) -> str:
    """A new first password for somebody who forgot his (重设密码); gives it once, second steps are taken away."""
    account = find(account_id)
    password = first_password()
    account.set_password(password)
    account.must_change = True
    account.save(update_fields=["password", "must_change"])
    Authenticator.objects.filter(user=account).delete()
    _end_visits(account)
    _record(account, "reset_password", by, {}, {})
    return password


def first_password() -> str:
    """Sixteen characters that nobody confuses when reading them out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def set_training(*, account_id: int, training: bool, by: int) -> None:
    """A person learns with cases that never count (培训模式), or works for real again."""
    account = find(account_id)
    if account.training != training:
        account.training = training
        account.save(update_fields=["training"])
        _record(account, "training", by, {"training": not training}, {"training": training})


@transaction.atomic
def leave(*, account_id: int, successor_id: int | None, now: dt.datetime, by: int) -> dict[str, int]:
    """A person leaves (离岗): signed out for good, duty grids and coming turns go to the successor. Gives the counts.

    His open tasks and cases are handed over by `cases.actions.hand_over`, which the caller runs in the same transaction.
    """
    account = find(account_id)
    if account.left_at is not None:
        raise Refused("account_unknown")
    if successor_id == account_id:
        raise Refused("bad_choice", field="接替人")
    for post in account.postings.values_list("post", flat=True):
        _check_not_last(account, post)
    moved = {"turns": 0, "turns_left": 0, "grids": account.duty_grids.count()}
    if successor_id is not None:
        successor = find(successor_id)
        if successor not in successors(account):
            raise Refused("no_such_holder")
        successor.duty_grids.add(*account.duty_grids.all())
        moved["turns"], moved["turns_left"] = hand_on_turns(leaver=account_id, successor=successor_id, now=now)
    account.duty_grids.clear()
    account.left_at, account.is_active = now, False
    account.save(update_fields=["left_at", "is_active"])
    _end_visits(account)
    _record(account, "leave", by, {}, {"successor": successor_id, **moved})
    return moved


def successors(leaver: Account) -> QuerySet[Account]:
    """Who can do his work (接替人): holds one of his posts, and is of his unit where the work is the unit's."""
    posts = set(leaver.postings.values_list("post", flat=True))
    found = Account.objects.filter(left_at=None, is_active=True, postings__post__in=posts).exclude(pk=leaver.pk)
    if posts & {Posting.Post.UNIT, Posting.Post.HANDLER}:
        found = found.filter(unit=leaver.unit)
    return found.select_related("unit").order_by("pinyin", "id").distinct()


def _end_visits(account: Account) -> None:
    """Sign the person out everywhere."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(account.pk):
            session.delete()

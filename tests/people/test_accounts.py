"""Accounts come, change and leave (账号)."""

import datetime as dt

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client

from xiucheng.audit.models import Change
from xiucheng.people.actions import accounts
from xiucheng.people.actions.accounts import NewAccount
from xiucheng.people.models import Account, Posting
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: LazySettings) -> None:
    """The strength of the hash is Django's affair."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _made(username: str = "zhou", posts: tuple[str, ...] = ("operator",), by: int | None = None) -> Account:
    new = NewAccount(username, "周敏", tuple((p, "") for p in posts), phone="19900050017")
    return accounts.create_account(new, password="first-password", by=by)


def test_create_account_seals_the_phone_and_asks_for_a_new_password(db: None) -> None:
    account = _made()
    assert (account.must_change, account.check_password("first-password"), account.pinyin) == (True, True, "zhoumin")
    assert b"1990005" not in bytes(account.phone_sealed or b"")
    row = Change.objects.get(act="add")
    assert (row.after, row.key) == ({"username": "zhou", "unit": None, "posts": ["operator"]}, str(account.pk))


@pytest.mark.parametrize("posts", [("system_admin", "audit_admin"), ("security_admin", "operator")])
def test_administrators_are_never_combined(db: None, posts: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        _made(posts=posts)
    assert (refusal.value.code, Account.objects.count()) == ("administrators_apart", 0)


@pytest.mark.parametrize("second", ["audit_admin", "operator"])
def test_administrators_are_kept_apart_by_the_database(db: None, second: str) -> None:
    account = _made(posts=("system_admin",))
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(account=account, post=second)


def test_set_posts_records_before_and_after(db: None) -> None:
    account = _made()
    accounts.set_posts(account_id=account.pk, posts={("dispatcher", ""), ("operator", "")}, by=account.pk)
    row = Change.objects.get(act="posts")
    assert (row.before["posts"], row.after["posts"]) == (["operator"], ["dispatcher", "operator"])


def test_last_administrator_cannot_be_moved(db: None) -> None:
    account = _made(posts=("system_admin",))
    with pytest.raises(Refused) as refusal:
        accounts.set_posts(account_id=account.pk, posts={("operator", "")}, by=account.pk)
    assert refusal.value.code == "last_of_post"


def test_last_administrator_cannot_leave(db: None) -> None:
    account = _made(posts=("system_admin",))
    with pytest.raises(Refused) as refusal:
        accounts.leave(account_id=account.pk, successor_id=None, now=NOW, by=account.pk)
    said = (
        "“系统管理员”只剩这一个人，请先安排接替的人。",
        "This is the last person at “System administrator”; find a successor first.",
    )
    assert (refusal.value.code, refusal.value.zh, refusal.value.en) == ("last_of_post", *said)


def test_leave_ends_visits_and_takes_all_posts_out_of_use(db: None) -> None:
    account, client = _made(), Client()
    client.force_login(account)
    accounts.leave(account_id=account.pk, successor_id=None, now=NOW, by=account.pk)
    account.refresh_from_db()
    assert (account.is_active, account.left_at, holder(account).posts) == (False, NOW, frozenset())
    assert client.get("/me/").status_code == 302


def test_reset_password_is_new_and_must_be_changed(db: None) -> None:
    account = _made()
    Account.objects.update(must_change=False)
    password = accounts.reset_password(account_id=account.pk, by=account.pk)
    account.refresh_from_db()
    assert (account.check_password(password), account.must_change, len(password)) == (True, True, 19)


def test_training_is_recorded_once(db: None) -> None:
    account = _made()
    for _ in range(2):
        accounts.set_training(account_id=account.pk, training=True, by=account.pk)
    account.refresh_from_db()
    assert (account.training, Change.objects.filter(act="training").count()) == (True, 1)

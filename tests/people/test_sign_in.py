"""Coming in and being kept out (登录)."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from xiucheng.people.models import Account


@pytest.fixture
def operator(db: None) -> Account:
    """An account with a password."""
    cache.clear()
    return Account.objects.create_user(username="shouli", password="long enough 1", name="陈小满")


def _try(client: Client, password: str) -> int:
    return client.post("/sign-in/", {"login": "shouli", "password": password}).status_code


def test_sign_in_with_the_right_password_leads_home(client: Client, operator: Account) -> None:
    answer = client.post("/sign-in/", {"login": "shouli", "password": "long enough 1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/home/")


def test_sign_in_locks_a_name_after_five_wrong_passwords(client: Client, operator: Account) -> None:
    assert [_try(client, "wrong") for _ in range(5)] == [200] * 5
    answer = client.post("/sign-in/", {"login": "shouli", "password": "long enough 1"})
    assert answer.status_code != 302


def test_sign_in_of_somebody_who_left_is_refused(client: Client, operator: Account) -> None:
    Account.objects.update(left_at=timezone.now())
    answer = client.post("/sign-in/", {"login": "shouli", "password": "long enough 1"})
    assert answer.headers["Location"] == "/account/inactive/"


@pytest.mark.parametrize("address", ["/sign-in/", "/account/inactive/"])
def test_door_pages_open(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/account/second/", "/account/password/", "/account/second/totp/activate/"])
def test_own_account_pages_open_when_signed_in(client: Client, operator: Account, address: str) -> None:
    client.post("/sign-in/", {"login": "shouli", "password": "long enough 1"})
    assert client.get(address, follow=True).status_code == 200


def test_sign_up_does_not_exist(client: Client, db: None) -> None:
    assert client.get("/account/signup/").status_code == 404

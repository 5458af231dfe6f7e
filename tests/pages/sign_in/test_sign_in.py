"""Signing in (登录), as a browser does it."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from xiucheng.audit.models import Change
from xiucheng.people.models import Account, Lockout, Posting

PASSWORD = "绣花针-railing-12319"
NAME = "shouli1"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: LazySettings) -> None:
    """The strength of the hash is Django's affair."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db: None) -> Account:
    """An operator with a password."""
    made = Account.objects.create_user(username=NAME, password=PASSWORD, name="刘德辉")
    Posting.objects.create(account=made, post="operator")
    return made


def _try(client: Client, password: str = PASSWORD, name: str = NAME, **extra: str) -> int:
    return client.post("/sign-in/", {"login": name, "password": password, **extra}).status_code


def _inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_goes_home_and_is_written_down(client: Client, account: Account) -> None:
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/home/")
    row = Change.objects.get(act="sign_in")
    assert (row.account_id, row.after) == (account.pk, {"address": "127.0.0.1"})


@pytest.mark.parametrize(("trusted", "address"), [(True, "203.0.113.7"), (False, "10.0.0.1")])
def test_sign_in_behind_a_proxy_is_the_person_s_own_address(
    account: Account, settings: LazySettings, trusted: bool, address: str
) -> None:
    settings.BEHIND_PROXY = trusted
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.7")
    _try(client)
    assert Change.objects.get(act="sign_in").after == {"address": address}


def test_failures_behind_a_proxy_close_no_other_person_s_address(db: None, settings: LazySettings) -> None:
    settings.BEHIND_PROXY = True
    for n in range(41):
        _try(Client(HTTP_X_FORWARDED_FOR="203.0.113.7"), "wrong", f"nobody{n}")
    pages = [
        Client(HTTP_X_FORWARDED_FOR=hop).post("/sign-in/", {"login": "else", "password": "x"}).content.decode()
        for hop in ("203.0.113.7", "203.0.113.8")
    ]
    assert ["登录失败次数太多" in page for page in pages] == [True, False]


def test_sign_in_goes_where_he_wanted(client: Client, account: Account) -> None:
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD, "next": "/desk/x/"})
    assert answer.headers["Location"] == "/desk/x/"


def test_sign_in_never_leads_to_a_foreign_house(client: Client, account: Account) -> None:
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/home/"


@pytest.mark.parametrize(
    ("post", "target"),
    [
        ("operator", "/desk/"),
        ("unit", "/desk/"),
        ("officer", "/field/"),
        ("chief", "/field/"),
        ("audit_admin", "/admin/"),
    ],
)
def test_home_is_the_face_of_the_post(client: Client, db: None, post: str, target: str) -> None:
    made = Account.objects.create_user(username="x", password=PASSWORD, name="某")
    Posting.objects.create(account=made, post=post)
    client.force_login(made)
    assert client.get("/home/").headers["Location"] == target


def test_sign_in_with_a_wrong_password_stays_outside(client: Client, account: Account) -> None:
    assert (_try(client, "wrong"), _inside(client)) == (200, False)


def test_five_failures_lock_the_name_for_everybody(account: Account) -> None:
    for _ in range(5):
        _try(Client(), "wrong")
    other = Client(REMOTE_ADDR="10.0.0.9")
    page = other.post("/sign-in/", {"login": NAME, "password": PASSWORD})
    assert (page.status_code, _inside(other)) == (200, False)
    assert "登录失败次数太多，请 15 分钟后再试" in page.content.decode()


def test_unknown_name_locks_like_a_known_one(db: None) -> None:
    for _ in range(5):
        _try(Client(), "wrong", "nobody")
    assert "登录失败次数太多" in Client().post("/sign-in/", {"login": "nobody", "password": "x"}).content.decode()


def test_lock_ends_by_itself(client: Client, account: Account) -> None:
    for _ in range(5):
        _try(Client(), "wrong")
    Lockout.objects.update(until=timezone.now())
    assert (_try(client), _inside(client)) == (302, True)


def test_success_forgets_the_failures_of_the_name(client: Client, account: Account) -> None:
    for _ in range(4):
        _try(Client(), "wrong")
    _try(client)
    assert list(Lockout.objects.filter(key__startswith="name:")) == []


def test_lock_keeps_no_name(client: Client, account: Account) -> None:
    _try(client, "wrong")
    assert [NAME in key or "127" in key for key in Lockout.objects.values_list("key", flat=True)] == [False, False]


def test_person_who_has_left_cannot_sign_in(client: Client, account: Account) -> None:
    account.is_active = False
    account.save()
    _try(client)
    assert _inside(client) is False


def test_first_password_must_be_changed_before_work(client: Client, account: Account) -> None:
    account.must_change = True
    account.save()
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD, "next": "/desk/"})
    assert client.get(answer.headers["Location"]).headers["Location"] == "/me/password/"


def test_changed_password_lets_him_work(client: Client, account: Account) -> None:
    account.must_change = True
    account.save()
    client.force_login(account)
    new = "an-other-Needle-9"
    client.post("/me/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    account.refresh_from_db()
    assert (account.must_change, account.check_password(new)) == (False, True)
    assert client.get("/home/").headers["Location"] == "/desk/"


def _second(account: Account) -> str:
    """Switch the authenticator on; gives its code now."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return f"{hotp_value(secret, int(timezone.now().timestamp()) // 30):06}"


def test_second_step_is_asked_and_lets_in(client: Client, account: Account) -> None:
    code = _second(account)
    first = client.post("/sign-in/", {"login": NAME, "password": PASSWORD})
    assert (first.headers["Location"], _inside(client)) == ("/sign-in/second/", False)
    assert client.get("/sign-in/second/").status_code == 200
    assert (client.post("/sign-in/second/", {"code": code}).headers["Location"], _inside(client)) == ("/home/", True)


def test_second_step_cannot_be_guessed(client: Client, account: Account) -> None:
    _second(account)
    client.post("/sign-in/", {"login": NAME, "password": PASSWORD})
    for _ in range(5):
        client.post("/sign-in/second/", {"code": "abcdef"})
    assert "登录失败次数太多" in client.post("/sign-in/second/", {"code": "abcdef"}).content.decode()


@pytest.mark.parametrize("path", ["/me/", "/me/password/", "/me/second/", "/me/second/keys/", "/sign-out/"])
def test_own_pages_open_for_oneself(client: Client, account: Account, path: str) -> None:
    client.force_login(account)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/me/second/app/", "/me/second/keys/new/"])
def test_delicate_pages_ask_again(client: Client, account: Account, path: str) -> None:
    client.force_login(account)
    assert client.get(path).headers["Location"].startswith("/sign-in/again/")


@pytest.mark.parametrize("path", ["/me/second/app/", "/me/second/keys/new/"])
def test_delicate_pages_open_after_the_password_again(client: Client, account: Account, path: str) -> None:
    client.force_login(account)
    assert client.get("/sign-in/again/").status_code == 200
    client.post("/sign-in/again/", {"password": PASSWORD})
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/me/", "/home/", "/me/password/", "/me/second/"])
def test_own_pages_send_strangers_to_the_door(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_own_telephone_is_sealed_and_recorded_without_its_digits(client: Client, account: Account) -> None:
    client.force_login(account)
    client.post("/me/", {"phone": "19900050017", "email": "a@demo.invalid"})
    account.refresh_from_db()
    assert b"19900050017" not in bytes(account.phone_sealed or b"")
    row = Change.objects.get(act="change_own")
    assert (row.before, row.after) == ({}, {"fields": ["phone", "email"]})


def test_own_telephone_that_is_none_gets_a_sentence(client: Client, account: Account) -> None:
    client.force_login(account)
    answer = client.post("/me/", {"phone": "call me", "email": ""})
    assert (answer.status_code, "“电话”看起来不对" in answer.content.decode()) == (422, True)


def test_sign_out_ends_the_visit(client: Client, account: Account) -> None:
    client.force_login(account)
    client.post("/sign-out/")
    assert (_inside(client), Change.objects.filter(act="sign_out").count()) == (False, 1)


def test_sign_up_does_not_exist(client: Client, db: None) -> None:
    assert [client.get(p).status_code for p in ("/account/signup/", "/sign-up/", "/accounts/signup/")] == [
        404,
        404,
        404,
    ]


def test_person_who_handed_over_and_left_is_turned_away(client: Client, account: Account) -> None:
    Account.objects.update(left_at=timezone.now())
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD})
    assert (answer.headers["Location"], client.get("/sign-in/closed/").status_code) == ("/sign-in/closed/", 200)


def test_training_is_switched_by_oneself_and_recorded(client: Client, account: Account) -> None:
    client.force_login(account)
    client.post("/me/", {"training": "on"})
    account.refresh_from_db()
    assert (account.training, Change.objects.get(act="training").after) == (True, {"training": True})
    client.post("/me/", {"training": "off"})
    account.refresh_from_db()
    assert account.training is False


def test_administrator_has_nothing_to_train(client: Client, db: None) -> None:
    made = Account.objects.create(username="sys", name="系统", is_staff=True)
    Posting.objects.create(account=made, post="system_admin")
    client.force_login(made)
    assert client.post("/me/", {"training": "on"}).status_code == 403
    made.refresh_from_db()
    assert made.training is False

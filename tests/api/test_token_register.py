"""The register of tokens (接口令牌台账): given and taken back by the security administrator, shown once, used until the end."""

import datetime as dt
import re
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.test import Client
from tests.district import District
from tests.staff import staff

from xiucheng.api.actions import give_token
from xiucheng.api.models import Token
from xiucheng.audit.models import Change
from xiucheng.city import clock
from xiucheng.people.models import Account


@pytest.fixture
def house(district: District, settings: LazySettings) -> dict[str, Account]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return staff(district)


def security(house: dict[str, Account]) -> Client:
    client = Client()
    client.force_login(house["security_admin"])
    return client


def given(client: Client, **facts: Any) -> str:
    """The page after the form."""
    return client.post("/admin/api/token/add/", {"name": "数据大屏", **facts}, follow=True).content.decode()


def status(token: str) -> int:
    return Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"}).status_code


def test_given_token_is_shown_once_and_works(house: dict[str, Account]) -> None:
    client = security(house)
    shown = re.search(r"xc_[\w-]{43}", given(client, account=house["operator"].pk, posts=["operator"]))
    assert shown is not None and status(shown[0]) == 200
    assert shown[0] not in client.get("/admin/api/token/").content.decode()
    row = Change.objects.get(table="api_token")
    assert (row.act, row.account_id, row.after["posts"]) == ("give", house["security_admin"].pk, ["operator"])
    assert shown[0] not in orjson.dumps(row.after).decode()


@pytest.mark.parametrize(
    ("post", "facts", "sentence"),
    [
        ("system_admin", {}, "管理员账号不能发令牌"),
        ("operator", {"posts": ["leader"]}, "没有这些岗位：领导"),
        ("operator", {"expires_at_0": "2020-01-01", "expires_at_1": "08:00"}, "有效期要晚于现在"),
    ],
)
def test_what_cannot_be_given_says_why(
    house: dict[str, Account], post: str, facts: dict[str, Any], sentence: str
) -> None:
    assert sentence in given(security(house), account=house[post].pk, **facts)
    assert not Token.objects.exists()


def test_taken_back_token_ends_at_once_and_is_recorded_once(house: dict[str, Account]) -> None:
    by, client = house["security_admin"], security(house)
    token = give_token(by=by, account=house["operator"], name="x")
    chosen = {"action": "revoke", "_selected_action": [Token.objects.get().pk]}
    for _ in range(2):
        client.post("/admin/api/token/", chosen)
    assert status(token) == 401
    assert Change.objects.filter(table="api_token", act="take_back").count() == 1


def test_expired_token_is_refused(house: dict[str, Account]) -> None:
    ends = clock.now() + dt.timedelta(minutes=5)
    token = give_token(by=house["security_admin"], account=house["operator"], name="x", expires_at=ends)
    assert status(token) == 200
    Token.objects.update(expires_at=clock.now())
    assert status(token) == 401


def test_use_is_noted_once_an_hour(house: dict[str, Account]) -> None:
    token = give_token(by=house["security_admin"], account=house["operator"], name="x")
    status(token)
    first = Token.objects.get().last_used_at
    status(token)
    assert first is not None and Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - dt.timedelta(hours=2))
    status(token)
    assert (Token.objects.get().last_used_at or first) >= first


def test_a_given_token_can_be_looked_at_but_not_changed(house: dict[str, Account]) -> None:
    give_token(by=house["security_admin"], account=house["operator"], name="大屏")
    path = f"/admin/api/token/{Token.objects.get().pk}/change/"
    assert "账号的全部岗位" in security(house).get(path).content.decode()
    assert security(house).post(path, {"name": "别的"}).status_code == 403
    assert Token.objects.get().name == "大屏"

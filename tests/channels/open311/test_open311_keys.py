"""The register of Open311 keys (开放接口密钥台账): given and taken back by the security administrator, shown once, used until the end."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests.channels.open311.conftest import Caller

from xiucheng.audit.models import Change
from xiucheng.channels.open311 import keys
from xiucheng.channels.open311.models import Key
from xiucheng.city import clock
from xiucheng.rules.refusals import Refused

HERE: dict[str, Any] = {"service_code": "C0101", "address_string": "南坪西路"}


def security(caller: Caller) -> Client:
    client = Client()
    client.force_login(caller.house["security_admin"])
    return client


def test_a_key_is_given_on_a_page_shown_once_and_works(caller: Caller) -> None:
    client = security(caller)
    page = client.post("/admin/channel_open311/key/add/", {"name": "三市", "quota": "5"}, follow=True).content.decode()
    shown = re.search(r"o311_[\w-]{43}", page)
    assert shown is not None
    assert caller.post("v2/requests.json", {**HERE, "api_key": shown[0]}).status_code == 200
    assert shown[0] not in client.get("/admin/channel_open311/key/").content.decode()
    assert (
        Key.objects.get(name="三市").used,
        Change.objects.filter(act="give", key=str(Key.objects.get(name="三市").pk)).count(),
    ) == (1, 1)


def test_only_the_security_administrator_gives_keys(caller: Caller) -> None:
    with pytest.raises(Refused):
        keys.give(by=caller.house["operator"], name="x", quota=1)


def test_a_key_taken_back_ends_at_once_and_is_recorded_once(caller: Caller) -> None:
    chosen = {"action": "revoke", "_selected_action": [Key.objects.get().pk]}
    for _ in range(2):
        security(caller).post("/admin/channel_open311/key/", chosen)
    assert caller.post("v2/requests.json", **HERE).status_code == 403
    assert Change.objects.filter(table="channel_open311_key", act="take_back").count() == 1


def test_a_new_day_begins_with_a_new_count(caller: Caller) -> None:
    Key.objects.update(quota=1, used=1, day=clock.today() - dt.timedelta(days=1))
    assert [caller.post("v2/requests.json", **HERE, description=d).status_code for d in "ab"] == [200, 429]


def test_a_given_key_can_be_looked_at_but_not_changed(caller: Caller) -> None:
    path = f"/admin/channel_open311/key/{Key.objects.get().pk}/change/"
    assert "邻市" in security(caller).get(path).content.decode()
    assert security(caller).post(path, {"name": "别的"}).status_code == 403


def test_only_the_hash_is_kept(caller: Caller) -> None:
    assert caller.key not in str(list(Key.objects.values()))

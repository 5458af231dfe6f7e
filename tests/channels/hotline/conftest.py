"""A call desk: an account for the gateway, two operators at their seats, a gateway that signs."""

import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from django.test import Client
from tests.district import District
from tests.staff import person

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.models import Seat
from xiucheng.city import clock
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming
from xiucheng.people.models import Account

SECRET = "a-secret-of-the-gateway"
CALLER = "13812345678"
Say = Callable[..., int]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, district: District) -> dict[str, Account]:
    """Operators at 8001 and 8002 and a shift leader."""
    path = tmp_path / "channels.toml"
    path.write_text(f"[hotline]\nsecret = '{SECRET}'\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    found = {"8001": person("shouli1", "operator"), "8002": person("shouli2", "operator")}
    for extension, account in found.items():
        Seat.objects.create(extension=extension, account_id=account.pk, since=clock.now())
    return {**found, "leader": person("lingdao", "leader"), "shift": person("zhiban", "shift_leader")}


def post(body: bytes, *, secret: str = SECRET, ago: int = 0) -> int:
    """One signed event; gives the status."""
    stamp = str(int(time.time()) - ago)
    headers = {"X-Timestamp": stamp, "X-Signature": codec.sign(secret, stamp, body)}
    return Client().post("/hook/hotline/event", body, content_type="application/json", headers=headers).status_code


def work_off() -> None:
    """What the worker does."""
    for arrived in incoming.lease():
        jobs._work(arrived)


@pytest.fixture
def say(desk: dict[str, Account]) -> Say:
    """`say("ring", "c1", agent="8001")`: the gateway tells, the worker works it off."""

    def told(event: str, call: str = "c1", **more: object) -> int:
        status = post(orjson.dumps({"event": event, "call": call, **more}))
        work_off()
        return status

    return told

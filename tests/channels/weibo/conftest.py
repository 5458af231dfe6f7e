"""An account of Weibo with a simulated Weibo, and what its tests do again and again."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from PIL import Image
from tests.channels.weibo.simulator import EAST, FORM, Weibo, serve
from tests.district import District

from xiucheng.channels.weibo import client, codec
from xiucheng.city import clock
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming, states
from xiucheng.notices import port as ways_out
from xiucheng.notices import pump

SECRET = "s3cret"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def weibo(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weibo]:
    made = Weibo()
    server = serve(made)
    path = tmp_path / "channels.toml"
    lines = [
        f'uploads_api = "{made.address}/2"',
        f'app_secret = "{SECRET}"',
        'access_token = "good"',
        'uid = "1"',
        f'api = "{made.address}/2"',
    ]
    path.write_text("\n".join(["[weibo]", *lines, f'messages_api = "{made.address}/2"', ""]), encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    monkeypatch.setattr(client, "TIMEOUT", 2.0)
    yield made
    server.shutdown()
    server.server_close()


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def send_all() -> list[str]:
    """What the pump would do now, one after another; the results."""
    results = []
    for leased in pump.lease("me"):
        channel = ways_out.find(leased.channel)
        assert channel is not None
        receipt = channel.send(leased.message)
        pump.settle(leased, receipt, "me")
        results.append(receipt.result)
    return results


def push(body: dict[str, Any], *, secret: str = SECRET) -> int:
    raw = orjson.dumps(body)
    query = {"timestamp": "1", "nonce": "n", "signature": codec.signature(secret, "1", "n")}
    path = "/hook/weibo/?" + "&".join(f"{k}={v}" for k, v in query.items())
    return Client().post(path, raw, content_type="application/json").status_code


def message(text: str = "学府大道路灯不亮", **more: Any) -> dict[str, Any]:
    at = clock.now().astimezone(EAST).strftime(FORM)
    return {"type": "text", "receiver_id": "1", "sender_id": "501", "created_at": at, "text": text, "data": {}, **more}


def again_soon() -> None:
    with states.held("weibo") as memory:
        memory.cursor.pop("next_look", None)

"""The other side of the bench (测试用平台): pushes as WeChat and a partner sign them, and the platform's API that takes our answers."""

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson

from xiucheng.channels.wechat import codec
from xiucheng.channels.wechat.codec import Safe
from xiucheng.intake import signed
from xiucheng.run.bench.client import request

APPID: Final = "wxbench0000000000"
TOKEN: Final = "bench-token"  # noqa: S105 - an account that exists only while the bench runs
AES_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PARTNER: Final = "bench"
SECRET: Final = "bench-secret-of-a-partner"  # noqa: S105 - the same
SAFE: Final = Safe(AES_KEY, APPID)


def accounts(file: Path, api: str) -> None:
    """Write the accounts with which the service talks to us."""
    lines = [
        "[wechat]", f'appid = "{APPID}"', f'secret = "{SECRET}"', f'token = "{TOKEN}"', f'aes_key = "{AES_KEY}"',
        f'api = "{api}"', f"[hook.partners.{PARTNER}]", 'name = "性能测试"', f'secret = "{SECRET}"', "per_minute = 1000000",
    ]  # fmt: skip
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.chmod(0o600)


def push(url: str, fields: dict[str, Any]) -> bytes:
    """A push of WeChat in safe mode, signed now."""
    stamp, nonce = str(int(time.time())), os.urandom(5).hex()
    encrypted = SAFE.lock(codec.write(fields), os.urandom(16))
    query = {
        "signature": codec.signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes",
        "msg_signature": codec.signature(TOKEN, stamp, nonce, encrypted),
    }  # fmt: skip
    body = codec.write({"ToUserName": "gh_bench", "Encrypt": encrypted})
    return request(url, "POST", f"/hook/wechat/?{urlencode(query)}", body)


def event(url: str, record: dict[str, Any]) -> bytes:
    """An event of a partner, signed now."""
    body = orjson.dumps(record)
    return request(url, "POST", "/hook/hook/events", body, signed.headers(PARTNER, SECRET, body, time.time()))


@dataclass
class Phone:
    """What the platform was asked to tell: how often each open id was told each text."""

    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, beginning: str) -> int:
        """How many texts that begin so were told."""
        return sum(times for (_, text), times in self.told.items() if text.startswith(beginning))

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """The platform's answer to one call."""
        if path == "/cgi-bin/stable_token":
            return {"access_token": "bench", "expires_in": 7200}
        said = orjson.loads(body) if body else {}
        self.told[said.get("touser", ""), said.get("text", {}).get("content", "")] += 1
        return {"errcode": 0, "errmsg": "ok"}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call on one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        said = orjson.dumps(self.answer(urlsplit(head.split(" ", 2)[1]).path, body))
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(said) + said
        )
        await writer.drain()
        writer.close()


@contextmanager
def phone() -> Iterator[tuple[Phone, str]]:
    """The platform's API on loopback, and its address."""
    found, loop = Phone(), asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(found.serve, "127.0.0.1", 0, backlog=512))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield found, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()

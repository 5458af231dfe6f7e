"""The CTI gateway of the exchange (话务网关): what the proxy tells goes to the hook of a running service, signed."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from tests.channels.hotline.conftest import SECRET
from tests.channels.hotline.telephony.exchange import PATIENCE, Exchange

from xiucheng.channels.hotline import codec

BREATH = 0.02


@dataclass
class Gateway:
    """`with Gateway.between(exchange, url) as gateway:`; `passed` are the events that went on, with the hook's status."""

    exchange: Exchange
    peer: httpx.Client
    stop: threading.Event = field(default_factory=threading.Event)
    passed: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def between(cls, exchange: Exchange, url: str) -> Iterator["Gateway"]:
        """A gateway that passes on until the block ends, and then what was told by then."""
        with httpx.Client(base_url=url, trust_env=False, timeout=20) as peer:
            made = cls(exchange, peer)
            thread = threading.Thread(target=made._serve, daemon=True)
            thread.start()
            try:
                yield made
            finally:
                made.stop.set()
                thread.join(30)

    def seen(self, count: int) -> list[str]:
        """What went on once that many have, each with 200; all that went on in half a minute if there were fewer."""
        until = time.monotonic() + PATIENCE
        while len(self.passed) < count and time.monotonic() < until:
            time.sleep(BREATH)
        assert {status for _, status in self.passed} == {200}
        return [str(said["event"]) for said, _ in self.passed]

    def rang(self, nth: int) -> float:
        """When the nth call's INVITE reached the proxy."""
        calls = list(dict.fromkeys(said["call"] for said, _ in self.passed))
        return float(min(said["at"] for said, _ in self.passed if said["call"] == calls[nth]))

    def _serve(self) -> None:
        last = False
        while not last:
            last = self.stop.wait(0)
            for body in self.exchange.wait_told(BREATH):
                self._pass(body)

    def _pass(self, body: bytes) -> None:
        stamp = str(int(time.time()))
        headers = {"X-Timestamp": stamp, "X-Signature": f"sha256={codec.sign(SECRET, stamp, body)}"}
        done = self.peer.post("/hook/hotline/event", content=body, headers=headers)
        self.passed.append((orjson.loads(body), done.status_code))

"""Clients that do not give up (不放弃的客户端): each request carries a key and is sent again until it is answered.

What was answered with 2xx is kept; it must be in the database afterwards, once. Anything but 2xx, 409, 429 and 503 is a fault.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

PATIENCE_SECONDS: Final = 120.0
PAUSE_SECONDS: Final = 0.05
AGAIN: Final = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY})
WORDS: Final = (
    "人行道上的护栏倒了一段，晚上看不见", "路灯不亮，一整条巷子都是黑的", "垃圾桶满了两天没人清运", "井盖松动，车一过就响",
    "占道摆摊，轮椅过不去", "下水道堵了，污水往外冒", "树枝断了挂在电线上", "建筑垃圾倒在路边没人管",
)  # fmt: skip


@dataclass
class Ledger:
    """What was acknowledged, and what should never have been answered."""

    reports: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Request key → number and tracking code."""
    acts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Request key → number of the case and the act."""
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    tries: int = 0
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self) -> int:
        return len(self.reports)


class Client:
    """One person with one connection, opened anew whenever it breaks."""

    def __init__(self, address: str, ledger: Ledger) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.ledger = ledger
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)

    def post(self, path: str, content: dict[str, Any], key: str, token: str = "") -> dict[str, Any] | None:
        """Send until it is answered for good; gives the answer of a 2xx, None for a refusal."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            status, body = self._once(path, json.dumps(content).encode(), headers)
            if status is None or status in AGAIN:
                time.sleep(PAUSE_SECONDS)
                continue
            with self.ledger.lock:
                self.ledger.seconds.append(time.monotonic() - began)
                return self._judged(path, status, body)
        with self.ledger.lock:
            self.ledger.faults.append(f"no answer for {PATIENCE_SECONDS:.0f} s: {path}")
        return None

    def _once(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, bytes]:
        self.ledger.tries += 1
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return None, b""

    def _judged(self, path: str, status: int, body: bytes) -> dict[str, Any] | None:
        if status < HTTPStatus.MULTIPLE_CHOICES:
            answer: dict[str, Any] = json.loads(body)
            return answer
        if status in {HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            self.ledger.refused += 1
        else:
            self.ledger.faults.append(f"{status} {path} {body[:200].decode('utf-8', 'replace')}")
        return None


@dataclass(frozen=True)
class Load:
    """What the clients send: so many reports, each followed by acts of the reporter and of an operator."""

    address: str
    run: str
    token: str
    reports: int


def report(load: Load, n: int) -> dict[str, Any]:
    """The n-th report; some leave a mail address."""
    content: dict[str, Any] = {
        "words": f"{WORDS[n % len(WORDS)]}（第{n}件）",
        "kind": "complaint",
        "lng": 106.55 + (n * 37 % 1000) / 20_000,
        "lat": 29.50 + (n * 53 % 1000) / 25_000,
        "place": f"南坪西路{n % 300}号",
    }
    if n % 3 == 0:
        content["contact"] = {"email": f"r{n}@residents.invalid"}
    return content


def one(client: Client, load: Load, n: int) -> None:
    """One report and what follows it; every answer is kept."""
    key = f"{load.run}-r{n}"
    answer = client.post("/api/v1/reports", report(load, n), key)
    if answer is None:
        return
    with client.ledger.lock:
        client.ledger.reports[key] = (answer["number"], answer["tracking_code"])
    _follow(
        client,
        load,
        f"{load.run}-s{n}",
        answer["number"],
        f"/api/v1/reports/{answer['tracking_code']}/acts/supplement",
        "",
    )
    if n % 2 == 0:
        _follow(
            client,
            load,
            f"{load.run}-n{n}",
            answer["number"],
            f"/api/v1/cases/{answer['number']}/acts/note",
            load.token,
        )


def _follow(client: Client, load: Load, key: str, number: str, path: str, token: str) -> None:
    if client.post(path, {"words": f"补充说明 {key}"}, key, token) is not None:
        with client.ledger.lock:
            client.ledger.acts[key] = (number, path.rpartition("/")[2])


def send(load: Load, ledger: Ledger, clients: int) -> list[threading.Thread]:
    """Start the clients; they share the numbers 0 … reports - 1."""
    numbers = iter(range(load.reports))
    lock = threading.Lock()

    def work() -> None:
        client = Client(load.address, ledger)
        while True:
            with lock:
                n = next(numbers, None)
            if n is None:
                return
            one(client, load, n)

    threads = [threading.Thread(target=work, name=f"client-{i}", daemon=True) for i in range(clients)]
    for thread in threads:
        thread.start()
    return threads

"""Kept connections that send one request after another (测试客户端): plain sockets, so that the driver itself costs little."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Answered:
    """Times of answers in milliseconds, by status, and how long all took."""

    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    size: int = 0
    last: bytes = b""

    def add(self, other: "Answered") -> None:
        self.times += other.times
        for status, count in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count
        self.size = max(self.size, other.size)
        self.last = other.last or self.last


def request(url: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """The bytes of one request on a kept connection."""
    host = urlsplit(url).netloc
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive"]
    lines += [f"{k}: {v}" for k, v in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.peer = socket.create_connection((parts.hostname, parts.port), timeout=60)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, sent: bytes) -> tuple[int, bytes]:
        """Send one request, wait for its answer; gives status and body."""
        self.peer.sendall(sent)
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, rest = self.rest.partition(b"\r\n\r\n")
        lowered = head.lower()
        if b"transfer-encoding: chunked" in lowered:
            return int(head[9:12]), self._chunks(rest)
        start = lowered.find(b"content-length:")
        length = int(lowered[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        while len(rest) < length:
            self._more()
            rest = self.rest.partition(b"\r\n\r\n")[2]
        self.rest = rest[length:]
        return int(head[9:12]), rest[:length]

    def _chunks(self, rest: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in rest:
                rest += self._received()
            size_text, _, rest = rest.partition(b"\r\n")
            size = int(size_text, 16)
            while len(rest) < size + 2:
                rest += self._received()
            body, rest = body + rest[:size], rest[size + 2 :]
            if size == 0:
                self.rest = rest
                return body

    def _received(self) -> bytes:
        found = self.peer.recv(262_144)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def _more(self) -> None:
        self.rest += self._received()

    def close(self) -> None:
        self.peer.close()


def _run(url: str, requests: Iterator[bytes], lock: threading.Lock, found: Answered) -> None:
    connection = Connection(url)
    while True:
        with lock:
            sent = next(requests, None)
        if sent is None:
            break
        began = time.perf_counter()
        status, body = connection.ask(sent)
        found.times.append((time.perf_counter() - began) * 1000)
        found.statuses[status] = found.statuses.get(status, 0) + 1
        found.size = max(found.size, len(body))
        found.last = body
    connection.close()


def drive(url: str, requests: Sequence[bytes] | Callable[[], Iterator[bytes]], connections: int) -> Answered:
    """Send all requests over `connections` kept connections, each waiting for its answer before the next."""
    stream = requests() if callable(requests) else iter(requests)
    lock, parts = threading.Lock(), [Answered() for _ in range(connections)]
    began = time.perf_counter()
    threads = [threading.Thread(target=_run, args=(url, stream, lock, part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Answered(seconds=time.perf_counter() - began)
    for part in parts:
        total.add(part)
    return total

"""The city's higher platform for tests (模拟市级平台): checks our signature and clock, takes each id once, keeps its own count.

It can be slow, hang up after it has taken something, answer with nonsense, be busy and have counted otherwise.
"""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Platform:
    """What it knows and how it behaves; `stages` holds what it took, by id; `events` is how many it says it sent."""

    key_id: str = "city"
    secret: str = "the platform's secret"
    status: int = 200
    nonsense: bool = False
    hang_up: bool = False
    slow: float = 0.0
    events: int = 0
    lost: int = 0
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def judge(self, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and answer for one request."""
        stamp = headers.get("X-Timestamp", "")
        right = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if headers.get("X-Key-Id") != self.key_id or headers.get("X-Signature") != right:
            return 401, {"code": "bad_signature"}
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
            return 401, {"code": "stale"}
        given = json.loads(body)
        self.asked.append(given["type"])
        return self._told(given) if self.status == 200 else (self.status, {"code": "busy"})

    def _told(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if given["type"] == "counts":
            return 200, {"code": "ok", "events": self.events, "stages": len(self.stages) - self.lost}
        if given["type"] == "ping":
            return 200, {"code": "ok"}
        needed = {"id", "event", "case", "seq", "act", "state", "at"}
        if given["type"] != "stage" or not needed <= set(given):
            return 422, {"code": "bad_field"}
        again = given["id"] in self.stages
        self.stages.setdefault(given["id"], given)
        return 200, {"code": "duplicate" if again else "ok"}


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback until it is closed."""

    daemon_threads = True

    def __init__(self, platform: Platform) -> None:
        class Talk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = platform.judge(self.headers, body)
                time.sleep(platform.slow)
                if platform.hang_up:
                    self.close_connection = True
                    return
                said = b"<html>" if platform.nonsense else json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)
                except BrokenPipeError:
                    self.close_connection = True

            def log_message(self, *words: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Talk)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/receive"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()

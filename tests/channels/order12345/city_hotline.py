"""A 12345 platform for tests (模拟平台): it signs what it sends and takes results only as its rules allow.

Signature and clock are checked, every `id` is counted once however often it comes, a result needs a known order and words; it can be
slow, busy, cut the line after it has taken something, or answer nonsense.
"""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hotline:
    """The platform; `mood` is what it does with the next requests: ok, busy, elsewhere, drop, nonsense, refuse."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.orders: set[str] = set()
        self.taken: dict[str, dict[str, Any]] = {}
        self.copies = 0
        self.moods: list[str] = []
        self.now = time.time
        platform = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                platform._serve(self)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/results"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def signed(
        self, content: Any, *, at: float | None = None, secret: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """An order as it leaves the platform: body and headers, as Django's test client wants them."""
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(self.now() if at is None else at))
        key = (self.secret if secret is None else secret).encode()
        mark = hmac.new(key, f"{stamp}\n".encode() + body, hashlib.sha256).hexdigest()
        return body, {"HTTP_X_TIMESTAMP": stamp, "HTTP_X_SIGNATURE": mark}

    def _serve(self, door: BaseHTTPRequestHandler) -> None:
        body = door.rfile.read(int(door.headers.get("Content-Length", "0")))
        mood = self.moods.pop(0) if self.moods else "ok"
        if mood == "busy":
            return self._say(door, 503, {"code": 503})
        if mood == "elsewhere":
            return self._write(door, 302, b"{}", {"Location": self.url})
        stamp, mark = door.headers.get("X-Timestamp", ""), door.headers.get("X-Signature", "")
        good = hmac.new(self.secret.encode(), f"{stamp}\n".encode() + body, hashlib.sha256).hexdigest()
        if not stamp.isdigit() or abs(self.now() - int(stamp)) > 300 or mark != good:
            return self._say(door, 401, {"code": 401})
        code = 1 if mood == "refuse" else self._take(json.loads(body))
        if mood == "drop":
            door.close_connection = True
            door.connection.shutdown(2)
            return None
        if mood == "nonsense":
            return self._write(door, 200, b"<html>gateway</html>")
        return self._say(door, 200, {"code": code})

    def _take(self, content: dict[str, Any]) -> int:
        if content.get("type") == "ping":
            return 0
        if content.get("order_no") not in self.orders:
            return 404
        if content["type"] == "result" and not content.get("result"):
            return 422
        self.copies += content["id"] in self.taken
        self.taken[content["id"]] = content
        return 0

    def _say(self, door: BaseHTTPRequestHandler, status: int, content: dict[str, Any]) -> None:
        self._write(door, status, json.dumps(content).encode())

    def _write(
        self, door: BaseHTTPRequestHandler, status: int, body: bytes, more: dict[str, str] | None = None
    ) -> None:
        door.send_response(status)
        for name, value in (more or {}).items():
            door.send_header(name, value)
        door.send_header("Content-Length", str(len(body)))
        door.end_headers()
        door.wfile.write(body)

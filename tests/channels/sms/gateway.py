"""An SMS gateway for tests (模拟短信网关), as strict as a supplier's: signature, clock, once by id, parts counted, quotas, sign.

It can be slow, hang up after it has taken a message, answer with nonsense and be busy. It counts parts in its own way.
"""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GSM = set("@£$¥\n\r !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


@dataclass
class Gateway:
    """What it knows and how it behaves; `taken` holds what it would send to phones."""

    key_id: str = "district"
    secret: str = "the gateway's secret"
    sign: str = "绣城"
    black: set[str] = field(default_factory=set)
    quota: int = 1000
    status: int = 200
    nonsense: bool = False
    hang_up: bool = False
    slow: float = 0.0
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    tries: int = 0

    def judge(self, headers: Any, body: bytes) -> tuple[int, str]:
        """Status and code for one request."""
        self.tries += 1
        stamp = headers.get("X-Timestamp", "")
        right = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if headers.get("X-Key-Id") != self.key_id or headers.get("X-Signature") != right:
            return 401, "bad_key"
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
            return 401, "stale"
        given = json.loads(body)
        if given["id"] in self.taken:
            return 200, "duplicate"
        if self.status != 200:
            return self.status, "busy"
        code = self._content(given)
        if code == "ok":
            self.taken[given["id"]] = given
        return 200, code

    def _content(self, given: dict[str, Any]) -> str:
        if not (given["to"].isdigit() and len(given["to"]) == 11):
            return "bad_number"
        if given["to"] in self.black:
            return "black_list"
        if not given["text"].startswith(f"【{self.sign}】"):
            return "bad_sign"
        if given["parts"] != parts(given["text"]):
            return "bad_text"
        return "ok" if len(self.taken) < self.quota else "flow"


def parts(text: str) -> int:
    """How many parts go over the air."""
    if set(text) <= GSM:
        return 1 if len(text) <= 160 else -(-len(text) // 153)
    size = len(text.encode("utf-16-be")) // 2
    return 1 if size <= 70 else -(-size // 67)


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback until it is closed."""

    daemon_threads = True

    def __init__(self, gateway: Gateway) -> None:
        class Talk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, code = gateway.judge(self.headers, body)
                time.sleep(gateway.slow)
                if gateway.hang_up:
                    self.close_connection = True
                    return
                said = b"<html>" if gateway.nonsense else json.dumps({"code": code}).encode()
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
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()

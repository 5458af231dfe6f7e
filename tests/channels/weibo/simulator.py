"""Weibo as far as the channel sees it (模拟微博): real HTTP on loopback, its calls counted, its tokens ending, posts that vanish.

Rules are those of the facts sheet only; `test_weibo_simulator.py` proves that it says no where the platform does.
"""

import datetime as dt
import json
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EAST = dt.timezone(dt.timedelta(hours=8))
FORM = "%a %b %d %H:%M:%S %z %Y"


@dataclass
class Weibo:
    """The platform: posts and comments that call the account, private answers, pictures, what went wrong on purpose."""

    token: str = "good"
    calls_a_day: int = 100
    calls: int = 0
    statuses: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    below_ours: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    unfollowed: set[str] = field(default_factory=set)
    once: dict[str, bool] = field(default_factory=dict)
    broken: str = ""
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def write(self, number: int, text: str, *, user: str = "501", **more: Any) -> dict[str, Any]:
        """Somebody writes a post that calls the account."""
        made = {
            "idstr": str(number), "text": text, "user": {"idstr": user},
            "created_at": dt.datetime.now(EAST).strftime(FORM), **more,
        }  # fmt: skip
        self.statuses.append(made)
        self.once[user] = True
        return made

    def comment(
        self,
        number: int,
        below: int,
        text: str,
        *,
        user: str = "502",
        ours: bool = False,
        post: dict[str, Any] | None = None,
    ) -> None:
        """Somebody calls the account in a comment, or comments below a post of the account (`ours`)."""
        (self.below_ours if ours else self.comments).append({
            "idstr": str(number), "text": text, "user": {"idstr": user}, "status": {"idstr": str(below), **(post or {})},
            "created_at": dt.datetime.now(EAST).strftime(FORM),
        })  # fmt: skip
        self.once[user] = not ours

    def answer(self, path: str, given: dict[str, str]) -> tuple[int, dict[str, Any] | bytes]:  # noqa: PLR0911
        """What the platform says."""
        self.asked.append(path)
        if path.startswith("/large/"):
            found = self.pictures.get(path)
            return (200, found) if found is not None else (404, {})
        if path.endswith("/mss/msget") and given.get("access_token") == self.token:
            found = self.pictures.get(given.get("fid", ""))
            return (200, found) if found is not None else (404, {"error_code": 20001})
        if self.broken:
            return 500, {"error_code": 0}
        if given.get("access_token") != self.token:
            return 401, {"error_code": 21332}
        self.calls += 1
        if self.calls > self.calls_a_day:
            return 403, {"error_code": 10023}
        if path.endswith("/mentions.json"):
            rows = self.comments if "comments" in path else self.statuses
            return 200, self._page("comments" if "comments" in path else "statuses", rows, given)
        if path.endswith("comments/to_me.json"):
            return 200, self._page("comments", self.below_ours, given)
        if path.endswith("messages/reply.json"):
            return self._private(given)
        if path.endswith(("comments/create.json", "comments/reply.json")):
            if given["id"] in self.gone:
                return 400, {"error_code": 20101}
            if len(given["comment"]) > 140:
                return 400, {"error_code": 20012}
            self.answers.append(("public", given["id"], given["comment"]))
            return 200, {"idstr": "900"}
        return (200, {"remaining_user_hits": self.calls_a_day - self.calls}) if "rate_limit" in path else (404, {})

    def _page(self, name: str, rows: list[dict[str, Any]], given: dict[str, str]) -> dict[str, Any]:
        """Newest first, newer than `since_id`, not above `max_id`, `count` on a page; deleted ones leave gaps in it."""
        since, count, page = (int(given.get(k, d)) for k, d in (("since_id", "0"), ("count", "50"), ("page", "1")))
        most = int(given.get("max_id", "0")) or 2**62
        newer = [r for r in rows if since < int(r["idstr"]) <= most]
        newer.sort(key=lambda r: -int(r["idstr"]))
        shown = [r for r in newer[(page - 1) * count : page * count] if r["idstr"] not in self.gone]
        return {name: shown, "total_number": len(newer)}

    def _private(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Who called in public may be written to once in 48 hours."""
        text = json.loads(given["data"])["text"]
        if given["receiver_id"] in self.unfollowed or not self.once.get(given["receiver_id"], True):
            return 400, {"error_code": 21335}
        if len(text) > 300:
            return 400, {"error_code": 20012}
        if given["receiver_id"] in self.once:
            self.once[given["receiver_id"]] = False
        self.answers.append(("private", given["receiver_id"], text))
        return 200, {"result": True}


def serve(weibo: Weibo) -> ThreadingHTTPServer:
    """Listen on a free port of loopback; `weibo.address` is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urllib.parse.urlsplit(self.path)
            self._say(*weibo.answer(parts.path, dict(urllib.parse.parse_qsl(parts.query))))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*weibo.answer(self.path, dict(urllib.parse.parse_qsl(body))))

        def _say(self, status: int, content: dict[str, Any] | bytes) -> None:
            if weibo.broken == "cut":  # taken, and the line breaks before the answer
                self.close_connection = True
                return
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    weibo.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server

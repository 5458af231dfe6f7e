"""A WeChat server in small (微信模拟器): real HTTP on loopback that keeps the platform's rules, fed only by `design/channels.md`.

It signs and encrypts pushes and delivers again what was not answered in time; gives stable tokens and lets them expire; counts
answers per person (5 in 48 hours, 3 in a minute); serves media for three days; sends a signed-in browser back to the domain on its list
only, with a code that is good once and for five minutes; serves the script for pages (`app.py` is what it talks to); answers with the
platform's error codes. A fault
can be laid down for the next call: `slow`, `drop` (accepted, then the line is cut), `broken` (no JSON) or a number (that code).
"""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from xiucheng.channels.wechat import codec

APPID, SECRET, TOKEN = "wx2c2769f8efd9abc2", "5ecret5ecret5ecret", "spamtest"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ME = "gh_10f6c3c3ac5a"
TRIES = 3
SCRIPT = "/open/js/jweixin-1.6.0.js"


@dataclass
class Window:
    """How often we may still write to somebody, and until when."""

    left: int
    until: float


@dataclass
class Platform:
    """All that the platform knows; tests look at it and turn its clock."""

    safe: bool = True
    shift: float = 0.0
    patience: float = 5.0
    tokens: dict[str, float] = field(default_factory=dict)
    token_calls: list[bool] = field(default_factory=list)
    tickets: dict[str, float] = field(default_factory=dict)
    scripts: int = 0
    forced_at: list[float] = field(default_factory=list)
    windows: dict[str, Window] = field(default_factory=dict)
    followers: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    client_ids: dict[str, int] = field(default_factory=dict)
    media: dict[str, tuple[bytes, str, float]] = field(default_factory=dict)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    phone_of: str = ""
    faults: list[tuple[str, Any]] = field(default_factory=list)
    unverified: bool = False
    address: str = ""
    numbers: int = 6054768590064713728
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def now(self) -> float:
        return time.time() + self.shift

    # -- pushes

    def message(self, openid: str, kind: str = "text", **given: Any) -> dict[str, Any]:
        """A message of somebody; it opens the window for answers."""
        self.numbers += 1
        self.followers.add(openid)
        self.windows[openid] = Window(5, self.now() + 48 * 3600)
        head = {"ToUserName": ME, "FromUserName": openid, "CreateTime": int(self.now()), "MsgType": kind}
        return {**head, **given, "MsgId": self.numbers}

    def event(self, openid: str, name: str, **given: Any) -> dict[str, Any]:
        """An event; a menu click, a follow or a scan opens the small window where no larger one is open."""
        if name == "unsubscribe":
            self.followers.discard(openid)
        if name in {"CLICK", "subscribe", "SCAN"}:
            self.followers.add(openid)
            if not self._open(openid):
                self.windows[openid] = Window(3, self.now() + 60)
        head = {"ToUserName": ME, "FromUserName": openid, "CreateTime": int(self.now()), "MsgType": "event"}
        return {**head, "Event": name, **given}

    def packed(self, fields: Mapping[str, Any]) -> tuple[str, bytes]:
        """Query and body of a push."""
        xml, stamp, nonce = codec.write(dict(fields)), str(int(self.now())), secrets.token_hex(5)
        query = {"signature": codec.signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        if not self.safe:
            return urlencode(query), xml
        locked = codec.Safe(AES_KEY, APPID).lock(xml, secrets.token_bytes(16))
        query |= {"encrypt_type": "aes", "msg_signature": codec.signature(TOKEN, stamp, nonce, locked)}
        return urlencode(query), codec.write({"ToUserName": ME, "Encrypt": locked})

    def push(self, address: str, fields: Mapping[str, Any], copies: int = 1) -> list[str]:
        """Deliver; again, three times in all, while there is no answer in time. Gives what came of each try."""
        found = []
        for _ in range(copies):
            for _ in range(TRIES):
                found.append(self._deliver(address, fields))
                if found[-1] in {"success", ""}:
                    break
        return found

    def _deliver(self, address: str, fields: Mapping[str, Any]) -> str:
        query, body = self.packed(fields)
        asked = urllib.request.Request(f"{address}?{query}", body, {"Content-Type": "text/xml"})
        try:
            with urllib.request.urlopen(asked, timeout=self.patience) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return f"HTTP {refused.code}"
        except OSError:
            return "no answer"

    # -- what we may call

    def answer(self, path: str, query: Mapping[str, str], body: dict[str, Any]) -> Any:
        """The answer to one call: a dict, or bytes with their type."""
        with self.lock:
            if path == "/cgi-bin/stable_token":
                return self._stable_token(body)
            if path == "/video":
                return self.media[query["id"]][:2]
            if path == "/sns/oauth2/access_token":
                return self._signed_in(query)
            if self.tokens.get(query.get("access_token", ""), 0.0) <= self.now():
                return _error(42001 if query.get("access_token") in self.tokens else 40001)
            if self.unverified:
                return _error(48001)
            calls = {
                "/cgi-bin/message/custom/send": lambda: self._custom(body),
                "/cgi-bin/message/template/send": lambda: self._template(body),
                "/cgi-bin/message/subscribe/bizsend": lambda: self._template(body, kind="subscribe"),
                "/cgi-bin/media/get": lambda: self._media(query),
                "/cgi-bin/ticket/getticket": self._ticket,
            }  # fmt: skip
            return calls[path]() if path in calls else _error(404)

    def _stable_token(self, body: dict[str, Any]) -> Any:
        if (body.get("appid"), body.get("secret")) != (APPID, SECRET) or body.get("grant_type") != "client_credential":
            return _error(40013 if body.get("appid") != APPID else 40125)
        now, forced = self.now(), bool(body.get("force_refresh"))
        self.token_calls.append(forced)
        newest, ends = max(self.tokens.items(), key=lambda pair: pair[1], default=("", 0.0))
        if forced:
            if self.forced_at and now - self.forced_at[-1] < 30:
                return _error(45011)
            if len([at for at in self.forced_at if at > now - 86400]) >= 20:
                return _error(45009)
            self.forced_at.append(now)
            self.tokens = dict.fromkeys(self.tokens, 0.0)
        elif ends - now > 300:
            return {"access_token": newest, "expires_in": int(ends - now)}
        made = f"token-{len(self.tokens)}-{secrets.token_hex(8)}"
        self.tokens[made] = now + 7200
        return {"access_token": made, "expires_in": 7200}

    def _ticket(self) -> Any:
        made = f"ticket-{len(self.tokens)}"
        self.tickets[made] = self.now() + 7200
        return {**_error(0), "ticket": made, "expires_in": 7200}

    def _open(self, openid: str) -> bool:
        found = self.windows.get(openid)
        return found is not None and found.until > self.now()

    def _custom(self, body: dict[str, Any]) -> Any:
        openid, text = str(body.get("touser") or ""), body.get("text")
        known = openid in self.followers | self.refusing | set(self.windows)
        if not known or (trouble := self._refuses(openid)):
            return _error(trouble if known else 40003)
        if body.get("msgtype") != "text" or not isinstance(text, dict) or not text.get("content"):
            return _error(40008)
        if len(str(text["content"]).encode()) > 2048:
            return _error(45002)
        if not self._open(openid) or self.windows[openid].left <= 0:
            return _error(45047 if self._open(openid) else 45015)
        self.windows[openid].left -= 1
        self.sent.append((openid, "custom", body))
        return _error(0)

    def _refuses(self, openid: str) -> int:
        """48002 who does not want messages, 43004 who does not follow."""
        if openid in self.refusing:
            return 48002
        return 0 if openid in self.followers else 43004

    def _template(self, body: dict[str, Any], kind: str = "template") -> Any:
        openid, repeat = str(body.get("touser") or ""), str(body.get("client_msg_id") or "")
        if body.get("template_id") not in self.templates:
            return _error(40037)
        if trouble := self._refuses(openid):
            return _error(trouble)
        data = body.get("data")
        if not isinstance(data, dict) or not all(isinstance(v, dict) and v.get("value") for v in data.values()):
            return _error(47003)
        if repeat and repeat in self.client_ids:
            return {**_error(0), "msgid": self.client_ids[repeat]}
        self.numbers += 1
        if repeat:
            self.client_ids[repeat] = self.numbers
        self.sent.append((openid, kind, body))
        return {**_error(0), "msgid": self.numbers}

    def keep(self, content: bytes, kind: str = "image/jpeg") -> str:
        """Media of a message; its id."""
        made = secrets.token_urlsafe(24)
        self.media[made] = (content, kind, self.now())
        return made

    def _media(self, query: Mapping[str, str]) -> Any:
        content, kind, at = self.media.get(query.get("media_id", ""), (b"", "", 0.0))
        if at <= self.now() - 3 * 86400:
            return _error(40007)
        video = {"video_url": f"{self.address}/video?{urlencode({'id': query['media_id']})}"}
        return video if kind.startswith("video/") else (content, kind)

    def _signed_in(self, query: Mapping[str, str]) -> Any:
        if (query.get("appid"), query.get("secret")) != (APPID, SECRET):
            return _error(40125)
        openid, until = self.codes.pop(query.get("code", ""), ("", 0.0))
        good = until > self.now() and query.get("grant_type") == "authorization_code"
        return {"access_token": "web", "expires_in": 7200, "openid": openid} if good else _error(40029)

    def code(self, openid: str) -> str:
        """A code for somebody's browser: once, within five minutes."""
        made = secrets.token_urlsafe(18)
        self.codes[made] = (openid, self.now() + 300)
        return made

    def authorize(self, query: Mapping[str, str], browser: str) -> tuple[str, str]:
        """Where a browser that asks to be known is sent, or the sentence that WeChat shows instead."""
        back = urlsplit(query.get("redirect_uri", ""))
        if "MicroMessenger" not in browser:
            return "", "请在微信客户端打开链接"
        if query.get("appid") != APPID or query.get("response_type") != "code" or query.get("scope") != "snsapi_base":
            return "", "Scope 参数错误或没有 Scope 权限"
        if back.hostname not in self.domains or back.scheme not in {"http", "https"}:
            return "", "redirect_uri 域名与后台配置不一致，错误码:10003"
        state = query.get("state", "")
        if len(state) > 128 or not (state.isascii() and state.isalnum()):
            return "", "state 参数错误"
        asked = urlencode({"code": self.code(self.phone_of), "state": state})
        return f"{query['redirect_uri']}{'&' if back.query else '?'}{asked}", ""

    def finished(self, msgid: int, openid: str, status: str = "success") -> dict[str, Any]:
        """The receipt of a template message."""
        return self.event(openid, "TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)

    def told(self, msgid: int, openid: str, code: str = "0") -> dict[str, Any]:
        """The receipt of a subscribe message."""
        row = {
            "TemplateId": "S1",
            "MsgID": msgid,
            "ErrorCode": code,
            "ErrorStatus": "success" if code == "0" else "reject",
        }
        return self.event(openid, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": row})

    def texts(self, openid: str) -> list[str]:
        """What somebody was written, in order."""
        return [b["text"]["content"] for to, kind, b in self.sent if kind == "custom" and to == openid]


def _error(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "ok" if code == 0 else f"said in English {code}"}


class _Calls(BaseHTTPRequestHandler):
    """One connection; a laid-down fault comes before (a number) or after the work (the others)."""

    platform: Platform
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == SCRIPT:
            self._script()
            return
        if parts.path != "/connect/oauth2/authorize":
            self._call({})
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        address, sentence = self.platform.authorize(query, self.headers.get("User-Agent") or "")
        if address:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(f"<!doctype html><meta charset=utf-8><p>{sentence}</p>".encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self._call(json.loads(raw))
        except ValueError:
            self._send(json.dumps(_error(47001)).encode(), "application/json")

    def _script(self) -> None:
        self.platform.scripts += 1
        if self._fault(SCRIPT) == "drop":
            self.close_connection = True
        else:
            self._send(Path(__file__).with_name("jweixin.js").read_bytes(), "application/javascript")

    def _call(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        fault = self._fault(parts.path)
        if isinstance(fault, int):
            self._send(json.dumps(_error(fault)).encode(), "application/json")
            return
        found = self.platform.answer(parts.path, query, body)
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "slow":
            self.platform.stop.wait(10.0)
        if fault == "broken":
            self._send(b"<html>502</html>", "text/html")
        elif isinstance(found, tuple):
            self._send(*found)
        else:
            self._send(json.dumps(found).encode(), "application/json")

    def _fault(self, path: str) -> Any:
        with self.platform.lock:
            for at, (wanted, fault) in enumerate(self.platform.faults):
                if wanted in path:
                    del self.platform.faults[at]
                    return fault
        return None

    def _send(self, content: bytes, kind: str) -> None:
        try:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True


class Server:
    """The platform at an address of its own, for the time of a `with`."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Calls", (_Calls,), {"platform": platform}))
        self._http.daemon_threads = True
        self.address = platform.address = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.platform.stop.set()
        self._http.shutdown()
        self._http.server_close()

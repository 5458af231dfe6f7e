"""A person at the API (接口客户端): one kept connection, a session of his own, JSON both ways."""

import http.client
import json
import re
import secrets
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

TIMEOUT: Final = 20
_TRIES: Final = 3


class AnswerError(Exception):
    """The service refused: HTTP status, code and sentence."""

    def __init__(self, status: int, body: Any) -> None:
        said = body if isinstance(body, dict) else {}
        super().__init__(f"{status} {said.get('code', '')} {said.get('zh', '')}")
        self.status = status
        self.code = str(said.get("code", ""))


class Client:
    """One person's connection to `address` (http://host:port)."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        for attempt in range(_TRIES):
            try:
                self.connection.request(method, path, body, {**headers, "Cookie": self._cookie()})
                answer = self.connection.getresponse()
                self._remember(answer.headers.get_all("Set-Cookie") or [])
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection.close()
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("the loop returns or raises")

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _remember(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def sign_in(self, username: str, password: str) -> None:
        """Through the sign-in page, as a person would."""
        _, page = self._send("GET", "/sign-in/", None, {})
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        token = found[1].decode() if found else ""
        form = urlencode({"login": username, "password": password, "csrfmiddlewaretoken": token}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.host}:{self.port}/"}
        status, _page = self._send("POST", "/sign-in/", form, headers)
        if status != http.client.FOUND:
            raise AnswerError(status, {"code": "sign_in", "zh": username})

    def get(self, path: str, **query: Any) -> Any:
        """Read; raises `AnswerError`."""
        asked = {k: v for k, v in query.items() if v not in (None, "")}
        return self._said(*self._send("GET", path + ("?" + urlencode(asked) if asked else ""), None, {}))

    def post(self, path: str, content: dict[str, Any]) -> Any:
        """Do; the key makes a second try harmless. Raises `AnswerError`."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Referer": f"http://{self.host}:{self.port}/",
        }
        return self._said(*self._send("POST", path, json.dumps(content).encode(), headers))

    def page(self, path: str) -> str:
        """A page as a person's browser gets it."""
        status, body = self._send("GET", path, None, {})
        if status != http.client.OK:
            raise AnswerError(status, {"code": "page", "zh": path})
        return body.decode()

    def submit(self, path: str, fields: dict[str, str]) -> None:
        """Send a page's form."""
        form = urlencode({**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.host}:{self.port}/"}
        status, _page = self._send("POST", path, form, headers)
        if status >= http.client.BAD_REQUEST:
            raise AnswerError(status, {"code": "form", "zh": path})

    def upload(self, picture: bytes) -> str:
        """Store a picture; gives its upload code."""
        headers = {"Content-Type": "image/jpeg", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        headers["Referer"] = f"http://{self.host}:{self.port}/"
        return str(self._said(*self._send("POST", "/api/v1/pictures", picture, headers))["upload"])

    def _said(self, status: int, raw: bytes) -> Any:
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if status >= http.client.BAD_REQUEST or body is None:
            raise AnswerError(status, body)
        return body

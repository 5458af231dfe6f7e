"""Calls to WeChat (微信接口): one request on one connection, with a time limit, and its codes put into a few words.

Words of the platform are not kept: they name appids and addresses. A fault before the request has left is `unreachable`; after
that nobody knows whether it was carried out: `unknown`.
"""

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from xiucheng.channels.wechat.account import NAME, Account
from xiucheng.intake.numbers import limits

OUTCOMES: Final[Mapping[int, str]] = {
    **dict.fromkeys((40001, 40014, 42001), "refresh_token"),
    **dict.fromkeys((-1, 45009, 45011), "retry_later"),
    **dict.fromkeys((45015, 45047), "window_over"),
    **dict.fromkeys((40003, 43004, 43101, 48002), "refused_recipient"),
    **dict.fromkeys((40013, 40125, 40164, 48001, 50002), "broken_config"),
}
SAID: Final[Mapping[int, str]] = {
    40013: "appid 不对",
    40125: "secret 不对",
    40164: "本机地址不在公众号的 IP 白名单里",
    48001: "公众号没有这个接口的权限（须为已认证的服务号）",
    50002: "公众号被限制使用接口",
    45009: "接口调用次数已用完",
}


class PeerError(Exception):
    """What WeChat did not do: `outcome` is one of the words above, `code` its own number (0: it gave none)."""

    def __init__(self, outcome: str, code: int = 0) -> None:
        super().__init__(f"{outcome} {code}")
        self.outcome, self.code = outcome, code

    @property
    def zh(self) -> str:
        """What went wrong, for the page of channels."""
        if self.outcome in {"unreachable", "unknown"}:
            return "微信没有回答"
        return f"微信拒绝：{SAID.get(self.code, f'错误码 {self.code}')}"


def call(
    account: Account, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One call that answers with an object. Raises PeerError."""
    _, raw = _exchange(account.api, path, query, body)
    return _object(raw)


def fetch(account: Account, path: str, query: Mapping[str, str]) -> bytes:
    """One call that answers with a file; of a video with the address where it lies. Raises PeerError."""
    kind, raw = _exchange(account.api, path, query, None)
    if "json" not in kind and "text/plain" not in kind:
        return raw
    lies = urlsplit(str(_object(raw).get("video_url") or ""))
    if lies.scheme not in {"http", "https"} or not lies.hostname:
        raise PeerError("refused")
    _, raw = _exchange(
        f"{lies.scheme}://{lies.netloc}", lies.path, dict(parse_qsl(lies.query, keep_blank_values=True)), None
    )
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError as wrong:
        raise PeerError("unknown") from wrong
    if not isinstance(found, dict):
        raise PeerError("unknown")
    code = found.get("errcode") or 0
    if code:
        number = code if isinstance(code, int) else 0
        raise PeerError(OUTCOMES.get(number, "refused"), number)
    return found


def _exchange(where: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None) -> tuple[str, bytes]:
    base, numbers = urlsplit(where), limits(NAME)
    kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
    peer = kind(base.hostname or "", base.port, timeout=numbers["timeout_seconds"])
    address = f"{base.path}{path}?{urlencode(query)}" if query else f"{base.path}{path}"
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        try:
            peer.connect()
        except OSError as fault:
            raise PeerError("unreachable") from fault
        try:
            peer.request("GET" if content is None else "POST", address, content, {"Content-Type": "application/json"})
            answer = peer.getresponse()
            raw = answer.read(numbers["media_most"] + 1)
        except (OSError, http.client.HTTPException) as fault:
            raise PeerError("unknown") from fault
    finally:
        peer.close()
    if answer.status >= 500:
        raise PeerError("unknown", answer.status)
    if answer.status != 200 or len(raw) > numbers["media_most"]:
        raise PeerError("refused", answer.status)
    return answer.headers.get_content_type(), raw

"""Calls to Weibo (接口调用), counted: one authorised user has so many calls a day, and every caller takes from the same count."""

import datetime as dt
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

import orjson

from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits

TIMEOUT: Final = 10.0
LARGEST: Final = 12_000_000
API: Final = "https://api.weibo.com/2"
MESSAGES: Final = "https://m.api.weibo.com/2"
KEPT_BACK: Final = 20
"""Calls of the day that polling leaves for answers."""


TOKEN: Final = frozenset({21314, 21315, 21316, 21317, 21327, 21332})


class WeiboError(Exception):
    """What Weibo said no to, or why it could not be asked. `code` is its own, 0 where there was no answer; `done` that it may be carried out all the same."""

    def __init__(self, code: int, why: str, *, done: bool = False) -> None:
        super().__init__(f"{code} {why}".strip())
        self.code, self.done = code, done

    @property
    def zh(self) -> str:
        """What went wrong, for the page of channels."""
        if self.code in TOKEN:
            return "微博授权已失效，请重新授权"
        return f"微博拒绝：错误码 {self.code}" if self.code else "微博没有回答"


class SpentError(WeiboError):
    """The day's calls are used up."""

    def __init__(self) -> None:
        super().__init__(10023, "quota of the day is used up")

    @property
    def zh(self) -> str:
        """The same for the page of channels."""
        return "今天的微博接口次数已用完"


def account() -> Mapping[str, Any]:
    """The account; an empty one where the channel is off."""
    return accounts.account("weibo") or {}


def _day() -> str:
    return clock.today().isoformat()


def most() -> int:
    """The calls of a day that the account has."""
    return int(account().get("calls_a_day") or limits("weibo")["calls_a_day"])


def take(*, leave: int = 0) -> None:
    """Take one call from the day's count, leaving some for others. Raises `SpentError`."""
    with states.held("weibo") as memory:
        used = int(memory.cursor.get("calls", 0)) if memory.cursor.get("day") == _day() else 0
        if used >= most() - leave:
            raise SpentError
        memory.cursor |= {"day": _day(), "calls": used + 1}


def left() -> int:
    """How many calls the day still has."""
    cursor = states.peek("weibo").cursor
    return most() - (int(cursor.get("calls", 0)) if cursor.get("day") == _day() else 0)


def get(path: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A reading call of the open API."""
    take(leave=KEPT_BACK)
    query = urllib.parse.urlencode({**given, "access_token": str(account().get("access_token", ""))})
    return _object(urllib.request.Request(f"{_base('api', API)}/{path}?{query}"))  # noqa: S310 - our own configured address


def post(path: str, given: Mapping[str, str], *, messages: bool = False) -> dict[str, Any]:
    """A writing call, form-encoded."""
    take()
    base = _base("messages_api", MESSAGES) if messages else _base("api", API)
    body = urllib.parse.urlencode({**given, "access_token": str(account().get("access_token", ""))}).encode()
    return _object(urllib.request.Request(f"{base}/{path}", data=body, method="POST"))  # noqa: S310 - our own configured address


def fetch(url: str) -> bytes:
    """A picture; not counted, for it is not the API. Raises `WeiboError`."""
    if not url.startswith(("http://", "https://")):
        raise WeiboError(0, "no address")
    return _read(urllib.request.Request(url, headers={"Referer": "https://weibo.com/"}))  # noqa: S310 - checked above


def _base(name: str, usual: str) -> str:
    return str(account().get(name) or usual).rstrip("/")


def _object(request: urllib.request.Request) -> dict[str, Any]:
    raw = _read(request)
    try:
        found = orjson.loads(raw)
    except ValueError:
        raise WeiboError(0, "no JSON") from None
    if not isinstance(found, dict):
        raise WeiboError(0, "no object")
    if found.get("error_code"):
        raise WeiboError(_number(found["error_code"]) or 1, "refused")
    return found


def _read(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - http and https only
            content: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as wrong:
        raise WeiboError(_code(wrong), f"HTTP {wrong.code}") from None
    except urllib.error.URLError as wrong:
        raise WeiboError(0, type(wrong.reason).__name__) from None
    except (OSError, ValueError, http.client.HTTPException) as wrong:
        raise WeiboError(0, type(wrong).__name__, done=True) from None
    if len(content) > LARGEST:
        raise WeiboError(0, "too large")
    return content


def _code(wrong: urllib.error.HTTPError) -> int:
    """Weibo says its own code in the body of a refusal."""
    try:
        return _number(orjson.loads(wrong.read(LARGEST)).get("error_code"))
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        return 0


def _number(code: object) -> int:
    return int(str(code)) if str(code).isdecimal() else 0


def until(said_at: dt.datetime) -> dt.datetime:
    """How long a private answer is allowed."""
    return said_at + dt.timedelta(hours=int(limits("weibo")["window_hours"]))

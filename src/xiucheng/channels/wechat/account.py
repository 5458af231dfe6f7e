"""The account (公众号账号) as `channels.toml` has it, checked; secrets never show in a representation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits

NAME: Final = "wechat"
API: Final = "https://api.weixin.qq.com"
OPEN: Final = "https://open.weixin.qq.com"
_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._-]+)+")
"""An address that can stand in a header as it is."""


class BadAccountError(ValueError):
    """What stands in the file cannot be an account; the words name the key, never its value."""


@dataclass(frozen=True, slots=True)
class Account:
    """One official account. Without `aes_key` it works in clear mode; with it only encrypted pushes are taken."""

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    api: str = API
    open: str = OPEN
    script: str = ""
    template: Mapping[str, Any] = field(default_factory=dict)
    subscribe: Mapping[str, Any] = field(default_factory=dict)


def of(table: Mapping[str, Any]) -> Account:
    """The account of a table. Raises BadAccountError."""
    for key in ("appid", "secret", "token"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise BadAccountError(f"缺少 {key}")
    aes_key = str(table.get("aes_key") or "")
    if aes_key and len(aes_key) != 43:
        raise BadAccountError("aes_key 须为 43 个字符")
    return Account(
        appid=table["appid"],
        secret=table["secret"],
        token=table["token"],
        aes_key=aes_key,
        api=_base(table, "api", API),
        open=_base(table, "open", OPEN),
        script=_script(table),
        template=dict(table.get("template") or {}),
        subscribe=dict(table.get("subscribe") or {}),
    )


def _base(table: Mapping[str, Any], name: str, usual: str) -> str:
    base = str(table.get(name) or usual).rstrip("/")
    if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).hostname:
        raise BadAccountError(f"{name} 不是网址")
    return base


def _script(table: Mapping[str, Any]) -> str:
    address = str(table.get("script") or limits(NAME)["script"])
    if not _PLAIN.fullmatch(address):
        raise BadAccountError("script 不是网址")
    return address


def here() -> Account | None:
    """The account of this installation; None while the channel is off. Raises BadAccountError."""
    table = accounts.account(NAME)
    return of(table) if table is not None else None

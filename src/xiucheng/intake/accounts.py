"""Accounts at the platforms (渠道账号): `channels.toml` in the data folder, mode 0600, or the file that XIUCHENG_CHANNELS names.

One table for each channel, as its guide says; a channel without one, or with `off = true`, is switched off and the rest works.
Read again when the file changes. Secrets stand nowhere else.
"""

import os
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

_lock: Final = threading.Lock()
_read: dict[str, Any] = {}


def file() -> Path:
    """Where the accounts stand."""
    named = os.environ.get("XIUCHENG_CHANNELS")
    return Path(named).expanduser() if named else Path(settings.DATA) / "channels.toml"


def account(channel: str) -> Mapping[str, Any] | None:
    """The channel's account, or None while it is switched off. A damaged file switches all off; `fault` says why."""
    found = _all().get(channel)
    return found if isinstance(found, dict) and not found.get("off") else None


def fault() -> str:
    """What is wrong with the file; empty if nothing is."""
    _all()
    return str(_read.get("fault", ""))


def _all() -> Mapping[str, Any]:
    path = file()
    try:
        stamp = (str(path), path.stat().st_mtime_ns)
    except OSError:
        stamp = (str(path), 0)
    with _lock:
        if _read.get("stamp") != stamp:
            _read.clear()
            _read.update(_load(path) if stamp[1] else {"accounts": {}, "fault": ""}, stamp=stamp)
        accounts: Mapping[str, Any] = _read["accounts"]
        return accounts


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_mode & 0o077:
            return {"accounts": {}, "fault": f"{path} 里有密钥，权限须为 600：chmod 600 {path}"}
        return {"accounts": tomllib.loads(path.read_text(encoding="utf-8")), "fault": ""}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        line = (
            str(wrong).rpartition("(")[2].rstrip(")")
            if isinstance(wrong, tomllib.TOMLDecodeError)
            else type(wrong).__name__
        )
        return {"accounts": {}, "fault": f"{path} 读不了：{line}"}

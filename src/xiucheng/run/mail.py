"""Whether a port for mail is wanted (收信端口), as the parent asks: it reads `channels.toml` without Django, again when it changes."""

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MODULE: Final = "xiucheng.channels.email.sink"


@dataclass
class Wanted:
    """The address at which mail is taken in."""

    folder: Path
    _stamp: tuple[str, int] = field(default=("", 0), init=False)
    _address: str = field(default="", init=False)

    def address(self) -> str:
        """`host:port`; empty while the channel is off or its file cannot be used (the page of channels says why)."""
        named = os.environ.get("XIUCHENG_CHANNELS")
        path = Path(named).expanduser() if named else self.folder / "channels.toml"
        try:
            seen = path.stat()
        except OSError:
            return ""
        stamp = (str(path), seen.st_mtime_ns)
        if stamp != self._stamp:
            self._address = "" if seen.st_mode & 0o077 else _read(path)
            self._stamp = stamp
        return self._address


def _read(path: Path) -> str:
    try:
        email = tomllib.loads(path.read_text(encoding="utf-8")).get("email")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""
    return str(email.get("sink") or "") if isinstance(email, dict) and not email.get("off") else ""

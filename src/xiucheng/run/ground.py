"""The data folder (数据目录): what must be kept lives here and nowhere else; one service at a time works in it.

`version.json` says which program wrote it, `secrets.json` (mode 0600) holds the keys, `service.lock` who works in it now.
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xiucheng import __version__
from xiucheng.run.known import FULL
from xiucheng.run.trouble import Trouble

LEAST_FREE_BYTES = 500 * 1024 * 1024
SECRET_NAMES = ("secret_key", "field_key", "blind_key")


def default_folder() -> Path:
    """`XIUCHENG_DATA`, or the user's own share folder."""
    named = os.environ.get("XIUCHENG_DATA")
    if named:
        return Path(named).expanduser().resolve()
    share = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(share) / "xiucheng"


def process_start(pid: int) -> int | None:
    """When a process started (clock ticks after boot), or None if it lives no more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()
    return None if after_name[0] == "Z" else int(after_name[19])


def write_private(file: Path, text: str) -> None:
    """Write a file of mode 0600 in one step, on the disk before it has its name."""
    new = file.with_name(file.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _object(file: Path) -> dict[str, Any] | None:
    """The object in a file; None where there is no whole one."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def newer(version: str) -> bool:
    """Whether a version is newer than this program."""
    return _numbers(version) > _numbers(__version__)


@dataclass
class Ground:
    """The data folder and its parts; nothing is created before `prepare`."""

    folder: Path = field(default_factory=default_folder)
    _lock: int | None = field(default=None, init=False)

    @property
    def database(self) -> Path:
        return self.folder / "database"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def secrets_file(self) -> Path:
        return self.folder / "secrets.json"

    @property
    def version_file(self) -> Path:
        return self.folder / "version.json"

    @property
    def lock_file(self) -> Path:
        return self.folder / "service.lock"

    @property
    def state_file(self) -> Path:
        """What runs now: addresses and process ids, written by the parent."""
        return self.folder / "service.json"

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the machine refuses here is said with the folder's name and the way out."""
        try:
            yield
        except (FileExistsError, NotADirectoryError) as error:
            raise Trouble("not_a_folder", folder=str(self.folder)) from error
        except OSError as error:
            if error.errno in FULL:
                raise Trouble("disk_full", folder=str(self.folder)) from error
            raise Trouble("data_not_writable", folder=str(self.folder), said=error.strerror or str(error)) from error

    def make(self) -> bool:
        """Make the bare folder; True when there was none before."""
        with self._told():
            new = not self.folder.exists()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return new

    def prepare(self) -> None:
        """Make the folder, or check the one that is there; raises Trouble with the way out."""
        with self._told():
            for part in (self.folder, self.logs, self.media):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_version()
            self.check_space()
            if not self.version_file.exists():
                self.write_version()
            self._make_secrets()

    def facts(self) -> dict[str, Any]:
        """Which program version wrote the folder, and whether it is a demo; nothing for a new one."""
        if not self.version_file.exists():
            return {}
        found = _object(self.version_file)
        if not found or "version" not in found:
            content = json.dumps({"version": __version__, "demo": False})
            raise Trouble("damaged_version", file=str(self.version_file), content=content)
        return found

    def _check_version(self) -> None:
        theirs = str(self.facts().get("version", __version__))
        if newer(theirs):
            raise Trouble("newer_data", theirs=theirs, ours=__version__, folder=str(self.folder))

    def write_version(self, **more: Any) -> None:
        write_private(self.version_file, json.dumps({**more, "version": __version__}) + "\n")

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def check_space(self) -> None:
        """Raise Trouble when the disk has too little room to begin."""
        if self.free_bytes() < LEAST_FREE_BYTES:
            raise Trouble("disk_full", folder=str(self.folder))

    def _make_secrets(self) -> None:
        if self.read_secrets() or all(os.environ.get(f"XIUCHENG_{name.upper()}") for name in SECRET_NAMES):
            return
        if (self.database / "PG_VERSION").exists():
            raise Trouble("secrets_missing", file=str(self.secrets_file))
        made = {name: base64.b64encode(secrets.token_bytes(32)).decode("ascii") for name in SECRET_NAMES}
        write_private(self.secrets_file, json.dumps(made, indent=1) + "\n")

    def read_secrets(self) -> dict[str, str]:
        if not self.secrets_file.exists():
            return {}
        found = _object(self.secrets_file)
        if not found:
            raise Trouble("damaged_secrets", file=str(self.secrets_file))
        return found

    def demo_password(self) -> str:
        """The password of the demo's accounts, made when the demo first starts; no other installation has one."""
        found = self.read_secrets()
        if "demo_password" not in found:
            found["demo_password"] = f"demo-{secrets.randbelow(10**8):08d}"
            write_private(self.secrets_file, json.dumps(found, indent=1) + "\n")
        return found["demo_password"]

    def holder(self) -> int | None:
        """The process that works in the folder now, if one does."""
        try:
            held = json.loads(self.lock_file.read_text(encoding="utf-8"))
            pid, started = int(held["pid"]), int(held["started"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return pid if process_start(pid) == started else None

    def lock(self) -> int | None:
        """Take the folder for this process; gives the process id of one that left its lock behind, or None.

        Raises Trouble when another service works here. The kernel's lock decides; the file's words are for people.
        """
        handle = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise Trouble("already_running", pid=self.holder() or "?", folder=str(self.folder)) from None
        words = os.read(handle, 1000)
        if (other := self.holder()) is not None and other != os.getpid():
            os.close(handle)
            raise Trouble("already_running", pid=other, folder=str(self.folder))
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "started": process_start(os.getpid())}).encode(), 0)
        self._lock = handle
        return _left_by(words)

    def unlock(self) -> None:
        if self._lock is None:
            return
        for file in (self.lock_file, self.state_file):
            with contextlib.suppress(OSError):
                file.unlink()
        os.close(self._lock)
        self._lock = None

    def write_state(self, state: dict[str, Any]) -> None:
        write_private(self.state_file, json.dumps(state, ensure_ascii=False) + "\n")

    def read_state(self) -> dict[str, Any] | None:
        """What the running service wrote of itself; None when none runs."""
        if self.holder() is None:
            return None
        try:
            state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return state


def _left_by(words: bytes) -> int | None:
    try:
        return int(json.loads(words)["pid"])
    except (ValueError, KeyError, TypeError):
        return -1 if words.strip() else None

"""The parent of all processes (总进程): starts database, web, worker and live events, restarts what dies, stops in order.

It holds no Django and little memory. Children are tied to its life by the kernel, so a SIGKILL leaves no orphans.
"""

import json
import os
import signal
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from xiucheng.run.children import Child, First, Spare, trim
from xiucheng.run.ground import Ground
from xiucheng.run.known import known
from xiucheng.run.mail import MODULE, Wanted
from xiucheng.run.postgres import Cluster, given_url
from xiucheng.run.say import complain, say
from xiucheng.run.trouble import Trouble

STOP_SECONDS = 12.0
LOOK_SECONDS = 0.1
TRIM_SECONDS = 60.0
AGAIN_SECONDS = 2.0
TELL_SECONDS = 60.0
BEAT_SECONDS = 1.0
FRESH_SECONDS = 10.0
BEHIND_SECONDS = 5.0
"""So long the worker may have more to do than it can before a second process helps with errands."""


class Stopping(BaseException):
    """Somebody asked the service to stop."""


@dataclass(frozen=True)
class Wish:
    """How the service shall run: where it listens, with how many processes, for a demo or not."""

    host: str = "127.0.0.1"
    port: int = 8000
    live_port: int = 8001
    workers: int = 2
    threads: int = 4
    demo: bool = False
    hosts: str = ""

    def environment(self, ground: Ground, url: str) -> dict[str, str]:
        """What every child finds in its environment."""
        found = {
            "XIUCHENG_DATA": str(ground.folder),
            "DATABASE_URL": url,
            "XIUCHENG_DEMO": "1" if self.demo else "",
            "XIUCHENG_LIVE_PORT": str(self.live_port),
            "DJANGO_SETTINGS_MODULE": "xiucheng.run.settings",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # threads share memory pools: tens of megabytes less in each process
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if "XIUCHENG_PUBLIC" not in os.environ:  # where links in letters lead
            found["XIUCHENG_PUBLIC"] = f"http://{shown_host(self.host)}:{self.port}"
        if self.hosts:
            found["XIUCHENG_HOSTS"] = self.hosts
        return found


@dataclass
class Service:
    """All processes of one data folder."""

    ground: Ground
    wish: Wish
    cluster: Cluster | None = field(default=None, init=False)
    first: First | None = field(default=None, init=False)
    children: list[Child] = field(default_factory=list, init=False)
    _mail: Child | None = field(default=None, init=False)
    _asked: bool = field(default=False, init=False)
    _trimmed_at: float = field(default=0.0, init=False)
    _database_at: float = field(default=0.0, init=False)
    _looked_at: float = field(default=0.0, init=False)
    _mail_wanted: Wanted = field(init=False)
    _told: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._mail_wanted = Wanted(self.ground.folder)

    def catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if not self._asked:
            self._asked = True
            raise Stopping

    def open_database(self) -> str:
        """Start the built-in database, laying it first where there is none; gives its address."""
        if given := given_url():
            return given
        self.cluster = Cluster(self.ground.database, self.ground.logs / "database.log")
        if not self.cluster.exists():
            self.cluster.lay()
        self.cluster.start()
        self.cluster.create()
        return self.cluster.url()

    def start(self, url: str) -> None:
        """Start web, worker and live events, and the port for mail where one is wanted."""
        wish, logs = self.wish, self.ground.logs
        self.first = First(wish.environment(self.ground, url), logs / "first.log")
        wanted = {
            "web": ("xiucheng.run.web", [wish.host, str(wish.port), str(wish.workers), str(wish.threads)]),
            "worker": ("xiucheng.run.worker", []),
        }
        if find_spec("xiucheng.live.asgi") is not None:
            wanted["live"] = ("xiucheng.run.events", [wish.host, str(wish.live_port)])
        for name, (module, arguments) in wanted.items():
            child = Child(name, module, arguments, self.first, logs / f"{name}.log")
            self.children.append(child)
            child.start()
        errands = Spare(
            "errands", "xiucheng.run.errands", [], self.first, logs / "errands.log", wanted=self._errands_pile_up
        )
        self.children.append(errands)
        self._mind_mail()
        self._write_state()

    def _write_state(self) -> None:
        pids = {child.name: child.process.pid for child in self.children if child.process}
        if self.first and self.first.process:
            pids["first"] = self.first.process.pid
        if self.cluster and self.cluster.process:
            pids["database"] = self.cluster.process.pid
        state: dict[str, Any] = {
            "pid": os.getpid(),
            "url": f"http://{shown_host(self.wish.host)}:{self.wish.port}",
            "live": f"http://{shown_host(self.wish.host)}:{self.wish.live_port}",
            "database": self.cluster.url() if self.cluster else "",
            "demo": self.wish.demo,
            "processes": pids,
            "restarts": {child.name: child.restarts for child in self.children},
        }
        self.ground.write_state(state)

    def _errands_pile_up(self) -> bool:
        """Whether the worker says that it does not keep up, and there is a processor to help it on; asked once a second."""
        now = time.monotonic()
        if now - self._looked_at < BEAT_SECONDS:
            return False
        self._looked_at = now
        return len(os.sched_getaffinity(0)) > 1 and behind(self.ground.folder / "worker.json") >= BEHIND_SECONDS

    def mind(self) -> None:
        """Look after the children until somebody asks to stop; a full disk is waited out."""
        changed = False
        while not self._asked:  # an exception raised by a signal can get lost in a callback; the wish does not
            for look in (self._mind_database, self._mind_mail, *(child.mind for child in self.children), self._trim):
                try:
                    changed |= look()
                except (Trouble, OSError) as error:
                    self._tell(error)
            if changed:
                try:
                    self._write_state()
                    changed = False
                except OSError as error:
                    self._tell(error)
            time.sleep(LOOK_SECONDS)
        raise Stopping

    def _mind_database(self) -> bool:
        if self.cluster is None or (self.cluster.process and self.cluster.process.poll() is None):
            return False
        if time.monotonic() < self._database_at:
            return False
        self._database_at = time.monotonic() + AGAIN_SECONDS
        self.cluster.start()
        return True

    def _mind_mail(self) -> bool:
        """The port for mail is open as long as `channels.toml` names it; another address means another process."""
        address = self._mail_wanted.address()
        if address == (self._mail.arguments[0] if self._mail else ""):
            return False
        if self._mail is not None:
            self.children.remove(self._mail)
            self._mail.ask_to_stop()
            self._mail.stop(STOP_SECONDS)
            self._mail = None
        if address and self.first is not None:
            self._mail = Child("mail", MODULE, [address], self.first, self.ground.logs / "mail.log")
            self.children.append(self._mail)
            self._mail.start()
        return True

    def _trim(self) -> bool:
        if time.monotonic() - self._trimmed_at > TRIM_SECONDS:
            self._trimmed_at = time.monotonic()
            for log in self.ground.logs.glob("*.log"):
                trim(log)
        return False

    def _tell(self, error: Exception) -> None:
        """Say what is wrong, and again only after a while; what no sentence fits is not ours to wait out."""
        if (trouble := known(error)) is None:
            raise error
        if time.monotonic() > self._told.get(trouble.code, 0.0):
            self._told[trouble.code] = time.monotonic() + TELL_SECONDS
            complain(trouble)
            say(
                "服务没有停，条件恢复后会自己继续。",
                "The service has not stopped; it goes on by itself as soon as it can.",
            )

    def stop(self) -> None:
        """Pages first, then the worker, the database last; what hangs is ended."""
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(until - time.monotonic())
        if self.first is not None:
            self.first.stop(until - time.monotonic())
        if self.cluster is not None:
            self.cluster.stop()


def behind(sign: Path) -> float:
    """For how many seconds errands have been piling up, by the worker's last sign of life; 0 without a fresh one."""
    try:
        said = json.loads(sign.read_text(encoding="utf-8"))
        return float(said.get("behind", 0.0)) if time.time() - said["at"] < FRESH_SECONDS else 0.0
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


def shown_host(host: str) -> str:
    """How an address stands in a link; one that means every interface is shown as this machine's own."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def default_threads() -> int:
    return 4


def log_tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for a sentence about what failed."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

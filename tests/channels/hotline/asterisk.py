"""A small Asterisk for tests: the manager interface on a port of its own, with its rules.

Nothing is answered before a log-in but Challenge and Login; a challenge holds once; a wrong key ends the connection. Events go to
those who have logged in, cut into small pieces as a network may cut them.
"""

import contextlib
import hashlib
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 7


@dataclass
class Asterisk:
    """`with Asterisk.open() as switch: switch.say("Hangup", Linkedid="1.1", Uniqueid="1.1")`."""

    server: socket.socket
    user: str = "xiucheng"
    secret: str = "ami-secret-of-the-test"
    channels: list[dict[str, str]] = field(default_factory=list)
    peers: list[socket.socket] = field(default_factory=list)
    logins: int = 0
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    seen: list[str] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def open(cls) -> Iterator["Asterisk"]:
        """A switch on a free port."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            made = cls(server)
            thread = threading.Thread(target=made._serve, daemon=True)
            thread.start()
            yield made
            made.drop()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
        thread.join(5)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.getsockname()[1]}"

    def say(self, event: str, **headers: str) -> None:
        """An event to all who have logged in."""
        for peer in list(self.peers):
            _send(peer, {"Event": event, **headers})

    def drop(self) -> None:
        """Cut all lines."""
        for peer in list(self.peers):
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        self.peers.clear()

    def wait(self) -> None:
        """Until somebody has logged in and asked what stands."""
        assert self.arrived.acquire(timeout=20)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.server.accept()
                threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"Asterisk Call Manager/7.0.3\r\n")
            challenge, inside, buffer = "", False, b""
            while more := peer.recv(4096):
                buffer += more
                while b"\r\n\r\n" in buffer:
                    raw, _, buffer = buffer.partition(b"\r\n\r\n")
                    given = dict(line.split(": ", 1) for line in raw.decode().split("\r\n") if ": " in line)
                    self.seen.append(raw.decode())
                    action, mark = (
                        given.get("Action", ""),
                        {"ActionID": given["ActionID"]} if "ActionID" in given else {},
                    )
                    if action == "Challenge" and given.get("AuthType") == "MD5":
                        challenge = str(secrets.randbelow(10**9))
                        _send(peer, {"Response": "Success", **mark, "Challenge": challenge})
                    elif action == "Login":
                        right = hashlib.md5((challenge + self.secret).encode()).hexdigest()
                        inside = bool(challenge) and given.get("Username") == self.user and given.get("Key") == right
                        challenge = ""
                        if not inside:
                            _send(peer, {"Response": "Error", **mark, "Message": "Authentication failed"})
                            return
                        _send(peer, {"Response": "Success", **mark, "Message": "Authentication accepted"})
                        self.logins += 1
                        self.peers.append(peer)
                        _send(peer, {"Event": "FullyBooted", "Status": "Fully Booted"})
                    elif not inside:
                        _send(peer, {"Response": "Error", **mark, "Message": "Permission denied"})
                    elif action == "CoreShowChannels":
                        _send(peer, {"Response": "Success", **mark, "EventList": "start"})
                        for one in self.channels:
                            _send(peer, {"Event": "CoreShowChannel", **mark, **one})
                        _send(peer, {"Event": "CoreShowChannelsComplete", **mark, "EventList": "Complete"})
                        self.arrived.release()
                    else:
                        _send(peer, {"Response": "Success", **mark})


def _send(peer: socket.socket, block: dict[str, str]) -> None:
    raw = "".join(f"{key}: {value}\r\n" for key, value in block.items()).encode() + b"\r\n"
    for at in range(0, len(raw), PIECE):
        peer.sendall(raw[at : at + PIECE])

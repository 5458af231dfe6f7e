"""A small IMAP4rev1 server for tests (模拟邮箱), as strict as a real one: sign in, say who you are, open a folder, then ask.

It can want an ID first (as 163.com does), refuse a mail, hang up after a number of commands and say nothing at all.
"""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What lies in the folder and how the server behaves; `asked` are the commands it was given."""

    mails: dict[int, bytes] = field(default_factory=dict)
    user: str = "shi"
    password: str = "s3cret"
    validity: int = 7
    wants_id: bool = False
    refused: set[int] = field(default_factory=set)
    hang_up_after: int | None = None
    silent: bool = False
    seen: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def add(self, raw: bytes) -> int:
        """One more mail; gives its number."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid


class _Talk(socketserver.StreamRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self.signed_in = self.named = self.opened = False
        if self.box.silent:
            self.rfile.read(1)
            return
        self.say("* OK ready")
        count = 0
        while line := self.rfile.readline():
            count += 1
            if self.box.hang_up_after is not None and count > self.box.hang_up_after:
                return
            tag, _, rest = line.decode().strip().partition(" ")
            self.box.asked.append(rest)
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
                name = f"uid_{name}"
            answer = getattr(self, f"do_{name.lower()}", None)
            self.say(f"{tag} {answer(arguments) if answer else 'BAD what?'}")
            if name.upper() == "LOGOUT":
                return

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def do_capability(self, arguments: str) -> str:
        self.say("* CAPABILITY IMAP4rev1" + (" ID" if self.box.wants_id else ""))
        return "OK done"

    def do_login(self, arguments: str) -> str:
        given = [word.strip('"') for word in arguments.split(" ")]
        self.signed_in = given == [self.box.user, self.box.password]
        return "OK welcome" if self.signed_in else "NO [AUTHENTICATIONFAILED] wrong"

    def do_id(self, arguments: str) -> str:
        self.named = "name" in arguments
        self.say("* ID NIL")
        return "OK done"

    def do_select(self, arguments: str) -> str:
        if not self.signed_in:
            return "BAD sign in first"
        if self.box.wants_id and not self.named:
            return "NO Unsafe Login"
        if arguments != '"INBOX"':
            return "NO no such folder"
        self.opened = True
        self.say(f"* {len(self.box.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.box.validity}] ok")
        return "OK [READ-WRITE] open"

    def do_uid_search(self, arguments: str) -> str:
        if not self.opened:
            return "BAD open a folder first"
        found = sorted(self.box.mails)
        if asked := re.fullmatch(r"UID (\d+):\*", arguments):
            newest = found[-1:]  # RFC 3501: `*` is the newest, even when it comes before the first number
            found = sorted({n for n in found if n >= int(asked[1])} | set(newest))
        elif not re.fullmatch(r"SINCE \d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4}", arguments):
            return "BAD search"
        self.say("* SEARCH" + "".join(f" {n}" for n in found))
        return "OK done"

    def do_uid_fetch(self, arguments: str) -> str:
        number, _, what = arguments.partition(" ")
        raw = self.box.mails.get(int(number)) if self.opened else None
        if not self.opened:
            return "BAD open a folder first"
        if raw is None:
            return "OK nothing"
        if what == "(RFC822.SIZE)":
            self.say(f"* 1 FETCH (UID {number} RFC822.SIZE {len(raw)})")
            return "OK done"
        if int(number) in self.box.refused:
            return "NO damaged"
        cut = re.fullmatch(r"\(BODY\.PEEK\[\](?:<0\.(\d+)>)?\)", what)
        if cut is None:
            return "BAD fetch"
        part = raw[: int(cut[1])] if cut[1] else raw
        self.say(f"* 1 FETCH (UID {number} BODY[]{'<0>' if cut[1] else ''} {{{len(part)}}}".encode())
        self.wfile.write(part)
        self.say(")")
        return "OK done"

    def do_uid_store(self, arguments: str) -> str:
        self.box.seen.add(int(arguments.split(" ", maxsplit=1)[0]))
        return "OK done"

    def do_logout(self, arguments: str) -> str:
        self.say("* BYE")
        return "OK bye"


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback until it is closed."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, box: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), type("Talk", (_Talk,), {"box": box}))
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()

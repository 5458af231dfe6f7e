"""The mailbox at its server (收件箱, IMAP4rev1, RFC 3501): what is new is fetched by its number, never by "unread".

Some services (163.com) let nobody in who does not say what program he is (ID, RFC 2971); it is said wherever it is understood.
"""

import datetime as dt
import imaplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from xiucheng.city import clock
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later

_TLS: Final = 993
_ID: Final = '("name" "xiucheng" "version" "1")'
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FAULTS: Final = (OSError, imaplib.IMAP4.error)


class Box:
    """One folder that is open; every call raises `FAULTS` when the server does not do what it should."""

    def __init__(self, peer: imaplib.IMAP4, validity: int) -> None:
        self.peer = peer
        self.validity = validity

    def since(self, uid: int | None) -> list[int]:
        """The numbers after `uid`, or of the last days at a first look."""
        days = limits("email")["first_days"] * 86400
        asked = f"UID {uid + 1}:*" if uid is not None else f"SINCE {_date(days)}"
        (found,) = _good(self.peer.uid("SEARCH", asked))
        return sorted(n for n in map(int, (found or b"").split()) if n > (uid or 0))

    def size(self, uid: int) -> int | None:
        """Bytes of a mail; None when it is gone."""
        said = b" ".join(_flat(_good(self.peer.uid("FETCH", str(uid), "(RFC822.SIZE)"))))
        _, name, rest = said.partition(b"RFC822.SIZE ")
        return int(rest.split(b")")[0].split()[0]) if name else None

    def fetch(self, uid: int, most: int | None = None) -> bytes:
        """A mail, or its first `most` bytes; it stays unread."""
        what = f"(BODY.PEEK[]<0.{most}>)" if most else "(BODY.PEEK[])"
        answer = _good(self.peer.uid("FETCH", str(uid), what))
        return next((bytes(piece[1]) for piece in answer if isinstance(piece, tuple)), b"")

    def seen(self, uid: int) -> None:
        """Mark it as read, for people who look into the mailbox; not everywhere allowed."""
        self.peer.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")


@contextmanager
def opened(account: Mapping[str, Any]) -> Iterator[Box]:
    """Sign in and open the folder. Raises `Later` with a sentence that names no secret."""
    try:
        peer = _connected(account)
    except OSError as away:
        raise Later("邮箱服务器连不上") from away
    try:
        try:
            peer.login(str(account.get("user", "")), str(account.get("password", "")))
        except imaplib.IMAP4.error as refused:
            raise Later("邮箱登录不了：请核对用户名和授权码") from refused
        try:
            if "ID" in peer.capabilities:
                peer.xatom("ID", _ID)
            _good(peer.select(_quoted(str(account.get("folder", "INBOX")))))
            validity = int((peer.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
        except FAULTS as refused:
            raise Later("邮箱的文件夹打不开") from refused
        try:
            yield Box(peer, validity)
        except FAULTS as broken:
            raise Later("读邮件时连接断了") from broken
    finally:
        _goodbye(peer)


def _connected(account: Mapping[str, Any]) -> imaplib.IMAP4:
    host, wait = str(account["host"]), float(limits("email")["timeout_seconds"])
    if account.get("tls", True):
        return imaplib.IMAP4_SSL(
            host, int(account.get("port", _TLS)), ssl_context=ssl.create_default_context(), timeout=wait
        )
    return imaplib.IMAP4(host, int(account.get("port", 143)), timeout=wait)


def _goodbye(peer: imaplib.IMAP4) -> None:
    try:
        peer.logout()
    except FAULTS:
        peer.shutdown()


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("refused")
    return answer[1]


def _flat(answer: list[Any]) -> list[bytes]:
    return [
        piece for part in answer for piece in (part if isinstance(part, tuple) else (part,)) if isinstance(piece, bytes)
    ]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _date(seconds_ago: float) -> str:
    """`27-Nov-2026`, English whatever the machine's language."""
    day = clock.now() - dt.timedelta(seconds=seconds_ago)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"

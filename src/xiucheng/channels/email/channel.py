"""Hand an e-mail to the district's mail server (SMTP, RFC 5321) and say honestly how far it got.

Before the final dot a fault is a failure that may be tried again (4xx, no connection, time-out) or not (5xx); after the final
dot without an answer the result is unknown: the server may have it.
"""

import datetime as dt
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from xiucheng.channels.email import letter
from xiucheng.intake import accounts
from xiucheng.notices.port import Message, Receipt

TIMEOUT: Final = 20.0
_LINE: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes: `smtp://user:password@host:port?from=a@b&tls=start`, `smtps://` for TLS from the first byte."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    sender_name: str
    tls: str
    timeout: float = TIMEOUT


def server(address: str) -> Server | None:
    """The server named by the setting; None where mail is not set up."""
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        return None
    query = dict(parse_qsl(parts.query))
    tls = "first" if parts.scheme == "smtps" else query.get("tls", "")
    port = parts.port or (465 if tls == "first" else 587 if tls == "start" else 25)
    sender = query.get("from", f"noreply@{parts.hostname}")
    return Server(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
        sender_name=query.get("name", "数字化城市管理中心"),
        tls=tls,
        timeout=float(query.get("timeout", TIMEOUT)),
    )


class Email:
    """The channel `email`."""

    name = "email"

    def send(self, message: Message) -> Receipt:
        """One mail on one connection."""
        where = server(settings.SMTP)
        if where is None:
            return Receipt("failed", "mail is not set up")
        if not message.address:
            return Receipt("failed", "no address")
        try:
            read_in = accounts.account("email") or {}
            mail = letter.write(
                message, where.sender, where.sender_name, dt.datetime.now(dt.UTC),
                read_at=str(read_in.get("address") or ""), plus=read_in.get("plus", True) is not False,
            )  # fmt: skip
            content = mail.as_bytes(policy=mail.policy.clone(linesep=_LINE))
        except (ValueError, IndexError, UnicodeError):
            return Receipt("failed", "the address is not valid")
        return _hand_over(where, message.address, content)


def _hand_over(where: Server, to: str, content: bytes) -> Receipt:
    try:
        peer = _connect(where)
    except (OSError, smtplib.SMTPException) as fault:
        return _before(fault)
    try:
        early = _envelope(peer, where, to)
        return early or _data(peer, content)
    except (OSError, smtplib.SMTPException) as fault:
        return _before(fault)
    finally:
        peer.close()


def _connect(where: Server) -> smtplib.SMTP:
    kind = smtplib.SMTP_SSL if where.tls == "first" else smtplib.SMTP
    peer = kind(where.host, where.port, timeout=where.timeout, local_hostname="localhost")
    try:
        peer.ehlo_or_helo_if_needed()
        if where.tls == "start":
            peer.starttls(context=ssl.create_default_context())
            peer.ehlo()
        if where.user:
            peer.login(where.user, where.password)
    except BaseException:
        peer.close()
        raise
    return peer


def _envelope(peer: smtplib.SMTP, where: Server, to: str) -> Receipt | None:
    """MAIL, RCPT and DATA; a receipt where the server already says no."""
    steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
        lambda: peer.mail(where.sender),
        lambda: peer.rcpt(to),
        lambda: peer.docmd("DATA"),
    )
    for say in steps:
        code, said = say()
        if code >= 400:
            return _refused(code, said)
    return None


def _data(peer: smtplib.SMTP, content: bytes) -> Receipt:
    dotted = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in content.split(b"\r\n"))
    try:
        peer.send(dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, said = peer.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        return Receipt("unknown", f"no answer after the message: {type(fault).__name__}", again=True)
    if code >= 400 or code < 200:
        return _refused(code, said)
    return Receipt("accepted", str(code))


def _refused(code: int, said: bytes) -> Receipt:
    """4xx is worth another try (greylisting, full mailbox), 5xx is not. The peer's words may name the address: not kept."""
    status = said.decode("ascii", "replace").split(" ", 1)[0]
    extended = status if status[:1] in {"4", "5"} and status.count(".") == 2 else ""
    return Receipt("failed", f"{code} {extended}".strip(), again=400 <= code < 500)


def _before(fault: Exception) -> Receipt:
    """A fault before the message was handed over."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return _refused(fault.smtp_code, b"")
    return Receipt("failed", f"no connection: {type(fault).__name__}", again=True)

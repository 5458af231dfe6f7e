"""Whether the port for mail (收信端口) is open and takes what it should; asked like any mail server would. Nothing is delivered."""

import smtplib
from typing import Final

from xiucheng.intake.numbers import limits

GREETING_SECONDS: Final = 5.0


def place(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:2525`, `[::1]:2525` or `2525` (this machine only). Raises ValueError."""
    host, _, port = text.strip().rpartition(":")
    number = int(port)
    if not 0 < number < 65536:
        raise ValueError("port")
    return host.strip("[]") or "127.0.0.1", number


def listens(where: str) -> bool:
    """Whether somebody greets at the port."""
    try:
        host, port = place(where)
        with smtplib.SMTP(host, port, timeout=GREETING_SECONDS, local_hostname="localhost"):
            return True
    except (OSError, ValueError, smtplib.SMTPException):
        return False


def prove(where: str, address: str) -> list[tuple[bool, str, str]]:
    """Whether the port takes our mail and no other (核对收信端口): result, Chinese, English. Nothing is delivered."""
    try:
        host, port = place(where)
        with smtplib.SMTP(host, port, timeout=limits("email")["timeout_seconds"], local_hostname="localhost") as peer:
            peer.ehlo()
            peer.mail("<>")
            good, stranger = peer.rcpt(address)[0] == 250, peer.rcpt("nobody@elsewhere.invalid")[0] == 550
    except (OSError, ValueError, smtplib.SMTPException) as fault:
        why = type(fault).__name__
        return [(False, f"收信端口 {where} 没有应答：{why}", f"the port {where} does not answer: {why}")]
    return [
        (good, f"收信端口 {where} 收 {address} 的信", f"the port {where} takes mail for {address}"),
        (stranger, "别处的地址不收，不转发", "mail for others is refused, nothing is passed on"),
    ]

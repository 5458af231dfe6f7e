"""Mail that is brought to us (收信端口, SMTP, RFC 5321): for our own address only, kept before it is acknowledged, never passed on.

`[email] sink = "127.0.0.1:2525"` starts it as a process of its own; the district's mail server hands over what comes for us. Where
it cannot be kept just now the sender is told to come again (4xx), so that nothing is lost.
"""

import asyncio
import logging
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import InterfaceError, OperationalError, connection

from xiucheng.channels.email import inbound, reading
from xiucheng.channels.email.asking import place
from xiucheng.intake import accounts
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

OK: Final = "250 2.0.0 kept"
AGAIN: Final = "451 4.3.0 cannot be kept just now, try again"
OFF: Final = "450 4.2.1 this mailbox is switched off just now"
TOO_MANY: Final = "452 4.5.3 too many recipients"
UNKNOWN: Final = "550 5.1.1 no such mailbox here"
TOO_LARGE: Final = "552 5.3.4 too large"
BUSY: Final = b"421 4.3.2 too many connections, try again\r\n"
KEEPERS: Final = 4
"""How many mails are kept at once."""
PATIENCE: Final = 5.0
"""Seconds that mails in hand have when the process is told to stop; a mail that was not acknowledged comes again."""
logger = logging.getLogger("xiucheng.channels.email")


def ours(recipient: str) -> str:
    """Our address where the mail may be for us, plus-addresses too; empty for any other."""
    address = str((accounts.account(inbound.NAME) or {}).get("address", "")).strip().lower()
    local, _, domain = recipient.lower().rpartition("@")
    return address if address and f"{local.partition('+')[0]}@{domain}" == address else ""


class Door:
    """What is said to whoever brings a mail; the methods are named as aiosmtpd calls them."""

    def __init__(self) -> None:
        self.keepers = ThreadPoolExecutor(KEEPERS, thread_name_prefix="mail")
        self.in_hand = 0

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, recipient: str, options: list[str]
    ) -> str:
        """Only what is for us."""
        if accounts.account(inbound.NAME) is None:
            return OFF
        if not ours(recipient):
            return UNKNOWN
        if len(envelope.rcpt_tos) >= limits(inbound.NAME)["most_recipients"]:
            return TOO_MANY
        envelope.rcpt_tos.append(recipient)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """The mail is ours when the database has it, not before."""
        self.in_hand += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.keepers, _kept, envelope)
        finally:
            self.in_hand -= 1

    async def handle_exception(self, fault: Exception) -> str:
        """Whatever it is, the sender keeps the mail; the log does not say what stands in it."""
        logger.warning("a talk with a mail server failed: %s", type(fault).__name__)
        return AGAIN


def _kept(envelope: Envelope) -> str:
    """Keep one mail and say so. Each has a connection of its own: none is dead after a restart of the database."""
    content = envelope.content
    assert isinstance(content, bytes) and envelope.mail_from is not None
    raw = _with_envelope(content, envelope.mail_from, envelope.rcpt_tos)
    try:
        inbound.keep(raw, reading.key(content), ours(envelope.rcpt_tos[0]))
    except Refused:
        return TOO_LARGE
    except Exception as fault:
        logger.warning("a mail could not be kept: %s", type(fault).__name__)
        return AGAIN
    finally:
        connection.close()
    return OK


def _with_envelope(content: bytes, sender: str, recipients: Sequence[str]) -> bytes:
    """As a mailbox would hold it: who sent it and for whom it was (a bounce has no sender, a blind copy no other sign of its code)."""
    back = sender if sender == "<>" else f"<{sender}>"
    lines = [f"Return-Path: {back}", *(f"Delivered-To: {recipient}" for recipient in recipients)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape") + content


class _Talk(SMTP):
    """One connection. Some programs write longer lines than the standard allows; they are taken."""

    line_length_limit = 65_536

    def __init__(self, door: Door, open_now: set["_Talk"], loop: asyncio.AbstractEventLoop) -> None:
        numbers = limits(inbound.NAME)
        super().__init__(
            door, data_size_limit=numbers["most_bytes"], enable_SMTPUTF8=True, hostname="xiucheng", ident="mail sink",
            timeout=numbers["sink_seconds"], command_call_limit=numbers["most_commands"], loop=loop,
        )  # fmt: skip
        self.open_now = open_now

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counted from the first byte to the last."""
        self.open_now.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """No longer counted."""
        self.open_now.discard(self)
        super().connection_lost(error)


class _Busy(asyncio.Protocol):
    """Too many at once: come again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and hang up."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(BUSY)
        transport.close()


class Sink:
    """The open port."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.door, self.talks = Door(), set[_Talk]()
        self.server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. Raises OSError."""
        loop = asyncio.get_running_loop()

        def talk() -> asyncio.BaseProtocol:
            full = len(self.talks) >= limits(inbound.NAME)["most_connections"]
            return _Busy() if full else _Talk(self.door, self.talks, loop)

        self.server = await loop.create_server(talk, self.host, self.port)
        self.port = int(self.server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """No new talk; mails in hand are kept, everything else is cut."""
        assert self.server is not None
        self.server.close()
        until = asyncio.get_running_loop().time() + PATIENCE
        while self.door.in_hand and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0)  # what was kept is acknowledged
        for talk in list(self.talks):
            if talk.transport is not None:
                talk.transport.close()
        await self.server.wait_closed()
        self.door.keepers.shutdown(wait=False, cancel_futures=True)


async def serve(sink: Sink) -> None:
    """Until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await sink.open()
    await stop.wait()
    await sink.close()


def main(arguments: Sequence[str]) -> int:
    """Serve at the address; one that cannot be had stands on the page of channels, and the parent tries again."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it would write down who writes to us
    try:
        asyncio.run(serve(Sink(*place(arguments[0]))))
    except (OSError, ValueError) as fault:
        logger.warning("the port for mail cannot be opened: %s", type(fault).__name__)
        _tell(f"收信端口 {arguments[0]} 打不开：{type(fault).__name__}")
        return 1
    return 0


def _tell(why: str) -> None:
    try:
        states.failed(inbound.NAME, why)
    except (OperationalError, InterfaceError):
        connection.close()

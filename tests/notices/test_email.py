"""The e-mail channel against a real SMTP peer: takes it, greylists, refuses, hangs up after the message, is slow, is away."""

import email
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import Message as Mail
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from xiucheng.channels.email.channel import Email
from xiucheng.channels.email.letter import message_id
from xiucheng.notices import texts
from xiucheng.notices.port import Message, Receipt

MESSAGE = Message(
    "7:2:reporter:9", "reporter", "9", "li@example.org", "您的诉求已收到：A1", ".第一行以点开头\n第二行 𠮷"
)


class Peer:
    """What the mail server answers."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", hang_up: bool = False) -> None:
        self.rcpt, self.data, self.hang_up = rcpt, data, hang_up
        self.got: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope.content)
        if self.hang_up:
            assert server.transport is not None
            server.transport.abort()
        return self.data


@pytest.fixture
def serve(settings: object) -> Iterator[Callable[..., Peer]]:
    """Starts a peer on a free port and points the setting at it."""
    running: list[Controller] = []

    def start(peer: Peer) -> Peer:
        controller = Controller(peer, hostname="127.0.0.1", port=_free())
        controller.start()
        running.append(controller)
        settings.SMTP = f"smtp://127.0.0.1:{controller.port}?from=city@example.org&timeout=5"  # type: ignore[attr-defined]  # pytest-django's proxy
        return peer

    yield start
    for controller in running:
        controller.stop()


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def read(content: bytes) -> Mail:
    return email.message_from_bytes(content, policy=default)


def test_send_is_accepted(serve: Callable[..., Peer]) -> None:
    peer = serve(Peer())
    assert Email().send(MESSAGE) == Receipt("accepted", "250")
    mail = read(peer.got[0])
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (
        "您的诉求已收到：A1",
        "li@example.org",
        "<7.2.reporter.9@example.org>",
    )


def test_send_keeps_every_character(serve: Callable[..., Peer]) -> None:
    peer = serve(Peer())
    Email().send(MESSAGE)
    assert read(peer.got[0]).get_content() == MESSAGE.text + "\n"  # type: ignore[attr-defined]  # EmailMessage under this policy


def test_send_greylisted_may_be_tried_again(serve: Callable[..., Peer]) -> None:
    serve(Peer(rcpt="451 4.7.1 <li@example.org> greylisted"))
    assert Email().send(MESSAGE) == Receipt("failed", "451 4.7.1", again=True)


def test_send_refused_for_good(serve: Callable[..., Peer]) -> None:
    serve(Peer(rcpt="550 5.1.1 no such user"))
    assert Email().send(MESSAGE) == Receipt("failed", "550 5.1.1")


def test_send_refused_after_the_message(serve: Callable[..., Peer]) -> None:
    serve(Peer(data="452 4.3.1 mailbox full"))
    assert Email().send(MESSAGE) == Receipt("failed", "452 4.3.1", again=True)


def test_send_dropped_after_the_message_is_unknown(serve: Callable[..., Peer]) -> None:
    peer = serve(Peer(hang_up=True))
    receipt = Email().send(MESSAGE)
    assert (receipt.result, receipt.again, len(peer.got)) == ("unknown", True, 1)


def test_send_with_nobody_there_may_be_tried_again(settings: object) -> None:
    settings.SMTP = f"smtp://127.0.0.1:{_free()}"  # type: ignore[attr-defined]  # pytest-django's proxy
    assert Email().send(MESSAGE) == Receipt("failed", "no connection: ConnectionRefusedError", again=True)


def test_send_to_a_slow_peer_gives_up(settings: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.SMTP = f"smtp://127.0.0.1:{silent.getsockname()[1]}?timeout=0.2"  # type: ignore[attr-defined]  # as above
        receipt = Email().send(MESSAGE)
    assert (receipt.result, receipt.again) == ("failed", True)


def test_send_without_a_server_fails(settings: object) -> None:
    settings.SMTP = ""  # type: ignore[attr-defined]  # pytest-django's proxy
    assert Email().send(MESSAGE) == Receipt("failed", "mail is not set up")


@pytest.mark.parametrize("address", ["", "li", "li@", "a@b\r\nBcc: c@d"])
def test_send_to_no_address_fails(serve: Callable[..., Peer], address: str) -> None:
    serve(Peer())
    message = Message("k", "reporter", "9", address, "s", "t")
    assert (Email().send(message).result, Email().send(message).again) == ("failed", False)


def test_message_id_of_a_strange_key_is_a_hash() -> None:
    assert len(message_id("大:1", "x.org")) == len("<@x.org>") + 40


def test_a_reporter_may_answer_a_mail_where_mail_is_read(
    serve: Callable[..., Peer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[email]\nhost = "mail.example.org"\naddress = "shi@example.org"\n', encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(file))
    peer = serve(Peer())
    text = f"已经收到。\n{texts.SIGNED[0]}"
    told = replace(MESSAGE, text=text, facts={"token": "ABCD2345EFGH6789", "number": "A1"})
    Email().send(told)
    Email().send(replace(told, facts={}))
    answered, other = (read(content) for content in peer.got)
    assert (answered["Reply-To"], other["Reply-To"]) == ("shi+ABCD2345EFGH6789@example.org", None)
    assert answered.get_content() == "已经收到。\n直接回复这封邮件就能补充情况。\n"  # type: ignore[attr-defined]  # EmailMessage under this policy
    assert answered["References"] == "<A1@example.org> <reply.abcd2345efgh6789@example.org>"
    assert other.get_content() == f"{text}\n"  # type: ignore[attr-defined]  # as above

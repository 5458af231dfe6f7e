"""The port for mail is a process of its own (收信端口): there when it is wanted, killed and without a database it loses nothing."""

import smtplib
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.service import RunningService, copied, free_port

from xiucheng.run.ground import Ground
from xiucheng.run.mail import Wanted
from xiucheng.run.parent import Service, Wish

OURS = "shi@example.org"


def account(folder: Path, text: str, mode: int = 0o600) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / "channels.new"
    new.write_text(f'[email]\naddress = "{OURS}"\n{text}\n', encoding="utf-8")
    new.chmod(mode)
    new.replace(folder / "channels.toml")


@pytest.mark.parametrize(
    ("text", "mode", "wanted"),
    [
        ('sink = "127.0.0.1:2525"', 0o600, "127.0.0.1:2525"),
        ('sink = "127.0.0.1:2525"', 0o644, ""),
        ('sink = "127.0.0.1:2525"\noff = true', 0o600, ""),
        ('host = "imap.example.org"', 0o600, ""),
        ("sink = ", 0o600, ""),
    ],
)
def test_the_port_is_wanted_as_the_account_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mode: int, wanted: str
) -> None:
    monkeypatch.delenv("XIUCHENG_CHANNELS", raising=False)
    asked = Wanted(tmp_path)
    assert asked.address() == ""
    account(tmp_path, text, mode)
    assert asked.address() == wanted


def test_without_a_wish_there_is_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XIUCHENG_CHANNELS", raising=False)
    service = Service(Ground(tmp_path), Wish())
    assert (service._mind_mail(), service.children) == (False, [])


def until(met: Callable[[], object]) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def pid(service: RunningService) -> int | None:
    found: int | None = service.state()["processes"].get("mail")
    return found


def letter(number: int) -> bytes:
    return f"From: li@example.com\r\nSubject: {number}\r\nMessage-ID: <{number}@example.com>\r\n\r\nhello\r\n".encode()


def begun(port: int) -> smtplib.SMTP:
    """A talk in which the mail may follow."""
    talk = smtplib.SMTP("127.0.0.1", port, timeout=30, local_hostname="localhost")
    talk.ehlo()
    talk.mail("li@example.com")
    assert talk.rcpt(OURS)[0] == 250
    return talk


def brought(port: int, number: int) -> int:
    """One try of a mail server; 0 where nobody was there."""
    try:
        with begun(port) as talk:
            return talk.data(letter(number))[0]
    except (OSError, smtplib.SMTPException):
        return 0


@pytest.mark.slow
def test_killed_and_without_a_database_no_mail_is_lost_or_doubled(tmp_path: Path, prepared: Path) -> None:
    folder, port = copied(prepared, tmp_path / "data"), free_port()
    account(folder, f'sink = "127.0.0.1:{port}"')
    with RunningService(folder) as service:
        until(lambda: brought(port, 1) == 250)
        before = pid(service)
        talk = begun(port)
        talk.docmd("DATA")
        talk.send(letter(2)[:40])
        service.kill("mail")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            talk.getreply()
        talk.close()
        until(lambda: pid(service) not in {None, before})
        until(lambda: brought(port, 2) == 250)
        service.kill("database")
        answers: list[int] = []
        until(lambda: answers.append(brought(port, 3)) or answers[-1] == 250)
        assert set(answers) <= {250, 451}
        with psycopg.connect(service.state()["database"]) as connection:
            rows = connection.execute("SELECT key, count(*) FROM intake_incoming GROUP BY key ORDER BY key").fetchall()
        assert rows == [("<1@example.com>", 1), ("<2@example.com>", 1), ("<3@example.com>", 1)]
        account(folder, "off = true")
        until(lambda: pid(service) is None)
        assert brought(port, 4) == 0

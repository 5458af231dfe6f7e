"""Mail is brought to the port (收信端口) by real mail programs: for us only, kept before it is acknowledged, once, never passed on."""

import shutil
import smtplib
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from tests.channels.email.conftest import OURS, Opened, write
from tests.channels.email.imap import Mailbox, Server
from tests.channels.email.test_inbound import mail, words

from xiucheng.audit import vault
from xiucheng.cases.models import History, Report
from xiucheng.channels.email import asking, inbound, sink
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later

pytestmark = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))


def peer(opened: Opened) -> smtplib.SMTP:
    made = smtplib.SMTP("127.0.0.1", opened.port, timeout=20, local_hostname="localhost")
    made.ehlo()
    return made


def bring(opened: Opened, raw: bytes, *to: str, sender: str = "li@example.com") -> tuple[int, bytes]:
    """One mail on one connection; gives the answer to it."""
    with peer(opened) as talk:
        talk.mail(sender)
        for recipient in to or (OURS,):
            assert talk.rcpt(recipient)[0] == 250
        return talk.data(raw)


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def test_a_mail_is_kept_before_it_is_acknowledged_and_becomes_a_report(opened: Opened) -> None:
    assert bring(opened, mail().as_bytes()) == (250, b"2.0.0 kept")
    kept = Incoming.objects.get()
    assert (kept.key, kept.account, kept.state) == ("<1@example.com>", OURS, "waiting")
    raw = vault.unseal_bytes(kept.raw_sealed)
    assert raw.startswith(b"Return-Path: <li@example.com>\r\nDelivered-To: shi@example.org\r\nFrom:")
    work()
    report = Report.objects.get()
    assert (words(report), report.channel, report.reply_channel) == ("反映问题\n南坪西路护栏倒了", "email", "email")


def test_a_mail_delivered_four_times_is_one_report(opened: Opened) -> None:
    assert [bring(opened, mail().as_bytes())[0] for _ in range(4)] == [250] * 4
    work()
    assert (Report.objects.count(), Incoming.objects.count()) == (1, 1)


def test_the_same_mail_by_the_mailbox_and_by_the_port_is_one_report(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Mailbox()
    server = Server(box)
    write(
        tmp_path,
        monkeypatch,
        f'host = "127.0.0.1"\nport = {server.port}\ntls = false\nuser = "shi"\npassword = "s3cret"',
    )
    box.add(mail().as_bytes())
    bring(opened, mail().as_bytes())
    try:
        inbound.look()
    finally:
        server.close()
    work()
    assert (box.seen, Report.objects.count(), Incoming.objects.count()) == ({1}, 1, 1)


def test_an_answer_finds_its_report_by_the_envelope_alone(opened: Opened) -> None:
    bring(opened, mail().as_bytes())
    work()
    report = Report.objects.get()
    bring(opened, mail("又倒了一段", "2", to="other@example.com").as_bytes(), f"Shi+{report.token}@Example.org")
    work()
    assert (History.objects.get(act="supplement").words, Report.objects.count()) == ("又倒了一段", 1)


@pytest.mark.parametrize(
    "stranger", ["li@example.com", "shi@elsewhere.org", "shi2@example.org", '"shi@example.org"@relay.org', "shi"]
)
def test_mail_for_others_is_refused_and_nothing_is_passed_on(opened: Opened, stranger: str) -> None:
    with peer(opened) as talk:
        talk.mail("li@example.com")
        assert talk.rcpt(stranger)[0] in {550, 553}
        assert talk.docmd("DATA")[0] == 503
    assert Incoming.objects.count() == 0


def test_what_a_machine_wrote_and_bounces_are_dropped(opened: Opened) -> None:
    bring(opened, mail(Auto_Submitted="auto-replied").as_bytes())
    bring(opened, mail(number="2").as_bytes(), sender="<>")
    work()
    assert (Report.objects.count(), {row.state for row in Incoming.objects.all()}) == (0, {"done"})


def test_too_large_is_said_before_it_is_sent_and_after(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("email"), "most_bytes", 20_000)
    with peer(opened) as talk:
        assert talk.esmtp_features["size"] == "20000"
        assert talk.mail("li@example.com", ["SIZE=20001"])[0] == 552
        talk.mail("li@example.com")
        talk.rcpt(OURS)
        assert talk.data(b"From: li@example.com\r\n\r\n" + b"x\r\n" * 10_000)[0] == 552
        talk.mail("li@example.com", [f"SIZE={len(mail().as_bytes())}"])
        talk.rcpt(OURS)
        assert talk.data(mail().as_bytes())[0] == 250
    assert Incoming.objects.count() == 1


def test_recipients_commands_and_connections_are_limited(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("most_recipients", 2), ("most_commands", 3), ("most_connections", 2)):
        monkeypatch.setitem(limits("email"), name, most)
    with closing(peer(opened)) as one, closing(peer(opened)) as other:
        other.noop()
        with pytest.raises(smtplib.SMTPConnectError) as busy:
            peer(opened)
        assert busy.value.smtp_code == 421
        one.mail("li@example.com")
        assert [one.rcpt(OURS)[0] for _ in range(4)] == [250, 250, 452, 421]
    with closing(peer(opened)) as again:
        assert again.noop()[0] == 250


def test_who_says_nothing_is_sent_away(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("email"), "sink_seconds", 0.2)
    with socket.create_connection(("127.0.0.1", opened.port), 20) as silent:
        said = silent.makefile("rb").read()
    assert said.startswith(b"220 ") and said.count(b"\r\n") == 1


def test_a_delivery_that_breaks_in_the_middle_keeps_nothing_and_comes_again(opened: Opened) -> None:
    talk = peer(opened)
    talk.mail("li@example.com")
    talk.rcpt(OURS)
    talk.docmd("DATA")
    talk.send(mail().as_bytes()[:80])
    talk.close()
    assert bring(opened, mail().as_bytes())[0] == 250
    work()
    assert (Incoming.objects.count(), Report.objects.count()) == (1, 1)


def test_while_the_database_is_away_the_sender_keeps_the_mail(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> bool:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "keep", away)
        assert bring(opened, mail().as_bytes())[0] == 451
    assert Incoming.objects.count() == 0
    assert bring(opened, mail().as_bytes())[0] == 250
    work()
    assert Report.objects.count() == 1


def test_switched_off_the_sender_keeps_the_mail(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, monkeypatch, "off = true")
    with peer(opened) as talk:
        talk.mail("li@example.com")
        assert talk.rcpt(OURS)[0] == 450


def test_twenty_deliveries_at_once_are_twenty_reports(opened: Opened) -> None:
    raws = [mail(f"南坪西路{n}号护栏倒了", str(n), From=f"p{n}@example.com").as_bytes() for n in range(20)]
    with ThreadPoolExecutor(20) as senders:
        said = list(senders.map(lambda raw: bring(opened, raw)[0], raws))
    work()
    assert (said, Incoming.objects.count(), Report.objects.count()) == ([250] * 20, 20, 20)


@pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not here: apt-get install swaks")
def test_a_real_mail_program_delivers_and_is_refused(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(mail().as_bytes())

    def swaks(to: str) -> int:
        command = ["swaks", "--server", f"127.0.0.1:{opened.port}", "--from", "li@example.com", "--to", to]
        more = ["--data", f"@{tmp_path / 'letter.eml'}", "--helo", "localhost", "--timeout", "20"]
        return subprocess.run([*command, *more], capture_output=True, check=False, timeout=60).returncode

    assert (swaks(OURS), swaks("wang@elsewhere.org")) == (0, 24)
    work()
    assert words(Report.objects.get()) == "反映问题\n南坪西路护栏倒了"


def test_a_line_longer_than_allowed_a_lone_dot_and_utf8_are_taken(opened: Opened) -> None:
    with peer(opened) as talk:
        assert "smtputf8" in talk.esmtp_features
        talk.mail("li@example.com", ["SMTPUTF8"])
        talk.rcpt(OURS)
        raw = b"From: li@example.com\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        assert talk.data(raw + ("护栏" * 2000).encode() + b"\r\n.\r\nend\r\n")[0] == 250
    work()
    assert words(Report.objects.get()) == "x\n" + "护栏" * 2000 + "\n.\nend"


def test_the_port_is_proved_by_hand(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(proof.ok, proof.zh) for proof in inbound.Letters().check()] == [
        (True, f"收信端口 127.0.0.1:{opened.port} 收 {OURS} 的信"),
        (True, "别处的地址不收，不转发"),
    ]
    write(tmp_path, monkeypatch, 'sink = "127.0.0.1:1"')
    assert [(p.ok, p.zh) for p in inbound.Letters().check()] == [
        (False, "收信端口 127.0.0.1:1 没有应答：ConnectionRefusedError")
    ]
    write(tmp_path, monkeypatch, "")
    assert [p.zh for p in inbound.Letters().check()] == [
        "channels.toml 的 [email] 里要有 address，以及 host（收件箱）或 sink（收信端口）"
    ]
    assert Incoming.objects.count() == 0


def test_a_port_that_cannot_be_had_stands_on_the_page_of_channels(opened: Opened) -> None:
    where = f"127.0.0.1:{opened.port}"
    assert sink.main([where]) == 1
    assert states.health("email").error == f"收信端口 {where} 打不开：OSError"


def test_the_worker_sees_whether_the_port_still_answers(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbound.look()
    with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
        silent = nobody.getsockname()[1]
    write(tmp_path, monkeypatch, f'sink = "127.0.0.1:{silent}"')
    with pytest.raises(Later, match=f"收信端口 127.0.0.1:{silent} 没有应答"):
        inbound.look()


@pytest.mark.parametrize(
    ("text", "found"),
    [("127.0.0.1:2525", ("127.0.0.1", 2525)), ("[::1]:25", ("::1", 25)), ("2525", ("127.0.0.1", 2525))],
)
def test_an_address_without_a_host_is_this_machine_only(text: str, found: tuple[str, int]) -> None:
    assert asking.place(text) == found


@pytest.mark.parametrize("text", ["", "mail", "127.0.0.1:", "127.0.0.1:99999"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"port|invalid"):
        asking.place(text)


@pytest.fixture
def answered(opened: Opened) -> Report:
    """A report that a mail to two of our addresses answers."""
    bring(opened, mail().as_bytes())
    work()
    return Report.objects.get()


def supplements() -> list[tuple[int, str]]:
    return list(History.objects.filter(act="supplement").values_list("case_id", "words"))


@pytest.mark.parametrize("coded_first", [True, False])
def test_a_mail_to_our_address_and_to_a_code_is_the_answer_alone(
    opened: Opened, answered: Report, coded_first: bool
) -> None:
    ways = [f"shi+{answered.token}@example.org", OURS]
    for to in ways if coded_first else reversed(ways):
        bring(opened, mail("又倒了一段", "2").as_bytes(), to)
    work()
    assert (Report.objects.count(), supplements()) == (1, [(answered.case_id, "又倒了一段")])
    assert set(Incoming.objects.values_list("state", flat=True)) == {"done"}


def test_what_became_a_report_before_the_code_was_seen_goes_with_the_case_it_is_about(
    opened: Opened, answered: Report
) -> None:
    for to in (OURS, f"shi+{answered.token}@example.org", f"shi+{answered.token}@example.org"):
        bring(opened, mail("又倒了一段", "2").as_bytes(), to)
        work()
    assert supplements() == [(answered.case_id, "又倒了一段")]
    joined = Report.objects.exclude(pk=answered.pk).get().case
    assert (joined.state, joined.main_case_id) == ("merged", answered.case_id)


def test_a_code_that_nobody_has_makes_no_second_report(opened: Opened) -> None:
    for to in (OURS, "shi+AAAABBBBCCCCDDDD@example.org"):
        bring(opened, mail().as_bytes(), to)
        work()
    assert (Report.objects.count(), Incoming.objects.count()) == (1, 2)


def test_another_mail_under_the_same_number_takes_nobodys_place(opened: Opened, answered: Report) -> None:
    bring(opened, mail("路灯不亮", "2").as_bytes())
    bring(opened, mail("别的话", "2").as_bytes(), f"shi+{answered.token}@example.org")
    work()
    assert (Report.objects.count(), supplements()) == (2, [(answered.case_id, "别的话")])

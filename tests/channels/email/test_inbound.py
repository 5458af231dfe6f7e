"""Mail comes in (来信) from a mailbox of our own that is as strict as a real one: once, in order, whatever is wrong with it."""

import datetime as dt
import imaplib
import io
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from tests.channels.email.imap import Mailbox, Server
from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases.actions import act
from xiucheng.cases.models import History, Picture, Report
from xiucheng.channels.email import inbound, letter, reading
from xiucheng.city import clock, registers
from xiucheng.city.models import Word
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Incoming, Sender
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later
from xiucheng.notices import texts
from xiucheng.notices.port import Message
from xiucheng.rules.workflow import Actor

OURS = "shi@example.org"


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((90, 90), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def mail(text: str = "南坪西路护栏倒了", number: str = "1", to: str = OURS, **headers: str) -> EmailMessage:
    made = EmailMessage()
    facts = {"From": "李四 <li@example.com>", "To": to, "Subject": "反映问题", "Message-ID": f"<{number}@example.com>"}
    for name, value in (facts | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        made[name] = value
    made.set_content(text, charset="utf-8")
    return made


@pytest.fixture
def box(district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Mailbox]:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = Mailbox()
    server = Server(made)
    write_account(tmp_path, monkeypatch, server.port)
    yield made
    server.close()


def write_account(folder: Path, monkeypatch: pytest.MonkeyPatch, port: int, more: str = "") -> None:
    path = folder / "channels.toml"
    path.write_text(
        f'[email]\nhost = "127.0.0.1"\nport = {port}\ntls = false\nuser = "shi"\npassword = "s3cret"\naddress = "{OURS}"\n{more}',
        encoding="utf-8",
    )
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))


def work() -> None:
    inbound.look()
    for arrived in incoming.lease():
        jobs._work(arrived)


def words(report: Report) -> str:
    return vault.unseal(report.words_sealed)


def test_a_mail_becomes_a_report_that_is_answered_by_mail(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    report = Report.objects.get()
    contact = orjson.loads(vault.unseal(report.contact_sealed))
    assert (words(report), report.channel, report.reply_channel) == ("反映问题\n南坪西路护栏倒了", "email", "email")
    assert contact == {"name": "李四", "email": "li@example.com", "reply": "li@example.com"}
    assert box.seen == {1}


def test_a_mail_delivered_four_times_is_one_report(box: Mailbox) -> None:
    for _ in range(4):
        box.add(mail().as_bytes())
    work()
    work()
    assert (Report.objects.count(), Incoming.objects.count()) == (1, 1)


def test_a_mailbox_that_was_rebuilt_gives_nothing_twice(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    box.validity, box.mails = 8, {}
    box.add(mail(number="2").as_bytes())
    box.add(mail().as_bytes())
    work()
    assert Report.objects.count() == 2


def test_only_what_is_new_is_fetched(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    box.asked.clear()
    work()
    assert [line for line in box.asked if "FETCH" in line] == []


def test_an_answer_is_added_to_its_report_without_what_it_quotes(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    report = Report.objects.get()
    answer = mail("又倒了一段\n\n> 旧的", "2", f"shi+{report.token}@example.org")
    answer.add_attachment(picture(), maintype="image", subtype="png", filename="a.png")
    box.add(answer.as_bytes())
    work()
    row = History.objects.get(case_id=report.case_id, act="supplement")
    assert (row.words, Report.objects.count(), Picture.objects.count()) == ("又倒了一段", 1, 1)


@pytest.mark.parametrize("header", ["References", "In_Reply_To"])
def test_an_answer_by_a_server_without_plus_addresses_finds_its_report(box: Mailbox, header: str) -> None:
    box.add(mail().as_bytes())
    work()
    report = Report.objects.get()
    facts = {"token": report.token, "number": report.case.number}
    told = Message("k:1", "reporter", "", "li@example.com", "进展", f"已受理\n{texts.SIGNED[0]}", facts=facts)
    ours = letter.write(told, "no@example.org", "中心", clock.now(), read_at=OURS, plus=False)
    assert ours["Reply-To"] == OURS and "直接回复" in ours.get_content()
    box.add(mail("又倒了一段", "2", **{header: f"{ours['References']} {ours['Message-ID']}"}).as_bytes())
    work()
    assert (History.objects.get(act="supplement").words, Report.objects.count()) == ("又倒了一段", 1)


def test_an_answer_to_a_case_that_has_ended_is_a_new_report(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    report = Report.objects.get()
    act(report.case_id, "refuse", Actor("account", "1", frozenset({"operator"})), {"reason": "x", "whose": "供电局"})
    box.add(mail("还是要你们管", "2", f"shi+{report.token}@example.org").as_bytes())
    work()
    newest = Report.objects.order_by("-id")[0]
    assert newest.pk != report.pk and words(newest) == f"反映问题\n还是要你们管\n〔接编号 {report.case.number}〕"


def test_an_answer_with_a_code_that_nobody_has_is_a_new_report(box: Mailbox) -> None:
    box.add(mail(to="shi+ABCDEFGH23456789@example.org").as_bytes())
    work()
    assert Report.objects.count() == 1


def test_an_answer_that_is_worked_off_twice_is_added_once(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    work()
    box.add(mail("又倒了一段", "2", f"shi+{Report.objects.get().token}@example.org").as_bytes())
    inbound.look()
    (arrived,) = incoming.lease()
    inbound.Letters().work(arrived)
    inbound.Letters().work(arrived)
    assert History.objects.filter(act="supplement").count() == 1


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=1), dt.timedelta(days=-40_000)])
def test_a_mail_with_a_time_that_cannot_be_is_the_same_report_when_it_is_worked_off_again_later(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, ahead: dt.timedelta
) -> None:
    box.add(mail(Date=format_datetime(clock.now() + ahead)).as_bytes())
    inbound.look()
    (arrived,) = incoming.lease()
    first, later = inbound.Letters().work(arrived), clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert inbound.Letters().work(arrived) == first
    assert Report.objects.get().said_at == arrived.received_at


@pytest.mark.parametrize("header", [("Auto-Submitted", "auto-replied"), ("Return-Path", "<>"), ("Precedence", "bulk")])
def test_what_a_machine_wrote_is_dropped(box: Mailbox, header: tuple[str, str]) -> None:
    made = mail()
    made[header[0]] = header[1]
    box.add(made.as_bytes())
    work()
    assert (Report.objects.count(), Incoming.objects.get().state) == (0, "done")


def test_pictures_are_kept_and_what_is_no_picture_is_said(box: Mailbox) -> None:
    made = mail()
    made.add_attachment(picture(), maintype="image", subtype="png", filename="a.png")
    made.add_attachment(b"x" * 5000, maintype="image", subtype="png", filename="broken.png")
    made.add_attachment(b"doc", maintype="application", subtype="msword", filename="a.doc")
    box.add(made.as_bytes())
    work()
    assert Picture.objects.count() == 1
    assert words(Report.objects.get()).endswith("〔另有 2 个附件没有收下〕")


def test_a_mail_that_is_too_big_is_taken_with_its_beginning(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("email"), "most_bytes", 20_000)
    monkeypatch.setitem(limits("email"), "cut_bytes", 4_000)
    made = mail()
    made.add_attachment(b"x" * 30_000, maintype="image", subtype="png", filename="a.png")
    box.add(made.as_bytes())
    work()
    assert words(Report.objects.get()) == "反映问题\n南坪西路护栏倒了\n〔邮件太大，只收下了开头，附件没有收下〕"


def test_a_malformed_mail_stops_nobody(box: Mailbox) -> None:
    box.add(b"\x00\xff\xfe no mail at all")
    box.add(
        b"From: li@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p"
    )
    box.add(mail().as_bytes())
    work()
    assert Report.objects.filter(case__summary__contains="南坪西路护栏倒了").count() == 1
    assert not Incoming.objects.filter(state="waiting").exists()


def test_a_mail_that_the_server_does_not_give_waits_for_people(box: Mailbox) -> None:
    box.refused.add(box.add(mail().as_bytes()))
    box.add(mail(number="2").as_bytes())
    work()
    failed = Incoming.objects.get(state="failed")
    assert "请到邮箱里看" in failed.error and Report.objects.count() == 1


def test_a_connection_that_breaks_loses_nothing(box: Mailbox) -> None:
    for n in range(3):
        box.add(mail(number=str(n)).as_bytes())
    box.hang_up_after = 7
    with pytest.raises(Later, match="连接断了"):
        inbound.look()
    box.hang_up_after = None
    work()
    assert Report.objects.count() == 3


def test_a_wrong_password_is_said_without_it(box: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    box.password = "another"
    with pytest.raises(Later, match="登录不了") as told:
        inbound.look()
    states.failed("email", told.value)
    assert "s3cret" not in states.health("email").error + caplog.text


def test_a_server_that_wants_to_know_who_asks_is_told(box: Mailbox) -> None:
    box.wants_id = True
    box.add(mail().as_bytes())
    work()
    assert Report.objects.count() == 1


def test_a_server_that_says_nothing_is_given_up(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("email"), "timeout_seconds", 0.2)
    box.silent = True
    with pytest.raises(Later, match="连不上"):
        inbound.look()


def test_switched_off_nothing_is_looked_at(box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_account(tmp_path, monkeypatch, 1, "off = true\n")
    inbound.look()
    assert box.asked == []


def test_the_account_is_proved_by_hand(box: Mailbox) -> None:
    box.add(mail().as_bytes())
    assert [proof.ok for proof in inbound.Letters().check()] == [True, True]
    box.password = "another"
    assert [proof.ok for proof in inbound.Letters().check()] == [False]


def test_the_mailbox_of_the_tests_is_as_strict_as_a_real_one() -> None:
    server = Server(Mailbox(mails={1: b"a"}, wants_id=True))
    try:
        with imaplib.IMAP4("127.0.0.1", server.port) as peer:
            with pytest.raises(imaplib.IMAP4.error):
                peer.login("shi", "wrong")
            peer.login("shi", "s3cret")
            assert peer.select('"INBOX"')[0] == "NO"
            peer.xatom("ID", '("name" "x")')
            assert peer.select('"Nothing"')[0] == "NO"
            assert peer.select('"INBOX"')[0] == "OK"
            assert peer.uid("SEARCH", "UID 9:*") == ("OK", [b"1"])
    finally:
        server.close()


def test_a_mail_of_nothing_but_wrappers_keeps_no_other_waiting(box: Mailbox) -> None:
    wrapped = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    box.add(b"From: <li@example.com>\r\nSubject: bad\r\nMessage-ID: <deep@example.com>\r\n" + wrapped)
    box.add(mail(number="2").as_bytes())
    work()
    work()
    assert sorted(words(report) for report in Report.objects.all()) == [
        "bad\n〔另有 1 个附件没有收下〕", "反映问题\n南坪西路护栏倒了",
    ]  # fmt: skip


def test_danger_in_a_mail_goes_before_all_that_waits_and_with_it_what_the_same_person_wrote(box: Mailbox) -> None:
    Word.objects.create(word="煤气泄漏", purpose="danger", weight=3.0)
    registers.touch()
    for n in range(3):
        box.add(mail(number=str(n), From=f"a{n}@example.com").as_bytes())
    box.add(mail("你好", "before", From="Wang <wang@example.com>").as_bytes())
    box.add(mail("楼道里有味道", "danger", From="WANG@example.com", Subject="煤气泄漏").as_bytes())
    inbound.look()
    assert [one.key for one in incoming.lease(batch=2)] == ["<before@example.com>", "<danger@example.com>"]


def test_danger_that_is_only_quoted_or_that_a_machine_wrote_does_not_hurry(box: Mailbox) -> None:
    Word.objects.create(word="煤气泄漏", purpose="danger", weight=3.0)
    registers.touch()
    box.add(mail("谢谢\n\n> 煤气泄漏").as_bytes())
    box.add(mail("煤气泄漏", "2", From="b@example.com", Auto_Submitted="auto-replied").as_bytes())
    inbound.look()
    assert [row.urgent for row in Incoming.objects.order_by("id")] == [False, False]


def test_a_mail_whose_reading_fails_is_kept_all_the_same(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a label nobody knows")

    box.add(mail().as_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", broken)
        inbound.look()
    work()
    assert words(Report.objects.get()) == "反映问题\n南坪西路护栏倒了"


def test_more_mails_at_once_than_one_sender_may_send_come_in_later(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiucheng.intake.actions.limit.MOST", 2)
    for number in range(1, 4):
        box.add(mail(f"第{number}盏路灯不亮", str(number)).as_bytes())
    work()
    waiting = Incoming.objects.exclude(state="done").get()
    assert (Report.objects.count(), waiting.state) == (2, "waiting")
    Sender.objects.all().delete()  # ten minutes later
    Incoming.objects.update(due_at=clock.now())
    work()
    assert Report.objects.count() == 3

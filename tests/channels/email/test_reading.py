"""Mails read (读邮件): alternatives, HTML only, forwards, pictures, plus-addresses, machines, quoted words, damaged mails."""

import datetime as dt
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiucheng.channels.email import plain, reading

OURS = "shi@example.org"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 5000


def mail(text: str = "护栏倒了", html: str = "", **headers: str) -> EmailMessage:
    made = EmailMessage()
    facts = {"From": "李四 <li@example.com>", "To": OURS, "Subject": "护栏", "Message-ID": "<1@example.com>"}
    for name, value in (facts | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        made[name] = value
    if text:
        made.set_content(text, charset="utf-8")
    if html:
        (made.add_alternative if text else made.set_content)(html, subtype="html")
    return made


def read(raw: bytes | EmailMessage) -> reading.Letter:
    return reading.read(raw if isinstance(raw, bytes) else raw.as_bytes(), OURS, smallest_picture=4096)


def test_an_ordinary_mail_is_read() -> None:
    found = read(mail(Date="Fri, 27 Nov 2026 10:00:00 +0800"))
    assert (found.sender, found.name, found.subject, found.text) == ("li@example.com", "李四", "护栏", "护栏倒了")
    assert (found.said_at, found.automatic, found.code) == (dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC), "", "")


def test_of_alternatives_the_plain_one_is_read() -> None:
    assert read(mail("平的", "<p>花的</p>")).text == "平的"


def test_an_empty_plain_text_beside_html_is_not_believed() -> None:
    assert read(mail(" ", "<p>花的</p>")).text == "花的"


def test_html_only_is_read_as_text() -> None:
    html = "<html><head><style>p{}</style><title>t</title></head><body><p>护栏&amp;路灯</p><div>倒<b>了</b></div><script>x</script></body>"
    assert read(mail("", html)).text == "护栏&路灯\n\n倒了"


def test_gb_words_labelled_as_gb2312_are_read() -> None:
    raw = "From: li@example.com\r\nSubject: 䶮路\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n䶮路的𠮷家巷护栏倒了".encode(
        "gb18030"
    )
    assert (read(raw).subject, read(raw).text) == ("䶮路", "䶮路的𠮷家巷护栏倒了")


def test_pictures_are_taken_and_other_files_counted() -> None:
    made = mail()
    made.add_attachment(PNG, maintype="image", subtype="png", filename="照片.png")
    made.add_attachment(PNG, maintype="application", subtype="octet-stream", filename="IMG.dat")
    made.add_attachment(b"logo", maintype="image", subtype="png", filename="logo.png")
    made.add_attachment(b"doc", maintype="application", subtype="msword", filename="信.doc")
    found = read(made)
    assert (found.pictures, found.left_out, found.text) == ([PNG, PNG], 1, "护栏倒了")


def test_a_forwarded_mail_is_read_with_its_words() -> None:
    outer = mail("转给你们")
    outer.add_attachment(mail("里面的话"))
    assert read(outer).text == "转给你们\n\n里面的话"


@pytest.mark.parametrize("name", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_a_plus_address_is_the_code(name: str) -> None:
    raw = f"From: li@example.com\r\n{name}: =?utf-8?B?5Z+O?= <Shi+abcd2345EFGH6789@Example.org>\r\n\r\n还没好".encode()
    assert read(raw).code == "ABCD2345EFGH6789"


def test_the_plus_address_of_somebody_else_is_no_code() -> None:
    assert read(mail(Cc="zhang+ABCD@example.org, shi+ABCD@elsewhere.org")).code == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("Precedence", "auto_reply"), ("X-Autoreply", "yes"),
        ("Return-Path", "<>"), ("X-Failed-Recipients", "a@b.c"), ("List-Id", "<news.example.com>"),
    ],
)  # fmt: skip
def test_a_machine_is_known_by_its_header(name: str, value: str) -> None:
    made = mail()
    made[name] = value
    assert read(made).automatic == name


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@example.com", "shi+X1@example.org", "shi@example.org", ""])
def test_a_machine_is_known_by_its_address(sender: str) -> None:
    assert read(f"From: {sender}\r\nSubject: x\r\n\r\nx".encode()).automatic


@pytest.mark.parametrize("subject", ["自动回复:护栏", "自动回复：休假", "Automatic reply: rail"])
def test_a_machine_is_known_by_its_subject(subject: str) -> None:
    assert read(mail(Subject=subject)).automatic == "Subject"


def test_a_bounce_is_known() -> None:
    raw = (
        b"From: x@example.com\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nno such user\r\n--b--\r\n"
    )
    assert read(raw).automatic == "multipart/report"


def test_a_person_is_no_machine() -> None:
    made = mail()
    made["Auto-Submitted"] = "no"
    made["Return-Path"] = "<li@example.com>"
    assert read(made).automatic == ""


@pytest.mark.parametrize(
    "quoted",
    [
        "\n> 旧的\n> 旧的", "\n------------------ 原始邮件 ------------------\n发件人: 中心", "\n-----Original Message-----\nold",
        "\n在 2026年11月27日 10:00，城管中心 <a@b.c> 写道：\n旧的", "\nOn Fri, Nov 27, 2026 at 10:00 AM city <a@b.c> wrote:\nold",
        "\n发件人：中心\n发送时间：昨天", "\n-- \n李四\n手机", "\n发自我的iPhone",
    ],
)  # fmt: skip
def test_quoted_words_are_cut(quoted: str) -> None:
    assert plain.own_words(f"还没修好{quoted}") == "还没修好"


def test_quoted_html_is_cut() -> None:
    assert plain.own_words(plain.from_html("<p>还没修好</p><blockquote>旧的</blockquote>")) == "还没修好"


def test_html_with_comments_and_broken_ends_is_read() -> None:
    html = "<!DOCTYPE html><?xml?><html><head><meta x><body><!--[if mso]><p>no</p><![endif]-->a &lt; b<br/>1 < 2<STYLE>p{}</STYLE><p\nclass='x'>c<!-- no end <p>d"
    assert plain.from_html(html) == "a < b\n1 < 2\nc"


@pytest.mark.parametrize("junk", ["<!--", "<", "<a ", "</", "<script>", "&#", "a@", "在", "<style><!--"])
def test_junk_of_a_megabyte_holds_nobody_up(junk: str) -> None:
    begun = time.process_time()
    plain.own_words(plain.from_html(junk * (1_000_000 // len(junk))))
    assert time.process_time() - begun < 5.0


def test_a_mail_that_only_quotes_stays_whole() -> None:
    assert plain.own_words("> 护栏倒了") == "> 护栏倒了"


def test_the_key_is_the_message_id_or_the_hash() -> None:
    assert reading.key(mail().as_bytes()) == "<1@example.com>"
    assert len(reading.key(b"From: a@b.c\r\n\r\nx")) == 64


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(raw: bytes) -> None:
    read(raw)
    read(b"Content-Type: multipart/mixed; boundary=b\r\nFrom: " + raw + b"\r\n\r\n--b\r\n" + raw)
    assert reading.key(raw)


@given(st.text(max_size=300))
def test_no_html_makes_the_reader_fail(text: str) -> None:
    assert isinstance(plain.own_words(plain.from_html(f"<div {text}<p>{text}")), str)


def nested(depth: int, kind: str) -> bytes:
    """Parts in parts."""
    head = b"From: <li@example.com>\r\nSubject: =?utf-8?B?5oqk5qCP?=\r\nMessage-ID: <deep@example.com>\r\n"
    if kind == "message/rfc822":
        return head + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nhi"
    return head + b"".join(
        b"Content-Type: %b; boundary=b%d\r\n\r\n--b%d\r\n" % (kind.encode(), n, n) for n in range(depth)
    )


@pytest.mark.parametrize("kind", ["multipart/mixed", "message/rfc822"])
def test_of_a_mail_that_is_all_wrappers_the_head_is_read(kind: str) -> None:
    raw = nested(3000, kind)
    assert (reading.key(raw), read(raw).subject, read(raw).sender) == ("<deep@example.com>", "护栏", "li@example.com")


def test_brackets_without_end_are_no_sender() -> None:
    assert read(b"From: " + b"(" * 20_000 + b"\r\n\r\nx").automatic == "From"


@pytest.mark.parametrize("label", ["idna", "punycode", "undefined", "base64", "utf-16", "utf\0-8", "no-such"])
def test_a_label_that_no_text_can_have_spoils_no_mail(label: str) -> None:
    head = "From: <li@example.com>\r\nSubject: x\r\nContent-Type: text/plain; "
    for given_as in (f"charset={label}", f"charset*={label}''x", f"name*={label}''%FF"):
        found = read(head.encode() + given_as.encode() + b"\r\n\r\n\xc2\xb7\xb5\xc6\xbb\xb5\xc1\xcb hi")
        assert found.text or found.left_out == 1

"""WeChat's signature, safe mode and XML (微信报文): the official vector, round trips, and what is refused."""

import base64
import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.wechat.simulator import AES_KEY, APPID, TOKEN

from xiucheng.channels.wechat import codec, message
from xiucheng.channels.wechat.codec import MalformedError, NotGenuineError, Safe

STAMP, NONCE, SIGNED = "1409735669", "1320562132", "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
ENCRYPTED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn"
    "896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSV"
    "CZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCum"
    "EPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
SAFE = Safe(AES_KEY, APPID)
MOST = 65536
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")


def test_the_official_message_is_genuine_and_read() -> None:
    assert codec.genuine(SIGNED, TOKEN, STAMP, NONCE, ENCRYPTED)
    assert not codec.genuine(SIGNED, TOKEN, STAMP, NONCE, ENCRYPTED + "A")
    fields = codec.read(SAFE.unlock(ENCRYPTED), MOST)
    assert (fields["MsgId"], fields["Content"], fields["FromUserName"]) == (
        "6054768590064713728", "abcdteT", "oyORnuP8q7ou2gfYjqLzSIWZf0rs",
    )  # fmt: skip


def test_the_signature_of_an_address_check() -> None:
    assert codec.signature("789", "456", "123") == "f7c3bc1d808e04732adf679965ccc34ca7ae3441"


@given(st.binary(max_size=300), st.binary(min_size=16, max_size=16))
def test_what_was_locked_is_unlocked(message: bytes, random: bytes) -> None:
    assert SAFE.unlock(SAFE.lock(message, random)) == message


def test_a_message_for_another_account_is_not_taken() -> None:
    with pytest.raises(NotGenuineError):
        SAFE.unlock(Safe(AES_KEY, "wx0000000000000000").lock(b"<xml/>", b"r" * 16))


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode())))
def test_nothing_but_a_real_message_is_unlocked(text: str) -> None:
    with pytest.raises((MalformedError, NotGenuineError)):
        SAFE.unlock(text)


@pytest.mark.parametrize("key", ["", "short", "!" * 43, AES_KEY[:-1]])
def test_a_key_must_be_one(key: str) -> None:
    with pytest.raises(MalformedError):
        Safe(key, APPID)


@given(st.dictionaries(st.from_regex(r"[A-Z][a-zA-Z]{0,8}", fullmatch=True), st.text(letters, max_size=40), min_size=1))
def test_fields_survive_xml(fields: dict[str, str]) -> None:
    assert codec.read(codec.write(fields), MOST) == fields


def test_sections_and_nested_fields_are_read() -> None:
    xml = "<xml><A><![CDATA[一<二&]]></A><B><C>3</C></B></xml>"
    assert codec.read(xml.encode(), MOST) == {"A": "一<二&", "B": {"C": "3"}}


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"{}", b"<xml>", b"<xml/>", b"<a><b>1</b></a>", b"\xff\xfe", b"<xml><A>\x00</A></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>&a;</A></xml>', b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><A>1</A></xml>',
        b"<xml>" + b"<A>" * 10 + b"1" + b"</A>" * 10 + b"</xml>", b"<xml>" + b"<A>1</A>" * 500 + b"</xml>",
        b"<xml><A>" + b"1" * MOST + b"</A></xml>",
    ],
)  # fmt: skip
def test_bad_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(MalformedError):
        codec.read(xml, MOST)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    found = None
    with contextlib.suppress(MalformedError):
        found = codec.read(raw, MOST)
    assert found is None or all(isinstance(name, str) for name in found)


@pytest.mark.parametrize("ahead", [3600, -2_000_000_000])
def test_a_time_that_cannot_be_is_when_the_message_came_whenever_it_is_read(ahead: int) -> None:
    came = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
    assert message.moment({"CreateTime": str(max(0, int(came.timestamp()) + ahead))}, came) == came
    assert message.moment({"CreateTime": str(int(came.timestamp()) - 60)}, came) == came - dt.timedelta(minutes=1)

"""Characters of mails (字符): labelled rightly, wrongly, not at all; encoded words cut inside a character."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiucheng.channels.email.characters import decode, header

WORDS = "南坪二贸农贸市场门口护栏倒了"


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("gb18030", "gb2312"), ("gb18030", "GBK"), ("gb18030", "x-gbk"), ("gb18030", "utf-8"), ("gb18030", "iso-8859-1"),
        ("gb18030", ""), ("gb18030", "nonsense"), ("utf-8", "gb2312"), ("utf-8", "us-ascii"), ("utf-8", ""), ("big5", "big5"),
        ("iso-2022-jp", "iso-2022-jp"), ("utf-8", '"UTF-8"'),
    ],
)  # fmt: skip
def test_words_come_out_whatever_the_label_says(encoding: str, label: str) -> None:
    words = {"big5": "護欄倒了", "iso-2022-jp": "日本語"}.get(encoding, WORDS)
    assert decode(words.encode(encoding), label) == words


@pytest.mark.parametrize("rare", ["䶮", "𠮷家巷", "镕"])
def test_rare_characters_labelled_as_gb2312_come_out(rare: str) -> None:
    assert decode(f"{rare}路灯坏了".encode("gb18030"), "gb2312") == f"{rare}路灯坏了"


def test_western_words_stay_western() -> None:
    assert decode("Müller café".encode("latin-1"), "iso-8859-1") == "Müller café"


def test_a_subject_cut_inside_a_character_is_joined() -> None:
    raw = WORDS.encode("gbk")
    cut = [base64.b64encode(part).decode() for part in (raw[:7], raw[7:])]
    assert header(f"=?gb2312?B?{cut[0]}?=\r\n =?GB2312?B?{cut[1]}?=") == WORDS


def test_a_subject_without_any_encoding_is_read() -> None:
    assert header(WORDS.encode("gbk").decode("ascii", "surrogateescape")) == WORDS


def test_a_mixed_subject_is_read() -> None:
    assert header("Re: =?utf-8?Q?=E6=8A=A4=E6=A0=8F?= (2)") == "Re: 护栏 (2)"


@given(st.binary(max_size=60), st.text(max_size=12))
def test_no_bytes_and_no_label_fail(raw: bytes, label: str) -> None:
    assert isinstance(decode(raw, label), str)
    assert isinstance(header(raw.decode("ascii", "surrogateescape")), str)


def test_a_label_that_python_refuses_to_read_by_is_no_label() -> None:
    assert decode(b"\xe9t\xe9", "undefined") == "été"

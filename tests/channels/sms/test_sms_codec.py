"""Short messages as texts (短信编解码): units, parts, what is shortened, numbers, what came in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.sms import gateway

from xiucheng.channels.sms import codec
from xiucheng.rules.refusals import Refused


@pytest.mark.parametrize(
    ("text", "units", "parts"),
    [
        ("", 0, 1), ("护" * 70, 70, 1), ("护" * 71, 71, 2), ("护" * 134, 134, 2), ("护" * 135, 135, 3), ("𠮷" * 35, 70, 1),
        ("𠮷" * 36, 72, 2), ("a" * 160, 160, 1), ("a" * 161, 161, 2), ("€" * 80, 160, 1), ("a" * 69 + "护", 70, 1), ("a" * 70 + "护", 71, 2),
    ],
)  # fmt: skip
def test_units_and_parts_are_counted(text: str, units: int, parts: int) -> None:
    assert (codec.units(text), len(codec.split(text))) == (units, parts)


@given(st.text(st.sampled_from("护栏𠮷aé€[ 1"), max_size=400))
def test_parts_put_together_are_the_text_and_none_is_too_long(text: str) -> None:
    parts = codec.split(text)
    assert "".join(parts) == text
    most = (160 if len(parts) == 1 else 153) if codec.plain(text) else (70 if len(parts) == 1 else 67)
    assert all(
        sum(2 if c in "€[" else 1 for c in p) <= most if codec.plain(text) else codec.units(p + "护") - 1 <= most
        for p in parts
    )


@given(st.text(st.sampled_from("护栏倒了"), max_size=300))
def test_the_gateway_of_the_tests_counts_the_same_parts(text: str) -> None:
    assert gateway.parts(text) == len(codec.split(text))


def test_a_text_that_is_too_long_keeps_its_link() -> None:
    text = codec.written("护" * 900 + "\n进度：https://example.org/t/ABC/", "绣城")
    assert len(codec.split(text)) == 5
    assert text.startswith("【绣城】护") and text.endswith("…\n进度：https://example.org/t/ABC/")


def test_a_short_text_is_only_signed() -> None:
    assert codec.written("护栏倒了", "绣城") == "【绣城】护栏倒了"


@pytest.mark.parametrize(
    "given_as", ["13812345678", "+8613812345678", "8613812345678", "008613812345678", "+86 138-1234-5678"]
)
def test_a_mobile_number_has_one_form(given_as: str) -> None:
    assert codec.number(given_as) == "13812345678"


@pytest.mark.parametrize("given_as", ["", "abc", "12", "1" * 21, "１３８１２３４５６７８", "<script>"])
def test_what_is_no_number_is_refused(given_as: str) -> None:
    with pytest.raises(Refused):
        codec.number(given_as)


def test_halves_of_a_character_find_each_other() -> None:
    first, second = (json.loads(f'"{half}"') for half in ("\\ud842", "\\udfb7"))
    assert codec.joined(["护", first, second, "巷"]) == "护𠮷巷"
    assert codec.joined([first]) == "�"


@given(
    st.binary(max_size=60)
    | st.dictionaries(st.text(max_size=5), st.integers() | st.text()).map(lambda d: json.dumps(d).encode())
)
def test_nothing_makes_the_reader_fail(raw: bytes) -> None:
    with pytest.raises(Refused):
        codec.part(raw)

"""Limits as the standards write them (处置时限)."""

import csv
from pathlib import Path

import pytest

from xiucheng.rules.limits import Limit, parse_limit
from xiucheng.rules.refusals import Refused

TABLE = Path(__file__).parents[3] / "shared" / "data" / "gbt30428_categories.csv"
HOUR = 3600

NOTATIONS = {
    "2小时": ("working", 2),
    "4小时": ("working", 4),
    "2工作时": ("working", 2),
    "4工作时": ("working", 4),
    "1天": ("working", 8),
    "2天": ("working", 16),
    "3天": ("working", 24),
    "5天": ("working", 40),
    "7天": ("working", 56),
    "10天": ("working", 80),
    "15天": ("working", 120),
    "1工作日": ("working", 8),
    "2工作日": ("working", 16),
    "3工作日": ("working", 24),
    "4工作日": ("working", 32),
    "5工作日": ("working", 40),
    "7工作日": ("working", 56),
    "10工作日": ("working", 80),
    "1紧急工作时": ("natural", 1),
    "2紧急工作时": ("natural", 2),
    "4紧急工作时": ("natural", 4),
    "1紧急工作日": ("natural", 24),
    "2紧急工作日": ("natural", 48),
    "种植季节15工作日": ("working", 120),
    "1紧急工作时制止": ("natural", 1),
}


@pytest.mark.parametrize("text", NOTATIONS)
def test_parse_limit_reads_every_notation_of_the_standards(text: str) -> None:
    clock, hours = NOTATIONS[text]
    assert parse_limit(text) == Limit(text, clock, hours * HOUR, text.startswith("种植季节"), text.endswith("制止"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3个工作日", 24 * HOUR), (" 2 工作日 ", 16 * HOUR), ("0.5天", 4 * HOUR), ("２小时", 2 * HOUR)],
)
def test_parse_limit_forgives_how_people_type(text: str, seconds: int) -> None:
    assert parse_limit(text).seconds == seconds


@pytest.mark.parametrize("text", ["", "尽快", "0天", "-1天", "3周", "天", "1天2小时", "9" * 400 + "天", "<b>1天</b>"])
def test_parse_limit_refuses_what_is_no_limit(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_limit(text)
    assert (refusal.value.code, refusal.value.status, refusal.value.facts) == ("limit_unreadable", 422, {"text": text})


@pytest.mark.skipif(not TABLE.exists(), reason="../shared/data is not there")
def test_parse_limit_reads_the_whole_national_table() -> None:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        texts = {row["handling_limit_text"] for row in csv.DictReader(file)}
    assert {t for t in texts if parse_limit(t).seconds > 0} == texts
    assert texts - set(NOTATIONS) == set()

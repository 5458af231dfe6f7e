"""Refusals (拒绝): every sentence can be said in both languages, with an honest status."""

import string

import pytest

from xiucheng.rules.refusals import SENTENCES, Refused

STATUSES = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503, 507}


def _facts(code: str) -> dict[str, str]:
    _, zh, en = SENTENCES[code]
    return {name: "7" for text in (zh, en) for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_is_said_in_both_languages(code: str) -> None:
    refusal = Refused(code, **_facts(code))
    assert ("{" in refusal.zh + refusal.en, refusal.zh.endswith("。"), refusal.status in STATUSES) == (
        False,
        True,
        True,
    )


@pytest.mark.parametrize("code", SENTENCES)
def test_english_needs_no_fact_that_chinese_lacks(code: str) -> None:
    _, zh, en = SENTENCES[code]
    named = [{n for _, n, _, _ in string.Formatter().parse(text) if n} for text in (zh, en)]
    assert named[1] - named[0] == set()

"""Every text of the phone pages has its English."""

from tests.pages.test_texts import english, texts


def test_every_text_has_its_english() -> None:
    known = english("field") | english("pages") | english("portal") | english("desk")
    assert sorted(texts("field") - known) == []

"""Every text of the desk has its English."""

from tests.pages.test_texts import english, texts


def test_every_text_of_the_desk_has_its_english() -> None:
    assert sorted(texts("desk") - english("desk") - english("pages")) == []

"""Every text of the shared pages and the portal has its English."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.utils import translation

import xiucheng

ROOMS = Path(xiucheng.__file__).parent
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS: Any = {"_": None, "gettext": None, "ngettext": (1, 2), "gettext_noop": None, "n_": None}
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}}


def texts(room: str) -> set[str]:
    found = extract_from_dir(ROOMS / room, METHODS, OPTIONS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def english(room: str) -> set[str]:
    raw = (ROOMS / room / "locale" / "en" / "LC_MESSAGES" / "django.po").read_bytes()
    return {str(message.id) for message in read_po(BytesIO(raw)) if message.id and message.string}


@pytest.mark.parametrize("room", ["pages", "portal"])
def test_every_text_has_its_english(room: str) -> None:
    assert sorted(texts(room) - english("pages") - english("portal")) == []


def test_texts_speak_english() -> None:
    with translation.override("en"):
        assert translation.gettext("没有找到这一页") == "Page not found"

"""Every text of the shared pages, the portal and the registers has its English."""

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
KEYWORDS: Any = {
    "_": None, "gettext": None, "ngettext": (1, 2), "gettext_noop": None, "n_": None, "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}}
REGISTERS = ("audit", "cases", "city", "people", "api", "channels/open311")

SAID_APART: frozenset[str] = frozenset()
"""Texts that may have another English in another room; better give one of them a context."""


def _key(message: Any, context: str | None) -> str:
    """The text; one that means something else in a register carries its context."""
    text = message if isinstance(message, str) else message[0]
    return f"{context}: {text}" if context else str(text)


def texts(room: str) -> set[str]:
    found = extract_from_dir(ROOMS / room, METHODS, OPTIONS, keywords=KEYWORDS)
    return {_key(message, context) for _, _, message, _, context in found}


def _told(room: str) -> dict[str, str]:
    raw = (ROOMS / room / "locale" / "en" / "LC_MESSAGES" / "django.po").read_bytes()
    return {_key(m.id, m.context): str(m.string) for m in read_po(BytesIO(raw)) if m.id and m.string}


def english(room: str) -> set[str]:
    return set(_told(room))


@pytest.mark.parametrize("room", ["pages", "portal"])
def test_every_text_has_its_english(room: str) -> None:
    assert sorted(texts(room) - english("pages") - english("portal")) == []


@pytest.mark.parametrize("room", REGISTERS)
def test_every_text_of_a_register_has_its_english(room: str) -> None:
    assert texts(room) == english(room)


def test_registers_leave_the_words_of_the_pages_alone() -> None:
    known: dict[str, set[str]] = {}
    for room in ("pages", "portal", "desk", "field", *REGISTERS):
        for text, said in _told(room).items():
            known.setdefault(text, set()).add(said)
    ours = {text for room in REGISTERS for text in english(room)}
    assert {text: known[text] for text in ours if len(known[text]) > 1} == {}


def test_no_two_rooms_say_the_same_text_differently() -> None:
    """Django lays the files of all rooms into one, so that one room's word would stand on the pages of another."""
    said: dict[str, dict[str, list[str]]] = {}
    for folder in sorted(ROOMS.rglob("locale")):
        room = str(folder.parent.relative_to(ROOMS))
        for text, words in _told(room).items():
            said.setdefault(text, {}).setdefault(words, []).append(room)
    assert {text: rooms for text, rooms in said.items() if len(rooms) > 1 and text not in SAID_APART} == {}


def test_texts_speak_english() -> None:
    with translation.override("en"):
        assert translation.gettext("没有找到这一页") == "Page not found"

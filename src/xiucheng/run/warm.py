"""What the first visitor would otherwise wait for (预热): pages compiled, addresses indexed, texts read, before the workers fork.

A ringing telephone may be the first visitor after a start, and its screen must show within 300 ms. `warm` opens neither a connection
nor a thread, so that processes may fork afterwards.
"""

import contextlib
import re
import threading
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_backends
from django.db import Error, connections
from django.template import engines
from django.urls import get_resolver
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override

from xiucheng.audit import vault
from xiucheng.city import registers
from xiucheng.pages import icons

_ICONS: Final = re.compile(r"\bicon\(([^(){}]*)\)")
_NAMES: Final = re.compile(r"\"([a-z][a-z0-9-]*)\"")


def warm() -> None:
    """Load everything that is loaded on first use and is the same for every process."""
    pages()
    addresses()
    keepers()


def pages() -> None:
    """Compile every page into the cache that all requests read, and read the drawings that stand in it."""
    found: Any = engines["jinja2"]
    for name in found.env.list_templates(extensions=["html"]):
        found.env.get_template(name)
        source, _, _ = found.env.loader.get_source(found.env, name)
        for call in _ICONS.findall(source):
            for drawing in _NAMES.findall(call):
                icons.paths(drawing)
    assert engines["django"]  # the administration's and sign-in's; it imports what their templates use


def addresses() -> None:
    """In each language: the texts, and the index from a page's name to its address with every pattern in it."""
    for code, _ in settings.LANGUAGES:
        with override(code):
            gettext(settings.LANGUAGES[0][1])
            assert get_resolver().reverse_dict


def keepers() -> None:
    """Who looks at every request: session, messages, account; and the lock of what is kept sealed."""
    import_module(settings.SESSION_ENGINE)
    import_string(settings.MESSAGE_STORAGE)
    assert get_backends()
    if settings.SECRETS.get("field_key"):
        vault.seal("")


def read_registers() -> None:
    """In a process of its own, beside the first requests: the registers, which all of them ask for."""
    threading.Thread(target=_read_registers, name="warm", daemon=True).start()


def _read_registers() -> None:
    with contextlib.suppress(Error):  # the first request asks again, and waits for a database that is away
        registers.registers()
    connections.close_all()

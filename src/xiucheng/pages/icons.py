"""Small drawings beside words (图标), inlined from the icon library: no web font to load, nothing when the library is missing."""

import functools
import re
from typing import Final

from markupsafe import Markup, escape

from xiucheng.pages.libraries import FOLDER

_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
_BLANK: Final = '<circle cx="12" cy="12" r="9" />'


@functools.lru_cache(maxsize=600)
def _paths(name: str, style: str) -> str:
    if not _NAME.fullmatch(name):
        return _BLANK
    try:
        text = (FOLDER / "@tabler" / "icons" / "icons" / style / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return _BLANK
    inner = text[text.index("<svg") :].split(">", 1)[1].rsplit("</svg>", 1)[0]
    return " ".join(inner.split()).replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', "")


def paths(name: str) -> Markup:
    """What a drawing consists of, to be kept as a symbol and used many times."""
    return Markup(_paths(name, "outline"))  # noqa: S704 - from the installed library


def icon(name: str, css: str = "", *, label: str = "", filled: bool = False) -> Markup:
    """The drawing `name` as inline SVG; without a label it is hidden from screen readers."""
    style = "filled" if filled else "outline"
    paint = 'fill="currentColor"' if filled else 'fill="none" stroke="currentColor" stroke-width="2"'
    reader = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(  # noqa: S704 - the paths come from the installed library, the rest is escaped
        f'<svg class="icon {escape(css)}" width="24" height="24" viewBox="0 0 24 24" {paint}'
        f' stroke-linecap="round" stroke-linejoin="round" {reader} focusable="false">{_paths(name, style)}</svg>'
    )

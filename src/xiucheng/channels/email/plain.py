"""The words of a mail (正文): HTML read as text, what is quoted and the signature cut off."""

import re
from html import unescape
from typing import Final

_HIDDEN: Final = frozenset({"script", "style", "head", "title", "template"})
_LINES: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr", "pre"})
_TAG: Final = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)|[!?]")
_BLANKS: Final = re.compile(r"\s+")
_QUOTE: Final = "\n-----原始邮件-----\n"
"""Put where HTML begins a quotation, so that it is cut like one of plain text."""
_ENDS: Final = (
    re.compile(
        r"^-{2,}\s*(?:原始邮件|Original(?: Message)?|转发邮件信息|Forwarded message|回复的原邮件)\s*-{2,}",
        re.IGNORECASE,
    ),
    re.compile(r"^-- ?$"),
    re.compile(r"^_{20,}$"),
    re.compile(r"^(?:(?:At|On) |在).{6,160}(?:wrote|写道)[:：]$", re.IGNORECASE),
    re.compile(r"^.{0,80}@.{0,80}(?:wrote|写道)[:：]$", re.IGNORECASE),
    re.compile(r"^(?:发件人|From)[:：].{0,300}$"),
    re.compile(r"^(?:发自|来自)我的.{1,20}$|^Sent from my .{1,30}$"),
)


def from_html(html: str) -> str:
    """What a person would read; broken HTML gives what can be read of it. Takes time in proportion, however broken it is."""
    first, *rest = _without_comments(html).split("<")
    pieces, hidden = [unescape(first)], ""
    for piece in rest:
        tag, closed, text = piece.partition(">")
        found = _TAG.match(tag)
        if not closed or found is None:
            pieces.append("" if hidden else unescape("<" + piece))
            continue
        end, name = found[1] == "/", (found[2] or "").lower()
        if hidden:
            hidden = "" if name == "body" or (end and name == hidden) else hidden
        elif name in _HIDDEN and not end:
            hidden = name
        elif name == "blockquote" and not end:
            pieces.append(_QUOTE)
        elif name in _LINES:
            pieces.append("\n")
        pieces.append("" if hidden else _BLANKS.sub(" ", unescape(text)))
    return tidy("".join(pieces))


def _without_comments(html: str) -> str:
    """A comment without end takes the rest with it, as in browsers."""
    kept, at = [], 0
    while (begin := html.find("<!--", at)) >= 0:
        kept.append(html[at:begin])
        end = html.find("-->", begin)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, html[at:]])


def tidy(text: str) -> str:
    """Lines without blanks at the ends, no two empty lines in a row."""
    lines = [line.replace("\xa0", " ").strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def own_words(text: str) -> str:
    """Without what is quoted: everything from the first line that begins a quotation on. A mail that only quotes stays whole."""
    kept = []
    for line in tidy(text).splitlines():
        if any(end.match(line) for end in _ENDS):
            break
        if not line.startswith((">", "＞")):
            kept.append(line)
    return tidy("\n".join(kept)) or tidy(text)

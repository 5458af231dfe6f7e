"""The words of a mail (正文): HTML read as text, what is quoted and the signature cut off."""

import re
from html.parser import HTMLParser
from typing import Final

_HIDDEN: Final = frozenset({"script", "style", "head", "title", "template"})
_LINES: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr", "pre"})
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


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag == "blockquote":
            self.pieces.append(_QUOTE)
        elif tag in _LINES:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _LINES - {"br"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))


def from_html(html: str) -> str:
    """What a person would read; broken HTML gives what can be read of it."""
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):  # the parser gives up on a few malformed declarations
        return tidy(re.sub(r"<[^>]{0,2000}>", " ", html))
    return tidy("".join(reader.pieces))


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

"""A raw mail read (读邮件): whom from, what about, its pictures, the code it answers to, whether a machine wrote it. Pure."""

import datetime as dt
import email
import hashlib
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from xiucheng.channels.email import plain
from xiucheng.channels.email.characters import decode, header
from xiucheng.channels.email.letter import REPLY

PARTS_MOST: Final = 200
_MACHINE: Final = re.compile(
    r"^(?:自动回复|自动答复|自動回覆|automatic reply|auto(?:-| )?reply|out of office)\b|^自动回复", re.IGNORECASE
)
_DAEMONS: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "bounce", "bounces"})
_MACHINES: Final = ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "List-Id", "X-Failed-Recipients")
_CUT: Final = "X-Xiucheng-Cut"
_TO: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


@dataclass(slots=True)
class Letter:
    """What stands in a mail; `left_out` counts attachments that are no picture or whose end is missing."""

    sender: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    code: str = ""
    automatic: str = ""
    said_at: dt.datetime | None = None
    cut: bool = False
    pictures: list[bytes] = field(default_factory=list)
    left_out: int = 0

    def says_the_same(self, other: "Letter") -> bool:
        """Whether it is the same mail to another of our addresses: same sender, subject and words."""
        return (self.sender, self.subject, self.text) == (other.sender, other.subject, other.text)


def key(raw: bytes) -> str:
    """Message-ID, else the hash of the mail."""
    found = "".join(str(_parsed(raw).get("Message-ID") or "").split())
    return found if found.isascii() and len(found) > 2 else hashlib.sha256(raw).hexdigest()


def marked_as_cut(raw: bytes) -> bytes:
    """The beginning of a mail that was too big to be fetched whole."""
    return f"{_CUT}: 1\r\n".encode() + raw


def read(raw: bytes, ours: str, *, smallest_picture: int = 0) -> Letter:
    """Read a mail that came to the address `ours`."""
    mail = _parsed(raw)
    hint = _label(mail)
    name, sender = next(iter(_addresses([" ".join(_first(mail, "From").splitlines())])), ("", ""))
    found = Letter(sender.strip().lower(), header(name, hint), header(_first(mail, "Subject"), hint))
    found.cut = _CUT in mail
    found.code = _code(mail, ours)
    found.automatic = _automatic(mail, found, ours)
    found.said_at = _date(_first(mail, "Date"))
    texts: list[str] = []
    _walk(mail, texts, found, [PARTS_MOST], smallest_picture)
    found.text = plain.tidy("\n\n".join(texts))
    return found


def _parsed(raw: bytes) -> Message:
    """The mail; where parts lie in parts deeper than anybody writes, its head alone."""
    try:
        return email.message_from_bytes(raw, policy=compat32)
    except RecursionError:
        return BytesHeaderParser(policy=compat32).parsebytes(raw)


def _addresses(headers: list[str]) -> list[tuple[str, str]]:
    """Names and addresses; none where brackets stand in brackets without end."""
    try:
        return getaddresses(headers)
    except RecursionError:
        return []


def _first(mail: Message, name: str) -> str:
    """The raw header; `Message.get` would spoil bytes that are no ASCII."""
    wanted = name.lower()
    return next((str(value) for given, value in mail.raw_items() if given.lower() == wanted), "")


def _all(mail: Message, names: tuple[str, ...]) -> list[str]:
    wanted = {name.lower() for name in names}
    return [" ".join(str(value).splitlines()) for given, value in mail.raw_items() if given.lower() in wanted]


def _code(mail: Message, ours: str) -> str:
    """`reply+CODE@…` among the addresses that the mail came to, else the code among what it refers to."""
    local, _, domain = ours.lower().rpartition("@")
    for _, address in _addresses(_all(mail, _TO)):
        before, _, after = address.lower().rpartition("@")
        who, plus, code = before.partition("+")
        if plus and (who, after) == (local, domain) and code.isalnum():
            return code.upper()
    found = REPLY.findall(" ".join(_all(mail, ("References", "In-Reply-To"))))
    return str(found[-1]).upper() if found else ""


def _automatic(mail: Message, found: Letter, ours: str) -> str:
    """Why nobody is to be answered: the header that says so; empty for a mail that a person wrote."""
    local, _, domain = found.sender.rpartition("@")
    submitted = _first(mail, "Auto-Submitted").strip().lower()
    signs = {
        "Auto-Submitted": bool(submitted) and not submitted.startswith("no"),
        "Precedence": _first(mail, "Precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply"},
        **{name: bool(_first(mail, name)) for name in _MACHINES},
        "Return-Path": "<>" in _all(mail, ("Return-Path",)) or local in _DAEMONS,
        "multipart/report": mail.get_content_type() == "multipart/report",
        "From": not found.sender or f"{local.partition('+')[0]}@{domain}" == ours.lower(),
        "Subject": bool(_MACHINE.match(found.subject)),
    }
    return next((name for name, there in signs.items() if there), "")


def _date(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _walk(part: Message, texts: list[str], found: Letter, left: list[int], smallest: int) -> None:
    """All parts; of alternatives the plain one, of a forwarded mail its words too."""
    left[0] -= 1
    if left[0] < 0:
        return
    kind = part.get_content_type()
    if part.is_multipart():
        pieces = [piece for piece in part.get_payload() if isinstance(piece, Message)]
        for piece in _chosen(pieces) if kind == "multipart/alternative" else pieces:
            _walk(piece, texts, found, left, smallest)
        return
    content = _content(part)
    if part.get_content_disposition() != "attachment" and kind in {"text/plain", "text/html"} and not _named(part):
        text = decode(content, _label(part))
        texts.append(plain.from_html(text) if kind == "text/html" else text)
    elif kind.startswith("image/") or (kind == "application/octet-stream" and _picture(content)):
        if len(content) >= smallest:
            found.pictures.append(content)
    elif content:
        found.left_out += 1


def _chosen(pieces: list[Message]) -> list[Message]:
    """The plain text, unless it is empty; then what comes last, as RFC 2046 wants it."""
    for piece in pieces:
        if piece.get_content_type() == "text/plain" and _content(piece).strip():
            return [piece, *(p for p in pieces if p.get_content_maintype() not in {"text", "multipart"})]
    return pieces[-1:]


def _content(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (LookupError, TypeError, ValueError):  # its label is none that text can have; the bytes say more
        part.replace_header("Content-Type", part.get_content_type())
        found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _label(part: Message) -> str:
    """What it says its characters are."""
    try:
        return str(part.get_content_charset() or "")
    except ValueError:
        return ""


def _named(part: Message) -> bool:
    """Whether it is a file; also one whose name nobody can read."""
    try:
        return bool(part.get_filename())
    except ValueError:
        return True


def _picture(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF"))

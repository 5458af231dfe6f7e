"""A notice as an e-mail (邮件): UTF-8 text, marked as automatic, with a Message-ID made from the notice's key.

The same notice always carries the same Message-ID, so that a mail server or reader can tell a second copy (RFC 5322 3.6.4).
"""

import datetime as dt
import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from xiucheng.notices import texts
from xiucheng.notices.port import Message


def message_id(key: str, domain: str) -> str:
    """`<key@domain>`; characters that RFC 5322 does not allow there make the key be hashed."""
    plain = key.replace(":", ".")
    left = plain if all(c.isascii() and (c.isalnum() or c in ".-_") for c in plain) else _hashed(key)
    return f"<{left}@{domain}>"


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


REPLY: Final = re.compile(r"<reply\.([0-9a-z]{16})@[^<>\s]+>", re.IGNORECASE)
"""Among the references of an answer: the code of the report that our mail was about."""
ANSWERABLE: Final = ("直接回复这封邮件就能补充情况。", "Answer this mail to add something.")


def write(
    message: Message, sender: str, sender_name: str, now: dt.datetime, *, read_at: str = "", plus: bool = True
) -> EmailMessage:
    """The mail. Where mail is read at an address, a reporter may answer; his code stands in it, and among the references, for servers
    that know no plus-addresses (`plus`). Raises ValueError where the address is none.
    """
    local, _, domain = message.address.rpartition("@")
    if not local or not domain:
        raise ValueError("no address")
    mail = EmailMessage()
    mail["From"] = Address(sender_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(message.created_at or now)
    mail["Message-ID"] = message_id(message.key, sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "en" if message.language.startswith("en") else "zh-CN"
    if message.urgent:
        mail["Importance"] = "high"
    text, code, (ours, _, at) = message.text, str(message.facts.get("token") or ""), read_at.rpartition("@")
    if code and ours:
        mail["Reply-To"] = Address(addr_spec=f"{ours}+{code}@{at}" if plus else read_at)
        for no_answer, answer in zip(texts.SIGNED, ANSWERABLE, strict=True):
            text = text.replace(no_answer, answer)
    threads = [str(message.facts.get("number") or ""), f"reply.{code.lower()}" if code and ours else ""]
    if any(threads):
        mail["References"] = " ".join(message_id(name, sender.rpartition("@")[2]) for name in threads if name)
    mail.set_content(text, charset="utf-8", cte="base64")
    return mail

"""What WeChat's pushes look like (微信报文): signature, safe mode, XML. Pure.

Safe mode is AES-256-CBC; the key's first half is the vector, the plain text is 16 random bytes, four bytes of length, the message
and the appid, padded by PKCS#7 to 32 bytes. XML is read without document types and entities, flat enough to be no danger.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK: Final = 32
RANDOM: Final = 16
DEEPEST: Final = 6
MOST_ELEMENTS: Final = 400

Fields = dict[str, Any]


class NotGenuineError(ValueError):
    """It was not sent by WeChat, or not to this account."""


class MalformedError(ValueError):
    """It cannot be read."""


def signature(*parts: str) -> str:
    """SHA-1 of the parts in order of their characters."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def genuine(given: str, *parts: str) -> bool:
    """Whether the signature fits; compared in constant time."""
    return hmac.compare_digest(signature(*parts).encode(), given.encode())


class Safe:
    """Safe mode of one account: `key` is the 43 characters of the EncodingAESKey."""

    def __init__(self, key: str, appid: str) -> None:
        try:
            self._key = base64.b64decode(key + "=", validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise MalformedError("EncodingAESKey") from wrong
        if len(self._key) != 32:
            raise MalformedError("EncodingAESKey")
        self._appid = appid.encode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def lock(self, message: bytes, random: bytes) -> str:
        """Encrypt one message; `random` is 16 bytes."""
        plain = random + len(message).to_bytes(4, "big") + message + self._appid
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def unlock(self, encrypted: str) -> bytes:
        """Decrypt one message. Raises MalformedError, and NotGenuineError where it is for another account."""
        try:
            raw = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise MalformedError("base64") from wrong
        if not raw or len(raw) % 16:
            raise MalformedError("length")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        pad = plain[-1]
        if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad or len(plain) < RANDOM + 4 + pad:
            raise MalformedError("padding")
        size = int.from_bytes(plain[RANDOM : RANDOM + 4], "big")
        rest = plain[RANDOM + 4 : -pad]
        if size > len(rest):
            raise MalformedError("length")
        if not hmac.compare_digest(rest[size:], self._appid):
            raise NotGenuineError("appid")
        return rest[:size]


class _Reader:
    """Elements with text become text, those with elements become fields; of several with one name the first counts."""

    def __init__(self) -> None:
        self.root: Fields = {}
        self._open: list[tuple[str, Fields, list[str]]] = []
        self._count = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise MalformedError("too deep or too many elements")
        self._open.append((name, {}, []))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, inner, text = self._open.pop()
        holder = self._open[-1][1] if self._open else self.root
        holder.setdefault(name, inner or "".join(text))

    def refuse(self, *_: Any) -> None:
        raise MalformedError("document type")


def read(xml: bytes, most: int) -> Fields:
    """The fields of `<xml>…</xml>`, `most` bytes at most. Raises MalformedError."""
    if len(xml) > most:
        raise MalformedError("too long")
    reader, parser = _Reader(), expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as wrong:
        raise MalformedError("no XML") from wrong
    found = reader.root.get("xml")
    if not isinstance(found, dict):
        raise MalformedError("no fields")
    return found


def write(fields: Fields) -> bytes:
    """The same the other way round."""
    return f"<xml>{_inner(fields)}</xml>".encode()


def _inner(fields: Fields) -> str:
    return "".join(f"<{n}>{_inner(v) if isinstance(v, dict) else escape(str(v))}</{n}>" for n, v in fields.items())

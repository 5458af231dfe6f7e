"""One file that holds an installation (备份文件): a compressed tar of the database, the pictures and a list of what is in it.

`database.dump` (pg_dump's own format), `media/…`, `secrets.sealed` (only when asked for, sealed with a passphrase) and, last,
`manifest.json`: program version, rows of each table, SHA-256 of each member, and a mark by which the right keys are known.
"""

import contextlib
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from xiucheng.run.known import known
from xiucheng.run.trouble import Trouble

MANIFEST, DUMP, SEALED, MEDIA = "manifest.json", "database.dump", "secrets.sealed", "media/"
PIECE = 1 << 20
Told = Callable[[int], None]


def key_mark(secrets: dict[str, str]) -> str:
    """By which the keys are known without showing them."""
    words = "".join(secrets.get(name, "") for name in ("field_key", "blind_key"))
    return hashlib.sha256(b"xiucheng mark" + words.encode()).hexdigest()[:32]


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def seal_secrets(secrets: dict[str, str], passphrase: str) -> bytes:
    """The secrets as they may lie in a backup: salt (16 bytes), nonce (12 bytes), cipher text."""
    salt, nonce = os.urandom(16), os.urandom(12)
    return salt + nonce + _cipher(passphrase, salt).encrypt(nonce, json.dumps(secrets).encode(), None)


def open_secrets(sealed: bytes, passphrase: str) -> dict[str, str]:
    """The secrets again; raises Trouble when the passphrase is wrong."""
    try:
        clear = _cipher(passphrase, sealed[:16]).decrypt(sealed[16:28], sealed[28:], None)
    except InvalidTag:
        raise Trouble("wrong_passphrase") from None
    found: dict[str, str] = json.loads(clear)
    return found


class _Counting(io.RawIOBase):
    """Reads a file, keeps its hash and tells how far it is."""

    def __init__(self, file: IO[bytes], told: Told) -> None:
        self.file, self.told, self.seen = file, told, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.seen.update(piece)
        self.told(len(piece))
        return piece

    def readable(self) -> bool:
        return True


def write(
    target: Path, files: list[tuple[str, Path]], small: dict[str, bytes], facts: dict[str, Any], told: Told
) -> None:
    """Write the archive and see it onto the disk. A picture that was swept away meanwhile is not missed; `facts` counts the others."""
    hashes: dict[str, str] = {}
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as tar:
            for name, path in files:
                with _opened(name, path) as file:
                    if file is None:
                        continue
                    reading = _Counting(file, told)
                    info = tar.gettarinfo(arcname=name, fileobj=file)
                    tar.addfile(info, reading)
                    hashes[name] = reading.seen.hexdigest()
            for name, content in small.items():
                _add(tar, name, content)
                hashes[name] = hashlib.sha256(content).hexdigest()
            facts["pictures"] = sum(name.startswith(MEDIA) for name in hashes)
            _add(tar, MANIFEST, json.dumps({**facts, "hashes": hashes}, ensure_ascii=False, indent=1).encode())
        raw.flush()
        os.fsync(raw.fileno())


@contextlib.contextmanager
def _opened(name: str, path: Path) -> Iterator[IO[bytes] | None]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        if not name.startswith(MEDIA):
            raise
        yield None
        return
    with file:
        yield file


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for info in tar:
        if not info.isfile() or info.name.startswith("/") or ".." in Path(info.name).parts:
            raise Trouble("bad_backup", said=info.name)
        file = tar.extractfile(info)
        assert file is not None
        yield info.name, file


def read(source: Path, into: Path | None, told: Told) -> dict[str, Any]:
    """Read the whole archive, compare every hash, and lay its members into a folder if one is given; gives the manifest."""
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            for name, file in _members(tar):
                if name == MANIFEST:
                    manifest = json.loads(file.read())
                else:
                    hashes[name] = _copy(file, into / name if into else None, told)
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        if isinstance(error, OSError) and (ours := known(error)) is not None:
            raise ours from error  # no room to lay it out, no permission: the file may be whole
        raise Trouble("bad_backup", said=str(error)) from error
    if not manifest or manifest.get("hashes") != hashes:
        raise Trouble("bad_backup", said="manifest.json")
    return manifest


def _copy(file: IO[bytes], target: Path | None, told: Told) -> str:
    seen = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(target or os.devnull, "wb") as out:
        while piece := file.read(PIECE):
            seen.update(piece)
            out.write(piece)
            told(len(piece))
    return seen.hexdigest()

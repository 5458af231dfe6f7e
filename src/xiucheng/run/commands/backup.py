"""备份到一个文件 · write everything into one file: database and pictures, checked after writing.

密钥默认不在备份里：没有 secrets.json，反映人的信息读不出来，请另行妥善保存。
加 --with-secrets 则用口令加密后放入备份（口令取自 XIUCHENG_PASSPHRASE 或当场输入）。
Keys stay out unless --with-secrets puts them in, sealed with a passphrase (XIUCHENG_PASSPHRASE or asked for). Without the
keys of secrets.json the personal data in a backup cannot be read: keep that file apart. Works while the service runs.
"""

import argparse
import contextlib
import datetime as dt
import getpass
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xiucheng import __version__
from xiucheng.run import archive, tables
from xiucheng.run.ground import Ground
from xiucheng.run.here import use_database
from xiucheng.run.known import FULL
from xiucheng.run.postgres import programs
from xiucheng.run.say import answer, both, say
from xiucheng.run.trouble import Trouble


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng backup`."""
    parser.add_argument("file", nargs="?", type=Path, help="备份文件，默认按日期命名 · default: named by the date")
    parser.add_argument("--with-secrets", action="store_true", help="连同加密后的密钥 · with the keys, sealed")
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 · overwrite")


def passphrase(*, twice: bool) -> str:
    """The passphrase from the environment or the terminal; a short one is refused."""
    try:
        given = os.environ.get("XIUCHENG_PASSPHRASE") or getpass.getpass(both("口令：", "Passphrase: "))
        if (
            twice
            and "XIUCHENG_PASSPHRASE" not in os.environ
            and getpass.getpass(both("再输一遍：", "Again: ")) != given
        ):
            raise Trouble("wrong_passphrase")
    except EOFError:
        raise Trouble("no_passphrase") from None
    if twice and len(given) < 10:
        raise Trouble("short_passphrase")
    return given


def dump(url: str, target: Path) -> dict[str, int]:
    """pg_dump of one moment, and the rows that each table had at that very moment."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        command = [
            str(programs() / "pg_dump"),
            "-Fc",
            "--compress=0",
            "--no-owner",
            f"--snapshot={row[0]}",
            "-f",
            str(target),
            url,
        ]
        done = subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False)
        if "No space left on device" in done.stderr:
            raise Trouble("target_full", folder=str(target.parent.parent))
        if done.returncode:
            raise Trouble("dump_failed", said=done.stderr.strip())
        return tables.rows(connection)


def execute(args: argparse.Namespace) -> int:
    """Dump, pack, read back, say what was kept."""
    ground = Ground()
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    target = (args.file or Path(f"xiucheng-{stamp}.tar.gz")).expanduser().resolve()
    _check_target(target, force=args.force)
    sealed = {}
    secrets = ground.read_secrets()
    if args.with_secrets:
        sealed[archive.SEALED] = archive.seal_secrets(secrets, passphrase(twice=True))
    with (
        use_database() as url,
        _room(target),
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".xiucheng-") as folder,
    ):
        dumped = Path(folder) / archive.DUMP
        rows = dump(url, dumped)
        pictures = sorted(p for p in ground.media.rglob("*") if p.is_file())
        files = [(archive.DUMP, dumped), *((f"{archive.MEDIA}{p.relative_to(ground.media)}", p) for p in pictures)]
        facts: dict[str, Any] = {
            "version": __version__,
            "at": dt.datetime.now(dt.UTC).isoformat(),
            "rows": rows,
            "pictures": len(pictures),
            "demo": ground.facts().get("demo", False),
            "key_mark": archive.key_mark(secrets),
        }
        _write_and_check(target, files, sealed, facts)
    _tell(target, facts, ground, args)
    return 0


def _check_target(target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise Trouble("is_folder", file=str(target))
    if target.exists() and not force:
        raise Trouble("file_exists", file=str(target))
    if not target.parent.is_dir():
        raise Trouble("no_folder", folder=str(target.parent))


@contextlib.contextmanager
def _room(target: Path) -> Iterator[None]:
    """A full disk is the one that the backup goes to."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Trouble("target_full", folder=str(target.parent)) from error
        raise


def _write_and_check(
    target: Path, files: list[tuple[str, Path]], sealed: dict[str, bytes], facts: dict[str, Any]
) -> None:
    """The archive has its name only when it is whole, on the disk and read back; until then an older one stays."""
    from xiucheng.run.prepare import bar

    size = 0
    for _, path in files:
        with contextlib.suppress(FileNotFoundError):  # swept meanwhile
            size += path.stat().st_size
    new = target.with_name(target.name + ".part")
    try:
        with bar() as progress:
            task = progress.add_task(both("写入备份", "Writing"), total=size)
            archive.write(new, files, sealed, facts, lambda n: progress.advance(task, n))
            task = progress.add_task(both("核对备份", "Checking"), total=size)
            archive.read(new, None, lambda n: progress.advance(task, n))
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _tell(target: Path, facts: dict[str, Any], ground: Ground, args: argparse.Namespace) -> None:
    total = sum(facts["rows"].values())
    size = target.stat().st_size
    say(
        f"✔ 已备份 {total} 行、{facts['pictures']} 张照片到 {target}（{size / 1e6:.1f} MB），并已核对。",
        f"✔ {total} rows and {facts['pictures']} pictures are in {target} ({size / 1e6:.1f} MB), checked.",
        style="green",
    )
    if not args.with_secrets:
        say(
            f"密钥不在备份里：请另行保存 {ground.secrets_file}，没有它读不出反映人的信息。",
            f"The keys are not in it: keep {ground.secrets_file} apart; without it personal data cannot be read.",
            style="yellow",
        )
    if args.json:
        answer({"ok": True, "file": str(target), "bytes": size, "rows": total, "pictures": facts["pictures"]})

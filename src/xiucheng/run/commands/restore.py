"""从备份恢复 · bring an installation back from a backup file.

只恢复到空的数据目录；加 --force 则先把原有的数据移到旁边（不删除）。
密钥来自备份（需口令）、--secrets 指定的文件，或数据目录里已有的 secrets.json。
Only into an empty data folder; --force moves what is there aside first. Keys come from the backup (passphrase), from
--secrets FILE, or from the secrets.json that is there.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from xiucheng import __version__
from xiucheng.run import archive, tables
from xiucheng.run.commands.backup import passphrase
from xiucheng.run.ground import Ground, newer, write_private
from xiucheng.run.known import known
from xiucheng.run.postgres import ROLE, Cluster
from xiucheng.run.say import answer, both, say
from xiucheng.run.trouble import Trouble


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng restore`."""
    parser.add_argument("file", type=Path, help="备份文件 · the backup file")
    parser.add_argument("--secrets", type=Path, help="密钥文件 secrets.json · the keys")
    parser.add_argument("--force", action="store_true", help="原有数据移到旁边 · move what is there aside")


def execute(args: argparse.Namespace) -> int:
    """Read and check the file first, build everything beside; the data folder changes only when all is there."""
    source = args.file.expanduser().resolve()
    if not source.is_file():
        raise Trouble("no_file", file=str(source))
    ground = Ground()
    if not args.force and ((ground.database / "PG_VERSION").exists() or any(ground.media.rglob("*.*"))):
        raise Trouble("not_empty", folder=str(ground.folder))
    made, done = ground.make(), False
    ground.lock()
    try:
        ground.check_space()
        with tempfile.TemporaryDirectory(dir=ground.folder, prefix=".restore-") as folder:
            unpacked, stage = Path(folder) / "unpacked", Ground(Path(folder) / "data")
            manifest = _unpack(source, unpacked)
            if newer(manifest["version"]):
                raise Trouble("newer_backup", theirs=manifest["version"], ours=__version__, file=str(source))
            secrets = _secrets(ground, unpacked, args.secrets, manifest)
            try:
                rows = _build(stage, unpacked, secrets, manifest)
                aside = _swap(ground, stage)
                ground.logs.mkdir(mode=0o700, exist_ok=True)
            except Exception as error:
                if (trouble := known(error)) is None:
                    raise
                raise Trouble("not_restored", zh=trouble.zh, en=trouble.en, folder=str(ground.folder)) from error
        done = True
    finally:
        ground.unlock()
        if made and not done:
            with contextlib.suppress(OSError):
                ground.folder.rmdir()
    _tell(manifest, rows, ground, aside, args)
    return 0 if rows == manifest["rows"] else 1


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    from xiucheng.run.prepare import bar

    with bar() as progress:
        task = progress.add_task(both("读取备份", "Reading"), total=None)
        manifest = archive.read(source, folder, lambda n: progress.advance(task, n))
        progress.update(task, total=1, completed=1)
    return manifest


def _secrets(ground: Ground, folder: Path, given: Path | None, manifest: dict[str, Any]) -> dict[str, str]:
    """The keys that fit this backup; Trouble when there are none."""
    sealed = folder / archive.SEALED
    found: dict[str, str] = {}
    if given is not None:
        found = _given(given.expanduser())
    elif sealed.exists():
        found = archive.open_secrets(sealed.read_bytes(), passphrase(twice=False))
    else:
        found = ground.read_secrets()
    if archive.key_mark(found) != manifest["key_mark"]:
        raise Trouble("wrong_secrets")
    return found


def _given(file: Path) -> dict[str, str]:
    if not file.is_file():
        raise Trouble("no_file", file=str(file))
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Trouble("damaged_secrets", file=str(file)) from error
    if not isinstance(found, dict):
        raise Trouble("damaged_secrets", file=str(file))
    return found


def _build(stage: Ground, unpacked: Path, secrets: dict[str, str], manifest: dict[str, Any]) -> dict[str, int]:
    """A whole data folder of its own out of the backup; gives the rows of each table."""
    stage.make()
    if secrets:
        write_private(stage.secrets_file, json.dumps(secrets, indent=1) + "\n")
    if (media := unpacked / archive.MEDIA).exists():
        media.rename(stage.media)
    stage.prepare()
    stage.write_version(demo=bool(manifest.get("demo")))
    cluster = Cluster(stage.database, stage.logs / "database.log")
    cluster.lay()
    try:
        cluster.start()
        cluster.create()
        return _fill(cluster, unpacked / archive.DUMP)
    finally:
        cluster.stop()
        with contextlib.suppress(OSError):
            cluster.socket.rmdir()  # it may lie elsewhere, where paths are short


def _swap(ground: Ground, stage: Ground) -> Path | None:
    """Move what is there aside and the new in, all or nothing; gives where the old data are now."""
    aside = ground.folder / f"before-restore-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"
    moved: list[tuple[Path, Path]] = []
    try:
        for part in (ground.database, ground.media, ground.secrets_file, ground.version_file):
            if part.exists():
                aside.mkdir(exist_ok=True, mode=0o700)
                part.rename(aside / part.name)
                moved.append((part, aside / part.name))
            if (new := stage.folder / part.name).exists():
                new.rename(part)
                moved.append((new, part))
    except BaseException:
        for before, now in reversed(moved):
            now.rename(before)
        raise
    return aside if aside.exists() else None


def _fill(cluster: Cluster, dumped: Path) -> dict[str, int]:
    import psycopg

    options = [
        "--exit-on-error",
        "--no-owner",
        f"--jobs={min(os.cpu_count() or 1, 4)}",
        f"--dbname={cluster.url(ROLE)}",
    ]
    command = [str(cluster.programs / "pg_restore"), *options, str(dumped)]
    done = subprocess.run(
        command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, errors="replace", check=False
    )
    if "No space left on device" in done.stderr:
        raise Trouble("no_space", folder=f" ({cluster.folder.parents[2]})")
    if done.returncode:
        raise Trouble("fill_failed", said=done.stderr.strip()[-600:])
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("ANALYZE")
        return tables.rows(connection)


def _tell(
    manifest: dict[str, Any], rows: dict[str, int], ground: Ground, aside: Path | None, args: argparse.Namespace
) -> None:
    same = rows == manifest["rows"]
    total = sum(rows.values())
    if same:
        say(
            f"✔ 已恢复 {total} 行、{manifest['pictures']} 张照片到 {ground.folder}，与备份逐表一致。",
            f"✔ {total} rows and {manifest['pictures']} pictures are back in {ground.folder}, the same table by table.",
            style="green",
        )
    else:
        wrong = sorted(set(rows.items()) ^ set(manifest["rows"].items()))
        say(f"✗ 有表的行数与备份不一致：{wrong}", f"✗ Some tables differ from the backup: {wrong}", style="bold red")
    if aside is not None:
        say(
            f"原有数据移到了 {aside}，确认无误后可删除。",
            f"What was there is in {aside} now; delete it when all is well.",
        )
    if args.json:
        answer(
            {
                "ok": same,
                "rows": total,
                "pictures": manifest["pictures"],
                "folder": str(ground.folder),
                "aside": str(aside or ""),
            }
        )

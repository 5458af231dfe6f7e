"""核对并载入城区配置包 · check a district pack row by row and load it, all or nothing."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from xiucheng.run.here import use_database
from xiucheng.run.say import answer, both, err, say

if TYPE_CHECKING:
    from xiucheng.city.pack import Left

FOUND_WRONG = 1
SHOWN = 100
WHY = {
    "gone": ("已被取消，没有恢复", "taken away since, not given back"),
    "changed": ("已被改过，保留现在的内容", "changed since, kept as it is"),
    "left": ("本人已离岗", "the person has left"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The folder, and whether only to look."""
    parser.add_argument("folder", type=Path, help="配置包文件夹 · the pack's folder")
    parser.add_argument("--check", action="store_true", help="只核对，不载入 · check only")


def execute(args: argparse.Namespace) -> int:
    """List every fault, or load."""
    if args.check:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
        import django

        django.setup()
        return _check(args)
    with use_database(django=True):
        return _load(args)


def _check(args: argparse.Namespace) -> int:
    from xiucheng.city.pack import check

    book = check(args.folder.resolve())
    if book.faults:
        return tell_faults(book.faults, args.json)
    counts = {table: len(rows) for table, rows in book.rows.items()}
    say(f"配置包没有差错，共 {sum(counts.values())} 条。", f"The pack is sound: {sum(counts.values())} rows.", "green")
    if args.json:
        answer({"ok": True, "faults": [], "counts": counts})
    return 0


def _load(args: argparse.Namespace) -> int:
    from xiucheng.city.pack import load
    from xiucheng.rules.refusals import Refused

    try:
        with Progress(console=err, transient=True) as bar:
            task = bar.add_task(both("载入", "Loading"))
            loaded = load(args.folder.resolve(), lambda done, total, what: bar.update(
                task, completed=done, total=total, description=what))  # fmt: skip
    except Refused as refused:
        return tell_faults(list(refused.facts["faults"]), args.json)
    rows, changed = sum(loaded.counts.values()), sum(loaded.changed.values())
    say(
        f"已载入配置包 {loaded.name} {loaded.version}：{rows} 条，新增或改动 {changed} 条，用时 {loaded.seconds:.1f} 秒。",
        f"Loaded pack {loaded.name} {loaded.version}: {rows} rows, {changed} new or changed, {loaded.seconds:.1f} s.",
        "green",
    )
    _tell_left(loaded.left)
    if args.json:
        left = [{"register": one.what, "line": one.line, "why": one.why} for one in loaded.left]
        answer(
            {
                "ok": True,
                "left": left,
                "counts": loaded.counts,
                "changed": loaded.changed,
                "seconds": round(loaded.seconds, 3),
            }
        )
    return 0


def _tell_left(left: Sequence["Left"]) -> None:
    """The lines that were left alone, each with its reason."""
    if not left:
        return
    say(
        f"{len(left)} 条保持现状，因为上次载入后有人改过：",
        f"{len(left)} lines were left alone, for people have changed them since the last load:",
        "yellow",
    )
    for one in left[:SHOWN]:
        err.print(f"  {one.what} {one.line}：{both(*WHY[one.why])}", markup=False)
    if len(left) > SHOWN:
        say(f"  另有 {len(left) - SHOWN} 条，用 --json 看全部。", f"  {len(left) - SHOWN} more; --json shows all.")


def tell_faults(faults: Sequence[object], machine: bool) -> int:
    """All faults, each with file and line; nothing has been loaded."""
    for fault in faults:
        err.print(str(fault), markup=False)
    say(f"共 {len(faults)} 处差错，一条也没有载入。", f"{len(faults)} faults; nothing was loaded.", "bold red")
    if machine:
        answer({"ok": False, "faults": [str(f) for f in faults]})
    return FOUND_WRONG

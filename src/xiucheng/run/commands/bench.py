"""测量性能 · measure how fast the service is here: reports, lists, pages, map, straight through, memory, start.

在自己的临时数据目录里另起一套服务，不碰现有数据；fsync 与 synchronous_commit 均为开启。
Runs a service of its own in a folder of its own; fsync and synchronous_commit are on.
"""

import argparse
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xiucheng.run.bench import report
from xiucheng.run.bench.measure import Eyes, Row
from xiucheng.run.bench.service import accounts, running
from xiucheng.run.say import answer, out, say
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import at_least_one

WIDE = 240
"""Columns of the table where no terminal says how many there are."""
PARTS = ("start", "create", "straight", "intake", "pages", "memory", "figures")
UNLOADED = frozenset({"start", "straight", "intake"})
"""Parts that need no loaded cases."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng bench`."""
    parser.add_argument("--cases", type=_sizes, default="100000", help="案件数，可多个 · sizes, as 100000,1000000")
    parser.add_argument("--reports", type=at_least_one, default=4000, help="上报数 · reports to send")
    parser.add_argument("--rate", type=at_least_one, default=200, help="每秒来件数 · messages a second")
    parser.add_argument("--seconds", type=at_least_one, default=60, help="来件持续秒数 · for so many seconds")
    parser.add_argument("--parts", type=_parts, default=",".join(PARTS), help=f"测什么 · any of {','.join(PARTS)}")
    parser.add_argument("--keep", type=Path, help="数据目录，保留并可再用 · a folder to keep and use again")
    parser.add_argument("--docs", type=Path, help="把表格写入文件 · write the table to this file")


def execute(args: argparse.Namespace) -> int:
    """Measure and print; the exit code is 1 when an aim was missed."""
    folder = args.keep or Path(tempfile.mkdtemp(prefix="xiucheng-bench-"))
    parts = args.parts
    if not folder.is_dir() and folder.exists():
        raise Trouble("not_a_folder", folder=str(folder))
    try:
        first = 0.0
        if "start" in parts:
            with running(folder) as state:
                first = state["seconds"]
        with running(folder) as state:
            rows = _start(first, state["seconds"]) if "start" in parts else []
            before = report.machine()
            rows += _all(state, folder, args)
            after = report.machine()
    finally:
        if args.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    met = all(row.met is not False for row in rows)
    _print(rows, before, after)
    if args.docs:
        _write(args.docs, rows, before, after)
    if args.json:
        answer({"ok": met, "rows": [asdict(row) for row in rows], "before": before, "after": after})
    return 0 if met else 1


def _sizes(words: str) -> list[int]:
    return sorted(at_least_one(size) for size in words.split(",") if size)


def _parts(words: str) -> frozenset[str]:
    found = frozenset(words.split(","))
    if unknown := sorted(found - set(PARTS)):
        raise argparse.ArgumentTypeError(f"{','.join(unknown)}（可选 · any of {','.join(PARTS)}）")
    return found


def _start(first: float, again: float) -> list[Row]:
    return [
        Row("start, first (database, tables, pack)", {"seconds": first}),
        Row("start, again", {"seconds": again}, "< 8 s", again < 8),
    ]


def _all(state: dict[str, Any], folder: Path, args: argparse.Namespace) -> list[Row]:
    parts: frozenset[str] = args.parts
    os.environ |= {"XIUCHENG_DATA": str(folder), "XIUCHENG_DEMO": "1", "DATABASE_URL": state["database"]}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
    import django

    django.setup()
    from xiucheng.run.bench import create, intake, pages, straight

    eyes, url = Eyes({"parent": state["pid"], **state["processes"]}, state["database"]), state["url"]
    rows: list[Row] = []
    if "straight" in parts:
        say("从上报到处置单位……", "From report to unit …")
        rows += [straight.straight(url, 60), straight.fresh(url)]
    if "intake" in parts:
        say(f"来件：每秒 {args.rate} 条，{args.seconds} 秒……", f"Messages: {args.rate}/s for {args.seconds} s …")
        rows.append(intake.measure(url, eyes, accounts(folder), args.rate, args.seconds))
    for size in args.cases if parts - UNLOADED else ():
        rows += _load(size)
        if "pages" in parts:
            say(f"{size} 件：列表、案件、地图……", f"{size} cases: lists, case page, map …")
            rows += [_sized(row, size) for row in pages.measure(url, eyes, size)]
    if "create" in parts:
        say("上报……", "Reports …")
        rows.append(create.create(url, eyes, args.reports))
    if "memory" in parts:
        rows.append(_memory(eyes))
    return rows


def _sized(row: Row, size: int) -> Row:
    row.name = f"{row.name} · {size // 1000} k"
    return row


def _load(size: int) -> list[Row]:
    """Fill up to `size` cases and replay a sample of them."""
    import time

    from django.db import connection

    from xiucheng.run.bench import check, loader

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE channel <> 'import'")
        wanted = size - int(cursor.fetchone()[0])
    if wanted <= 0:
        return []
    say(f"载入 {wanted} 件……", f"Loading {wanted} cases …")
    began = time.monotonic()
    first = loader.Loader(seed=size).load(wanted)
    seconds = round(time.monotonic() - began, 1)
    step = max(1, wanted // 300)
    wrong = [n for n in range(first, first + wanted, step) if check.faults(n)]
    figures = {"seconds": seconds, "rate": round(wanted / seconds), "replayed": wanted // step, "wrong": len(wrong)}
    return [Row(f"loaded up to {size // 1000} k, sample replayed", figures, "no fault", not wrong)]


def _memory(eyes: Eyes) -> Row:
    found = {name: round(value, 1) for name, value in eyes.memory().items()}
    total = round(sum(found.values()), 1)
    figures = {"total_mb": total, **found}
    return Row("memory of the whole service (PSS)", figures, "≤ 500 MB", total <= 500, "about 1 GB")


def _print(rows: list[Row], before: dict[str, Any], after: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    head, *lines = report.table(rows)
    drawn = Table(*head)
    for line in lines:
        drawn.add_row(*line)
    wide = out if out.is_terminal else Console(width=WIDE)
    wide.print(drawn)
    out.print(f"before {before}\nafter  {after}")


def _write(file: Path, rows: list[Row], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Replace the part of the file between its two marks."""
    marks = ("<!-- measured -->", "<!-- /measured -->")
    text = file.read_text(encoding="utf-8") if file.exists() else f"{marks[0]}\n{marks[1]}\n"
    head, _, rest = text.partition(marks[0])
    tail = rest.partition(marks[1])[2]
    said = f"\nBefore: {before}\n\nAfter: {after}\n\n{report.markdown(rows)}"
    file.write_text(f"{head}{marks[0]}{said}{marks[1]}{tail}", encoding="utf-8")

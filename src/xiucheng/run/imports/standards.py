"""核对并导入立案标准工作簿 · check a city's workbook of standards and import it, all or nothing."""

import argparse
from dataclasses import asdict
from pathlib import Path

from xiucheng.run.here import use_database
from xiucheng.run.imports.pack import tell_faults
from xiucheng.run.say import answer, say


def configure(parser: argparse.ArgumentParser) -> None:
    """The workbook, and whether only to look."""
    parser.add_argument("file", type=Path, help="XLSX 工作簿（工作表：部件、事件）· the workbook")
    parser.add_argument("--check", action="store_true", help="试运行，不写入 · dry run")


def execute(args: argparse.Namespace) -> int:
    """List every fault, or say what changed (or would change)."""
    with use_database(django=True):
        from xiucheng.city import workbook
        from xiucheng.rules.refusals import Refused

        try:
            done = workbook.load(args.file, dry_run=args.check)
        except Refused as refused:
            return tell_faults(list(refused.facts["faults"]), args.json)
    zh, en = ("试运行：将", "Dry run: ") if args.check else ("", "")
    say(
        f"{zh}新增 {done.added} 条、改动 {done.changed} 条、停用 {done.retired} 条，{done.same} 条不变。",
        f"{en}{done.added} new, {done.changed} changed, {done.retired} retired, {done.same} as before.",
        "green",
    )
    if args.json:
        answer({"ok": True, **asdict(done)})
    return 0

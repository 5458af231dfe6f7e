"""收进 12345 导出的工单（XLSX、CSV） · take in work orders that the city's 12345 hotline exported.

Every line is kept and worked off by the running worker; the same file again stores nothing twice. `--results` writes what ended.
"""

import argparse
import datetime as dt
from dataclasses import asdict
from pathlib import Path

from xiucheng.run.here import use_database
from xiucheng.run.imports.cases import FAULTS_SHOWN, FOUND_WRONG
from xiucheng.run.say import answer, err, say
from xiucheng.run.trouble import Trouble


def configure(parser: argparse.ArgumentParser) -> None:
    """The file, and whether only to look or to write results instead."""
    parser.add_argument("file", type=Path, help="工单表；--results 时是要写的文件 · the sheet, or the one to write")
    parser.add_argument("--check", action="store_true", help="只核对，不写入 · check only")
    parser.add_argument(
        "--results",
        type=int,
        metavar="天数/DAYS",
        default=0,
        help="写出最近几天的办理结果 · write results of the last days",
    )


def execute(args: argparse.Namespace) -> int:
    """Take the orders in, or write the results."""
    if not args.results and not args.file.is_file():
        raise Trouble("no_file", file=str(args.file))
    with use_database(django=True):
        from xiucheng.rules.refusals import Refused

        try:
            return _results(args) if args.results else _bring(args)
        except Refused as refusal:
            err.print(f"✗ {refusal.zh}\n  {refusal.en}", markup=False)
            if args.json:
                answer({"ok": False, "code": refusal.code, "zh": refusal.zh, "en": refusal.en})
            return FOUND_WRONG


def _bring(args: argparse.Namespace) -> int:
    from xiucheng.channels.order12345 import sheet

    taken = sheet.bring(args.file, dry=args.check)
    for fault in taken.faults[:FAULTS_SHOWN]:
        say(f"第 {fault['line']} 行：{fault['zh']}", f"line {fault['line']}: {fault['en']}", style="yellow")
    say(
        f"读入 {taken.read}，新收 {taken.kept}，已有 {taken.already}，有误 {taken.faulty}。",
        f"{taken.read} read, {taken.kept} kept, {taken.already} there already, {taken.faulty} faulty.",
    )
    if args.json:
        answer({"ok": taken.faulty == 0, **asdict(taken), "faults": taken.faults[:FAULTS_SHOWN]})
    return FOUND_WRONG if taken.faulty else 0


def _results(args: argparse.Namespace) -> int:
    from xiucheng.channels.order12345 import results
    from xiucheng.city import clock

    now = clock.now()
    with args.file.open("wb") as file:
        count = results.write(file, now - dt.timedelta(days=args.results), now)
    say(f"写出 {count} 件工单的办理结果。", f"Results of {count} orders written.", "green")
    if args.json:
        answer({"ok": True, "written": count})
    return 0

"""迁入旧系统的案件（CSV、XLSX、JSONL） · bring in cases of an older system from a sheet.

Columns are understood by a mapping: a built-in one, a saved one or a JSON file; without `--mapping` the first that fits the
file's columns. A broken run goes on where it stopped, with the mapping it began with; the same file again stores nothing twice.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from xiucheng.run.here import use_database
from xiucheng.run.say import answer, both, err, say
from xiucheng.run.trouble import Trouble

FOUND_WRONG: Final = 1
FAULTS_SHOWN: Final = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """The file, its mapping, and whether only to look."""
    parser.add_argument("file", type=Path, help="导出文件 · the exported file")
    parser.add_argument("--mapping", default="", help="字段对应的名称或 JSON 文件 · name of a mapping or a JSON file")
    parser.add_argument("--save-mapping", action="store_true", help="保存这个字段对应 · keep the mapping for later")
    parser.add_argument("--check", "--dry-run", action="store_true", help="只核对，不写入 · check only")
    parser.add_argument(
        "--restart", action="store_true", help="中断过的也从头读 · begin again where a run was broken off"
    )


def execute(args: argparse.Namespace) -> int:
    """Bring the file in and say what came of it."""
    if not args.file.is_file():
        raise Trouble("no_file", file=str(args.file))
    began = time.monotonic()
    with use_database(django=True):
        from xiucheng.rules.refusals import Refused

        try:
            report = _bring(args)
        except Refused as refusal:
            err.print(f"✗ {refusal.zh}\n  {refusal.en}", markup=False)
            if args.json:
                answer({"ok": False, "code": refusal.code, "zh": refusal.zh, "en": refusal.en})
            return FOUND_WRONG
    seconds = round(time.monotonic() - began, 2)
    _tell(report, seconds)
    if args.json:
        facts = asdict(report) | {"faults": report.faults[:FAULTS_SHOWN], "seconds": seconds}
        answer({"ok": report.faulty == 0, **facts, "rows_per_minute": round(report.read / max(seconds, 0.01) * 60)})
    return FOUND_WRONG if report.faulty else 0


def _bring(args: argparse.Namespace) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from xiucheng.intake.importing import choose, import_file, mapping, sheets

    chosen = choose(args.file, args.mapping)
    total = sum(1 for _ in sheets.rows(args.file))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        step = bar.add_task(both("核对" if args.check else "迁入", "importing"), total=total)
        report = import_file(
            args.file,
            chosen,
            dry=args.check,
            restart=args.restart,
            progress=lambda done: bar.update(step, completed=done),
        )
    if args.save_mapping:  # not before: a refusal says to go on with the mapping that is kept
        mapping.save(chosen)
    return report


def _tell(report: Any, seconds: float) -> None:
    for fault in report.faults[:FAULTS_SHOWN]:
        say(f"第 {fault['line']} 行：{fault['zh']}", f"line {fault['line']}: {fault['en']}", style="yellow")
    if report.faulty > FAULTS_SHOWN:
        say(f"……共 {report.faulty} 行有误。", f"… {report.faulty} faulty rows in all.", style="yellow")
    if report.resumed_at:
        say(f"接着上次的第 {report.resumed_at} 行。", f"Went on after row {report.resumed_at}.")
    done = both("核对无误" if not report.faulty else "核对完毕", "checked") if report.dry else ""
    say(
        f"{done or '迁入完毕'}（{report.mapping}）：读入 {report.read}，新存 {report.stored}，已有 {report.already}，"
        f"有误 {report.faulty}，用时 {seconds} 秒。",
        f"{done or 'done'} ({report.mapping}): {report.read} read, {report.stored} stored, {report.already} there "
        f"already, {report.faulty} faulty, {seconds} s.",
    )

"""用带标签的文件训练并评测 · train on labelled files and judge on messages not seen: JSONL (title, text, label) or TSV (label, words).

没有 --test 时，对第一个 --train 文件做交叉验证，其余文件始终参加训练。
Without --test the first --train file is cross-validated; the others are always learned from.
"""

import argparse
from pathlib import Path
from typing import Any

from rich.progress import Progress
from rich.table import Table

from xiucheng.run.say import answer, both, err, out
from xiucheng.run.trouble import Trouble


def configure(parser: argparse.ArgumentParser) -> None:
    """The files, and into how many parts to deal."""
    parser.add_argument(
        "--train", type=Path, action="append", required=True, metavar="FILE", help="训练文件，可重复 · may be repeated"
    )
    parser.add_argument("--test", type=Path, metavar="FILE", help="评测文件 · messages to judge on")
    parser.add_argument("--folds", type=_folds, default=5, metavar="N", help="交叉验证的份数 · parts (5)")


def _folds(words: str) -> int:
    if not 2 <= (number := int(words)) <= 50:
        raise argparse.ArgumentTypeError(f"{words}（2–50）")
    return number


def execute(args: argparse.Namespace) -> int:
    """Read, train, judge; the figures as a table and as an object."""
    from xiucheng.triage import evaluate

    for path in [*args.train, *([args.test] if args.test else [])]:
        if not path.is_file():
            raise Trouble("no_file", file=path)
    lessons = [evaluate.read(path) for path in args.train]
    if args.test:
        judged = evaluate.held_out([lesson for file in lessons for lesson in file], evaluate.read(args.test))
    else:
        more = [lesson for file in lessons[1:] for lesson in file]
        with Progress(console=err, transient=True) as bar:
            task = bar.add_task(both("交叉验证", "cross-validation"), total=args.folds)
            parts = []
            for part in evaluate.crossed(lessons[0], more, args.folds):
                parts.append(part)
                bar.advance(task)
        judged = evaluate.together(parts)
    figures = {"ok": True, **judged.figures(), "cross_validated": args.test is None}
    if args.json:
        answer(figures)
    else:
        out.print(_table(figures))
    return 0


def _table(figures: dict[str, Any]) -> Table:
    table = Table(title=both("分诊评测", "Triage"))
    table.add_column(both("指标", "figure"))
    table.add_column(both("值", "value"), justify="right")
    for name, value in figures.items():
        if name == "f1":
            for label, own in value.items():
                table.add_row(f"F1 {label}", f"{own:.4f}")
        elif name != "ok":
            table.add_row(name, str(value))
    return table

"""由代码生成文档 · write the documents that are made from the code.

目前是 docs/workflow.md（流程表）。Now: docs/workflow.md, the workflow table.
"""

import argparse
from pathlib import Path

from xiucheng.rules.workflow import sheet
from xiucheng.run.say import answer, say
from xiucheng.run.trouble import Trouble

PAGES = {"workflow.md": sheet.page}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng docs`."""
    parser.add_argument("--folder", type=Path, default=Path("docs"), help="文档目录 · where the documents are")
    parser.add_argument("--check", action="store_true", help="只核对，不写 · only compare")


def execute(args: argparse.Namespace) -> int:
    """Write each page; with --check say which ones differ and end with 1."""
    if not args.folder.is_dir():
        raise Trouble("no_folder", folder=str(args.folder))
    stale = []
    for name, page in PAGES.items():
        path = args.folder / name
        text = page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not args.check:
            path.write_text(text, encoding="utf-8")
    verb = ("需要更新", "stale") if args.check else ("已更新", "written")
    say(f"{verb[0]}：{'、'.join(stale) or '无'}", f"{verb[1]}: {', '.join(stale) or 'nothing'}")
    if args.json:
        answer({"ok": not (stale and args.check), "pages": stale})
    return 1 if stale and args.check else 0

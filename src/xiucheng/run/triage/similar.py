"""按相似程度排列其他留言 · the messages of a file that are most like one of them.

文件格式同 topics。The file is as for topics.
"""

import argparse
from pathlib import Path

from rich.table import Table

from xiucheng.run.say import answer, both, err, out
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import at_least_one


def configure(parser: argparse.ArgumentParser) -> None:
    """The file, which message, how many to show."""
    parser.add_argument("file", type=Path, metavar="FILE", help="JSONL 文件 · the messages")
    parser.add_argument("id", metavar="ID", help="留言的 id · the message's id")
    parser.add_argument(
        "--most", type=at_least_one, default=100, metavar="N", help="最多列出几条 · how many to list (100)"
    )


def execute(args: argparse.Namespace) -> int:
    """Read, compare, rank."""
    from xiucheng.rules.masking import mask
    from xiucheng.triage import messages, topics
    from xiucheng.triage.alike import alike

    if not args.file.is_file():
        raise Trouble("no_file", file=args.file)
    with err.status(both("正在比对留言……", "comparing messages …")):
        read = messages.read(args.file)
        index = next((i for i, message in enumerate(read) if str(message.id) == args.id), None)
        if index is None:
            raise Trouble("no_message", file=args.file, id=args.id)
        found = topics.ranked(alike(read), index)[: args.most]
    facts = [
        {"rank": rank, "id": read[i].id, "score": score, "title": mask(read[i].title or read[i].text[:40])}
        for rank, (i, score) in enumerate(found, 1)
    ]
    if args.json:
        answer({"ok": True, "id": read[index].id, "similar": facts})
        return 0
    table = Table(title=mask(read[index].title or read[index].text[:40]))
    for name in both("排名 编号 相似度 标题", "rank id likeness title").split():
        table.add_column(name)
    for row in facts:
        table.add_row(str(row["rank"]), str(row["id"]), f"{row['score']:.3f}", str(row["title"]))
    out.print(table)
    return 0

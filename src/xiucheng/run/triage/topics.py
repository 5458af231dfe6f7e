"""从留言中发现热点 · hot topics of a file of messages: place, from when until when, heat (distinct people), description, members.

文件为 JSONL，每行有 id、user、time、title、body（或 text）。A JSONL file; each line has id, user, time, title, body (or text).
"""

import argparse
import time
from pathlib import Path

from rich.table import Table

from xiucheng.run.say import answer, both, err, out
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import at_least_one


def configure(parser: argparse.ArgumentParser) -> None:
    """The file, how many to show."""
    parser.add_argument("file", type=Path, metavar="FILE", help="JSONL 文件 · the messages")
    parser.add_argument(
        "--least", type=at_least_one, default=2, metavar="N", help="至少几条算一个热点 · messages that make a topic (2)"
    )
    parser.add_argument(
        "--most", type=at_least_one, default=20, metavar="N", help="屏幕上显示几个 · how many to show (20)"
    )


def execute(args: argparse.Namespace) -> int:
    """Read, compare, group; the hottest as a table, all of them as an object."""
    from xiucheng.triage import messages, topics
    from xiucheng.triage.alike import alike

    if not args.file.is_file():
        raise Trouble("no_file", file=args.file)
    began = time.monotonic()
    with err.status(both("正在比对留言……", "comparing messages …")):
        read = messages.read(args.file)
        found = topics.topics(read, alike(read), args.least)
    facts = [topic.facts(rank) for rank, topic in enumerate(found, 1)]
    if args.json:
        answer({"ok": True, "messages": len(read), "seconds": round(time.monotonic() - began, 2), "topics": facts})
        return 0
    table = Table(title=both(f"{len(read)} 条留言，{len(found)} 个话题", f"{len(read)} messages, {len(found)} topics"))
    for name in both("排名 人数 条数 地点 时间 描述", "rank people messages place time description").split():
        table.add_column(name)
    for topic in facts[: args.most]:
        span = " – ".join(sorted({str(topic[k])[:10] for k in ("from", "to") if topic[k]}))
        table.add_row(*(str(topic[k]) for k in ("rank", "people", "messages", "place")), span, topic["description"])
    out.print(table)
    return 0

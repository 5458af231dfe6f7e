"""体检 · check the installation: programs, disk, ports, data, keys, calendar, worker, queues.

有一项不对就返回 1。Exit code 1 if anything is at fault.
"""

import argparse
import os
from dataclasses import asdict

from xiucheng.run import checks
from xiucheng.run.ground import Ground
from xiucheng.run.here import use_database
from xiucheng.run.say import answer, say
from xiucheng.run.trouble import Trouble

MARKS = {"ok": ("✔", "green"), "warn": ("!", "yellow"), "fault": ("✗", "bold red")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng doctor`."""
    parser.add_argument("--port", type=int, default=os.environ.get("XIUCHENG_PORT", "8000"), help="网页端口 · port")


def examine(port: int) -> list[checks.Finding]:
    """All findings; a database that cannot be reached is one of them."""
    ground = Ground()
    found = list(checks.without_database(ground, port))
    if not os.environ.get("DATABASE_URL") and not (ground.database / "PG_VERSION").exists():
        return [
            *found,
            checks.Finding("data", "warn", "还没有数据：xiucheng run（make run）", "No data yet: xiucheng run"),
        ]
    try:
        with use_database(django=True):
            from django.db import Error, connection

            try:
                found += checks.with_database()
            except Error as error:
                said = str(error).strip().splitlines()[0]
                found.append(
                    checks.Finding("database", "fault", f"数据库不可用：{said}", f"The database fails: {said}")
                )
            finally:
                connection.close()
    except Trouble as trouble:
        found.append(checks.Finding("database", "fault", trouble.zh, trouble.en))
    return found


def execute(args: argparse.Namespace) -> int:
    """Print one line for each finding and what it comes to."""
    found = examine(args.port)
    for finding in found:
        mark, style = MARKS[finding.level]
        say(f"{mark} {finding.zh}", f"{mark} {finding.en}", style=style)
    faults = [f.check for f in found if f.level == "fault"]
    warnings = [f.check for f in found if f.level == "warn"]
    say(
        f"{len(found)} 项检查，{len(faults)} 项不对，{len(warnings)} 项要留意。",
        f"{len(found)} checks, {len(faults)} faults, {len(warnings)} to watch.",
        style="bold",
    )
    if args.json:
        answer({"ok": not faults, "faults": faults, "warnings": warnings, "findings": [asdict(f) for f in found]})
    return 1 if faults else 0

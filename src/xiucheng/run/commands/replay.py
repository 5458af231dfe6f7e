"""重放真实来件：逐条收下，再分诊、派遣 · Replay messages from a JSONL file through intake, triage and dispatch.

One message a line: `title` and `body` (or `words`), optional `id`, `time`, `kind`, `place`, `lng`, `lat`, `datum`. Each goes the
way of every report. A message that is there already is not stored again, so a broken run is simply run again. Exit code 1 if
a line was faulty or messages still wait for triage or dispatch at the end.
"""

import argparse
import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from xiucheng.run import say
from xiucheng.run.here import use_database
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import not_negative

EVERY: Final = 50
TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
FAULTS_SHOWN: Final = 20
PATIENCE: Final = 120.0


@dataclass(slots=True)
class Count:
    """What became of the file."""

    read: int = 0
    stored: int = 0
    already: int = 0
    faulty: int = 0
    filed: int = 0
    dispatched: int = 0
    merged: int = 0
    understood: int = 0
    at_desk: int = 0
    not_understood: int = 0
    waiting: int = 0
    seconds: float = 0.0


def configure(parser: argparse.ArgumentParser) -> None:
    """`xiucheng replay FILE.jsonl`."""
    parser.add_argument("file", type=Path, help="JSONL 文件，一行一条 · JSONL file, one message a line")
    parser.add_argument(
        "--limit", type=not_negative, default=0, help="最多读几条（0 为全部）· at most so many messages"
    )
    parser.add_argument("--channel", default="import", help="算作哪个渠道 · which channel they count as")


def execute(args: argparse.Namespace) -> int:
    """Store, understand, dispatch; then count what is in the database."""
    if not args.file.is_file():
        raise Trouble("no_file", file=str(args.file))
    with use_database(django=True):
        count, faults = _replay(args.file, args.limit, args.channel)
    _tell(count, faults)
    done = not count.faulty and not count.waiting
    if args.json:
        say.answer({"ok": done, **asdict(count), "faults": faults[:FAULTS_SHOWN]})
    return 0 if done else 1


def _replay(file: Path, limit: int, channel: str) -> tuple[Count, list[dict[str, Any]]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    began = time.monotonic()
    count, faults = Count(), []
    total = sum(1 for _ in _lines(file, limit))
    keys: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say.err) as bar:
        step = bar.add_task(say.both("收件并派遣", "taking in"), total=total)
        for number, line in _lines(file, limit):
            count.read += 1
            fault = _one(file, number, line, channel, count, keys)
            if fault:
                count.faulty += 1
                faults.append({"line": number, "why": fault})
            if count.read % EVERY == 0:
                _work(once=True)
            bar.update(step, advance=1)
        _work(once=False)
    _look(count, keys, channel)
    count.seconds = round(time.monotonic() - began, 2)
    return count, faults


def _lines(file: Path, limit: int) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            if limit and number > limit:
                return
            if line.strip():
                yield number, line


def _one(file: Path, number: int, line: bytes, channel: str, count: Count, keys: list[str]) -> str:
    """Take one message in; gives what is wrong with it, or nothing."""
    from xiucheng.intake.actions import take_in
    from xiucheng.rules.refusals import Refused

    try:
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError("没有内容")
        given = _given(message)
    except (ValueError, TypeError) as wrong:
        return f"读不懂：{wrong}"[:200]
    name = message.get("id") or hashlib.sha256(line).hexdigest()[:16]
    key = f"{file.stem[:40]}:{name}"[:80]
    try:
        made = take_in(channel=channel, external_key=key, **given)
    except Refused as refusal:
        return refusal.zh
    keys.append(key)
    count.already += made.again
    count.stored += not made.again
    return ""


def _given(message: dict[str, Any]) -> dict[str, Any]:
    from xiucheng.intake.actions import Point
    from xiucheng.triage import kinds

    parts = [str(message.get(name) or "").strip() for name in ("title", "body")]
    words = str(message.get("words") or "").strip() or "\n".join(p for p in parts if p)
    given: dict[str, Any] = {"words": words, "place": str(message.get("place") or "")}
    given["kind"] = str(message.get("kind") or kinds.guess(words)[0])
    if message.get("time"):
        given["said_at"] = _moment(str(message["time"]))
    if message.get("lng") is not None and message.get("lat") is not None:
        datum = str(message.get("datum") or "wgs84")
        given["point"] = Point(float(message["lng"]), float(message["lat"]), datum)
    return given


def _moment(text: str) -> dt.datetime:
    from xiucheng.city.clock import ZONE

    for form in TIMES:
        try:
            return dt.datetime.strptime(text.strip(), form).replace(tzinfo=ZONE)
        except ValueError:
            continue
    return dt.datetime.fromisoformat(text.strip())


def _work(*, once: bool) -> None:
    """Let triage and dispatch work; the running service's worker may work beside us, the rows are leased."""
    from django.db import connection

    from xiucheng.dispatch import actions as dispatch
    from xiucheng.triage import actions as triage
    from xiucheng.triage import jobs, learn

    model = jobs.current()
    if model is None:
        learn.learn()
        model = jobs.current()
    if model is None:
        return
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if triage.work(model, EVERY) + dispatch.work(EVERY):
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_errand WHERE kind IN ('triage', 'route')")
            waiting = cursor.fetchone()[0]
        if once or not waiting:
            return
        time.sleep(0.2)


def _look(count: Count, keys: list[str], channel: str) -> None:
    """Count in the database, not in this program."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE c.filed_at IS NOT NULL), count(*) FILTER (WHERE c.dispatched_at IS NOT NULL),"
            " count(*) FILTER (WHERE c.state = 'merged'), count(*) FILTER (WHERE p.understood),"
            " count(*) FILTER (WHERE c.state = 'to_register'),"
            " count(*) FILTER (WHERE c.state = 'to_register' AND NOT coalesce(p.understood, false)),"
            " count(*) FILTER (WHERE e.kind IN ('triage', 'route')), count(*)"
            " FROM cases_report r JOIN cases_case c ON c.id = r.case_id LEFT JOIN triage_proposal p ON p.case_id = c.id"
            " LEFT JOIN cases_errand e ON e.case_id = c.id"
            " WHERE r.channel = %s AND r.external_key = ANY(%s)",
            [channel, keys],
        )
        row = cursor.fetchone()
    count.filed, count.dispatched, count.merged, count.understood, count.at_desk, count.not_understood = row[:6]
    count.waiting, stored = row[6:]
    if stored != len(set(keys)):
        raise Trouble("count_differs", read=len(set(keys)), stored=stored)


def _tell(count: Count, faults: list[dict[str, Any]]) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        say.say(f"第 {fault['line']} 行：{fault['why']}", f"line {fault['line']}: {fault['why']}", style="yellow")
    say.say(
        f"读入 {count.read} 条：新存 {count.stored}，已有 {count.already}，有误 {count.faulty}。看懂 {count.understood}，"
        f"立案 {count.filed}，派遣 {count.dispatched}，并案 {count.merged}，留给受理员 {count.at_desk}"
        f"（其中没看懂 {count.not_understood}）。用时 {count.seconds} 秒。",
        f"{count.read} read: {count.stored} stored, {count.already} there already, {count.faulty} faulty. "
        f"{count.understood} understood, {count.filed} filed, {count.dispatched} dispatched, {count.merged} merged, "
        f"{count.at_desk} left at the desk ({count.not_understood} not understood). {count.seconds} s.",
    )
    if count.waiting:
        say.say(
            f"还有 {count.waiting} 条在等分诊或派遣，一条也没有丢：服务运行时会继续办，也可以再执行一次本命令。",
            f"{count.waiting} still wait for triage or dispatch; none is lost. The running service goes on with them, or "
            "run this again.",
            style="yellow",
        )

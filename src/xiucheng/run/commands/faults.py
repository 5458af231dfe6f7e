"""故障演练：边写边杀进程，事后逐条核对 · write while processes are killed, then look up every answer.

在单独的数据目录里起一套完整服务，不碰现有数据。
A service of its own in a folder of its own; what is there is not touched.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xiucheng.run.ground import Ground
from xiucheng.run.listen import another, check_numbers, check_port
from xiucheng.run.say import answer, both, say
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import at_least_one, not_negative

START_SECONDS = 120.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng faults`."""
    parser.add_argument("--reports", type=at_least_one, default=10_000, help="上报件数 · reports")
    parser.add_argument("--kills", type=not_negative, default=100, help="杀进程次数 · kills")
    parser.add_argument("--clients", type=at_least_one, default=8, help="客户端数 · clients")
    parser.add_argument("--port", type=int, default=8140, help="端口 · port")


@contextlib.contextmanager
def service(folder: Path, port: int, smtp: str) -> Iterator[Ground]:
    """A whole service in this folder; stopped in the end."""
    check_numbers(port, port + 1)
    check_port("127.0.0.1", port, another(port))
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("XIUCHENG_")}
    world = {**kept, "XIUCHENG_DATA": str(folder), "XIUCHENG_SMTP": smtp}
    log = folder.parent / "service.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "xiucheng.run.cli", "run", "--port", str(port), "--json"],
            env=world, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while b'"ok": true' not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > until:
                raise Trouble("web_failed", said=log.read_text(encoding="utf-8")[-2000:], log=str(log))
            time.sleep(0.2)
        yield Ground(folder)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def prepare_clients(ground: Ground, url: str) -> str:
    """Use the service's database in this process; gives an operator's API token."""
    os.environ.update({"DATABASE_URL": url, "XIUCHENG_DATA": str(ground.folder), "XIUCHENG_DEMO": "1"})
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiucheng.run.settings"
    import django

    django.setup()
    from xiucheng.api.actions import give_token
    from xiucheng.people.models import Posting

    def first(post: str) -> Any:
        return Posting.objects.filter(post=post).order_by("account_id")[0].account

    return give_token(by=first("security_admin"), account=first("operator"), name="faults")


def play(args: argparse.Namespace, ground: Ground, got: Any) -> dict[str, Any]:
    """Send, kill, wait, look everything up."""
    from xiucheng.run.faults.clients import Ledger, Load, send
    from xiucheng.run.faults.killer import Killer
    from xiucheng.run.prepare import bar

    state = ground.read_state()
    assert state is not None
    token = prepare_clients(ground, str(state["database"]))
    ledger = Ledger()
    load = Load(str(state["url"]), f"f{secrets.token_hex(4)}", token, args.reports)
    killer = Killer(ground.read_state, lambda: ledger.done() / max(args.reports, 1), args.kills)
    stop, began = threading.Event(), time.monotonic()
    threads = send(load, ledger, args.clients)
    striking = threading.Thread(target=killer.work, args=(stop,), daemon=True)
    striking.start()
    with bar() as progress:
        task = progress.add_task(both("边写边杀", "Writing under fire"), total=args.reports)
        while any(thread.is_alive() for thread in threads):
            progress.update(task, completed=ledger.done())
            time.sleep(0.2)
        progress.update(task, completed=ledger.done())
    seconds = time.monotonic() - began
    stop.set()
    striking.join()
    return _judge(args, ledger, killer, seconds, got)


def _judge(args: argparse.Namespace, ledger: Any, killer: Any, seconds: float, got: Any) -> dict[str, Any]:
    from django.db import connection

    from xiucheng.run.faults import verify

    connection.close()  # it may have been killed with the others
    wrong = verify.everything(ledger, args.reports, got)
    waits = sorted(ledger.seconds)
    return {
        "reports": len(ledger.reports),
        "acts": len(ledger.acts),
        "refused": ledger.refused,
        "requests": ledger.tries,
        "kills": killer.killed.total(),
        "killed": dict(killer.killed),
        "seconds": round(seconds, 1),
        "longest_wait": round(waits[-1], 2) if waits else 0,
        "mails": sum(got.values()),
        "wrong": {name: found[:20] for name, found in wrong.items() if found},
    }


def execute(args: argparse.Namespace) -> int:
    """Play it and say what came of it; 1 if anything is wrong."""
    from xiucheng.run.faults.mailbox import Mailbox

    box = Mailbox()
    smtp = box.open()
    ground = Path(tempfile.mkdtemp(prefix="xiucheng-faults-"))
    try:
        with service(ground / "data", args.port, smtp) as own:
            found = play(args, own, box.got)
            _close()
    finally:
        box.close()
    shutil.rmtree(ground, ignore_errors=True)
    _tell(found)
    if args.json:
        answer({"ok": not found["wrong"], **found})
    return 1 if found["wrong"] else 0


def _close() -> None:
    from django.db import connection

    connection.close()


def _tell(found: dict[str, Any]) -> None:
    say(
        f"{found['reports']} 件上报、{found['acts']} 次操作得到确认；杀进程 {found['kills']} 次 {found['killed']}；"
        f"{found['seconds']} 秒，请求 {found['requests']} 次，最长等待 {found['longest_wait']} 秒。",
        f"{found['reports']} reports and {found['acts']} acts acknowledged; {found['kills']} kills {found['killed']}; "
        f"{found['seconds']} s, {found['requests']} requests, longest wait {found['longest_wait']} s.",
    )
    if not found["wrong"]:
        say(
            "✔ 一件不少，一件不重，没有卡住的案件。",
            "✔ Nothing lost, nothing twice, no case stuck.",
            style="bold green",
        )
    for name, lines in found["wrong"].items():
        for line in lines:
            say(f"✗ {name}: {json.dumps(line, ensure_ascii=False)}", f"✗ {name}: {line}", style="red")

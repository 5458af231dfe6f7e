"""启动整套服务 · start the whole service: database, pages, worker and live events under one parent.

首次启动会新建数据目录并载入演示城区；Ctrl-C 停止。
The first start makes the data folder and loads the demo district; Ctrl-C stops it.
"""

import argparse
import http.client
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from xiucheng import __version__
from xiucheng.run.children import tied
from xiucheng.run.ground import Ground
from xiucheng.run.listen import address, another, check_numbers, check_port
from xiucheng.run.parent import Service, Stopping, Wish, log_tail, shown_host
from xiucheng.run.say import answer, both, err, out, say
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import at_least_one

READY_SECONDS = 60.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `xiucheng run`."""
    number = os.environ.get
    parser.add_argument("--host", default=number("XIUCHENG_HOST", "127.0.0.1"), help="监听地址 · address to listen on")
    parser.add_argument(
        "--port", type=int, default=number("XIUCHENG_PORT", "8000"), help="网页端口 · port of the pages"
    )
    parser.add_argument("--live-port", type=int, default=0, help="实时推送端口，默认为网页端口加一 · default: port + 1")
    parser.add_argument("--workers", type=at_least_one, default=2, help="网页进程数 · web processes")
    parser.add_argument("--threads", type=at_least_one, default=4, help="每个网页进程的线程数 · threads in each")
    parser.add_argument("--pack", type=Path, help="首次启动载入的城区配置包 · district pack of the first start")
    parser.add_argument("--hosts", default="", help="允许的域名，逗号分隔 · host names to answer to")
    parser.add_argument("--once", action="store_true", help="就绪后即停止（自检） · stop as soon as it is ready")


def is_demo(ground: Ground, pack: Path | None) -> bool:
    """Whether this installation is the demo: decided by the pack of the first start and remembered."""
    kept = ground.facts()
    demo = bool(kept.get("demo", pack is None))
    if kept != {"demo": demo, "version": __version__}:
        ground.write_version(demo=demo)
    return demo


def make_ready(ground: Ground, wish: Wish, url: str, pack: Path | None) -> dict[str, Any]:
    """Run the preparation in a process of its own and give what it did; what stood in its way is raised here."""
    done = subprocess.run(
        tied("-m", "xiucheng.run.prepare", *([str(pack)] if pack else [])),
        env={**os.environ, **wish.environment(ground, url)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C in the terminal is for the parent, who ends this
    )
    said = done.stdout.splitlines()
    if done.returncode != 0 or not said:
        raise Trouble("not_prepared", exit_code=done.returncode)
    found: dict[str, Any] = json.loads(said[-1])
    if "trouble" in found:
        ours = found["trouble"] == "database_unreachable" and not os.environ.get("DATABASE_URL")
        raise Trouble("database_lost" if ours else found["trouble"], **found["facts"])
    return found


def wait_until_ready(service: Service) -> None:
    """Wait for the first answer of the pages; a service that cannot start says why."""
    until = time.monotonic() + READY_SECONDS
    web = service.children[0]
    host = shown_host(service.wish.host).strip("[]")  # brackets belong to links, not to connections
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection(host, service.wish.port, timeout=5)
            connection.request("GET", "/readyz", headers={"Host": "127.0.0.1"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        if not web.alive():
            break
        time.sleep(0.1)
    raise Trouble("web_failed", said=log_tail(web.log), log=str(web.log))


def greet(service: Service, sign_ins: list[dict[str, str]], seconds: float) -> None:
    """Print the addresses and, in a demo, who may sign in how."""
    base = f"http://{shown_host(service.wish.host)}:{service.wish.port}"
    say(f"✔ 绣城已启动（{seconds:.1f} 秒）", f"✔ Xiucheng is running ({seconds:.1f} s)", style="bold green")
    for path, zh, en in (
        ("/", "市民反映问题", "residents report here"),
        ("/desk/", "中心与责任单位工作台", "workbench of the centre and the units"),
        ("/field/", "现场人员手机端", "phones in the street"),
        ("/api/v1/docs", "开放接口", "the API"),
    ):
        say(f"  {base + path:<36} {zh}", f"  {base + path:<36} {en}")
    if sign_ins:
        say("演示账号（仅用于演示）：", "Demo sign-ins (of the demo only):", style="bold")
        for row in sign_ins:
            say(
                f"  {row['post']}{' ' * max(1, 14 - cell_len(row['post']))}{row['username']:<16} {row['password']}",
                f"  {row['post_en']:<16} {row['username']:<16} {row['password']}",
            )
    say(
        f"数据目录 {service.ground.folder} · 日志 {service.ground.logs} · 按 Ctrl-C 停止",
        f"Data {service.ground.folder} · logs {service.ground.logs} · Ctrl-C stops it",
    )


def execute(args: argparse.Namespace) -> int:
    """Start, say so, look after it, stop in order."""
    began = time.monotonic()
    args.host = address(args.host)
    live_port = args.live_port or args.port + 1
    check_numbers(args.port, live_port)
    os.umask(0o077)
    ground = Ground()
    ground.prepare()
    if (left := ground.lock()) is not None:
        say(
            f"上次没有正常退出（进程 {left}），已接手它留下的锁文件。",
            f"Process {left} left its lock file behind; taken over.",
            style="yellow",
        )
    service = None
    try:
        for port in (args.port, live_port):
            check_port(args.host, port, another(args.port))
        demo = is_demo(ground, args.pack)
        if demo:
            ground.demo_password()
        service = Service(ground, Wish(args.host, args.port, live_port, args.workers, args.threads, demo, args.hosts))
        return _serve(service, args, began)
    finally:
        if service is not None:
            service.stop()
        ground.unlock()


def _serve(service: Service, args: argparse.Namespace, began: float) -> int:
    service.catch_signals()
    ready = False
    try:
        if not service.ground.database.exists() and not os.environ.get("DATABASE_URL"):
            say("首次启动：正在新建数据库……", "First start: laying the database …")
        url = service.open_database()
        prepared = make_ready(service.ground, service.wish, url, args.pack)
        service.start(url)
        wait_until_ready(service)
        ready, seconds = True, time.monotonic() - began
        greet(service, prepared["sign_ins"], seconds)
        if args.json:
            answer(
                {
                    "ok": True,
                    "url": f"http://{shown_host(args.host)}:{args.port}",
                    "seconds": round(seconds, 2),
                    **prepared,
                }
            )
        out.file.flush()
        if not args.once:
            service.mind()
    except Stopping:
        err.print(both("正在停止……", "Stopping …"))
        if not ready:
            raise KeyboardInterrupt from None
    return 0

"""演示城区的一天：居民上报、单位办理、巡查核查 · play a day in the demo district

Everything goes through the running service's public interfaces; only the demo's clock is set beside them.
`--rate` turns it into a load driver: so many reports a second over so many kept connections.
"""

import argparse
import datetime as dt
import http.client
import socket
import threading
import time
from collections import Counter
from typing import Any

from rich.progress import Progress

from xiucheng.run.demo.citizens import Citizens
from xiucheng.run.demo.client import AnswerError, Client
from xiucheng.run.demo.day import Day
from xiucheng.run.ground import Ground
from xiucheng.run.here import use_database
from xiucheng.run.say import answer, both, err, out, say
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import above_zero, at_least_one


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--address", default="", help="服务地址，默认为本机正在运行的服务 · default: the service running here"
    )
    parser.add_argument("--reports", type=at_least_one, default=60, help="一天的上报数 · reports in the day (60)")
    parser.add_argument(
        "--hours", type=above_zero, default=9.0, help="演示时钟上的小时数 · hours on the demo's clock (9)"
    )
    parser.add_argument(
        "--speed", type=above_zero, default=120.0, help="演示时钟快多少倍 · demo seconds per second (120)"
    )
    parser.add_argument("--seed", type=int, default=0, help="同一个种子演同一天，0 为随机 · 0: another day each time")
    parser.add_argument("--rate", type=float, default=0.0, help="压力模式：每秒上报数 · load: reports a second")
    parser.add_argument(
        "--seconds", type=above_zero, default=30.0, help="压力模式的秒数 · load: for so many seconds (30)"
    )
    parser.add_argument(
        "--connections", type=at_least_one, default=8, help="压力模式的连接数 · load: kept connections (8)"
    )


def execute(args: argparse.Namespace) -> int:
    """Play the day or drive the load; prints what happened."""
    ground = Ground()
    state = ground.read_state()
    if not args.address and not state:
        raise Trouble("not_running")
    address = args.address or str((state or {})["url"])
    seed = args.seed or int(time.time())
    try:
        Client(address).page("/healthz")
        counts = _load(args, address, seed) if args.rate else _day(args, address, seed, ground)
    except (ConnectionError, TimeoutError, socket.gaierror, http.client.HTTPException) as error:
        raise Trouble("no_service", address=address, said=str(error) or type(error).__name__) from error
    if args.json:
        answer({"ok": True, "seed": seed, **counts})
    else:
        out.print(counts)
    return 0


def _day(args: argparse.Namespace, address: str, seed: int, ground: Ground) -> dict[str, int]:
    with use_database(django=True):
        from django.conf import settings

        from xiucheng.city import clock
        from xiucheng.city.registers import registers

        if not settings.DEMO:
            raise Trouble("not_demo")
        _set_clock(clock, registers, args.speed)
        try:
            day = Day(
                address, settings.SECRETS.get("demo_password", ""), now=clock.now, speed=args.speed, seed=seed,
                reports=args.reports, hours=args.hours,
            )  # fmt: skip
            counts = _shown(day, clock)
        finally:
            clock.set_demo_clock(shown_at=clock.now(), rate=1.0)
    return dict(counts)


def _set_clock(clock: Any, registers: Any, speed: float) -> None:
    """The day begins in working hours; the demo's time never runs backwards."""
    shown = clock.now()
    calendar = registers().law.calendar
    if not calendar.is_working(shown):
        shown = calendar.add(shown, 60, "working").at - dt.timedelta(seconds=60)
        say("演示时钟拨到下一个上班时间。", "The demo's clock goes to the next working hour.")
    clock.set_demo_clock(shown_at=shown, rate=speed)


def _shown(day: Day, clock: Any) -> Counter[str]:
    with Progress(console=err) as progress:
        task = progress.add_task(both("演示", "Demo"), total=1.0)

        def tell(counts: Counter[str], share: float) -> None:
            local = clock.now().astimezone(clock.ZONE)
            said = both(
                f"{local:%m-%d %H:%M} 上报 {counts['reports']} 结案 {counts['close']}",
                f"{local:%m-%d %H:%M} reports {counts['reports']} closed {counts['close']}",
            )
            progress.update(task, completed=share, description=said)

        return day.run(tell)


def _load(args: argparse.Namespace, address: str, seed: int) -> dict[str, Any]:
    """Reports at a steady rate over kept connections; what is refused is counted by its code."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    stop_at = time.monotonic() + args.seconds
    spent: list[float] = []

    def drive(number: int) -> None:
        client, citizens = Client(address), Citizens(seed + number)
        due = time.monotonic() + number / args.rate
        while due < stop_at:
            time.sleep(max(due - time.monotonic(), 0))
            begin = time.monotonic()
            try:
                client.post("/api/v1/reports", citizens.next().body)
                code = "reports"
            except AnswerError as refusal:
                code = f"refused:{refusal.code}"
            except OSError:
                code = "unreachable"
            with lock:
                counts[code] += 1
                spent.append(time.monotonic() - begin)
            due += args.connections / args.rate

    threads = [threading.Thread(target=drive, args=(n,)) for n in range(args.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent.sort()
    middle = spent[len(spent) // 2] * 1000 if spent else 0.0
    return {
        **counts,
        "p50_ms": round(middle, 2),
        "p99_ms": round(spent[int(len(spent) * 0.99)] * 1000, 2) if spent else 0.0,
    }

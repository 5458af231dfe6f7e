"""How many messages the service takes in (来件性能): sent at a steady rate, some twice, worked off to the end, counted one by one."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import connection

from xiucheng.run.bench import platform, scenes
from xiucheng.run.bench.client import Answered, Connection
from xiucheng.run.bench.measure import Eyes, Row, summary
from xiucheng.run.bench.scenes import Delivery, Plan

CONNECTIONS: Final = 32
PATIENCE: Final = 1200.0
LOOK: Final = 0.25
_SERIAL: Final = re.compile(r"（(\d+-\d+)）")
_WAITING: Final = """
SELECT (SELECT count(*) FROM intake_incoming WHERE state = 'waiting'),
  (SELECT count(*) FROM cases_errand WHERE kind IN ('triage', 'route'))
"""
_NOTICES: Final = "SELECT count(*) FROM notices_notice WHERE state IN ('queued', 'sending') AND recipient_kind IN ('talk', 'reporter')"
_COUNTS: Final = """
SELECT (SELECT count(*) FROM intake_incoming), (SELECT count(*) FROM intake_incoming WHERE state = 'done'),
  (SELECT count(*) FROM cases_report), (SELECT count(*) FROM cases_case)
"""


@dataclass
class Queue:
    """How deep the queues were and when they were empty, in seconds since the last message was sent."""

    deepest: list[int] = field(default_factory=lambda: [0, 0])
    empty: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def look(self, since: float) -> tuple[int, ...]:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            now: tuple[int, ...] = cursor.fetchone()
        for n, deep in enumerate(now):
            self.deepest[n] = max(self.deepest[n], deep)
            if deep:
                self.empty[n] = time.monotonic() - since
        return now


def measure(url: str, eyes: Eyes, accounts: Path, rate: float, seconds: float) -> Row:
    """Send `rate` a second for `seconds`, wait until all is worked off, and compare with what was sent."""
    plan = scenes.plan(int(rate * seconds), rate, _places())
    with platform.phone() as (phone, api):
        platform.accounts(accounts, api)
        spent, before = eyes.spent(), _counts()
        queue, done, took = Queue(), Answered(), 0.0
        driver = threading.Thread(target=lambda: done.add(drive(url, plan.deliveries, rate)))
        began = time.monotonic()
        driver.start()
        while driver.is_alive():
            queue.look(began)
            driver.join(LOOK)
        sent = time.monotonic()
        _until(lambda: not any(queue.look(sent)))
        used = eyes.spent().minus(spent).parts
        _until(lambda: not _one(_NOTICES))
        took = time.monotonic() - sent
        found = [now - then for now, then in zip(_counts(), before, strict=True)]
        wrong = _wrong(plan, done, found, phone.count("谢谢，已经收到"), phone.count("Thank you, we have it"))
    each = {name: round(value / len(plan.deliveries), 3) for name, value in used.items()}
    figures: dict[str, Any] = {
        **summary(done.times), "rate": round(len(plan.deliveries) / (sent - began), 1), "sent": len(plan.deliveries),
        "kept": found[0], "reports": found[2], "cases": found[3], "duplicates": done.statuses.get(200, 0) - found[0],
        "wrong": wrong, "statuses": done.statuses, "web_cpu_ms": each.get("web", 0.0),
        "worker_cpu_ms": each.get("worker", 0.0), "database_cpu_ms": _database(each), "each_cpu_ms": each,
        "deepest": queue.deepest[0], "drained_s": round(queue.empty[0], 1), "deepest_errands": queue.deepest[1],
        "dispatched_s": round(queue.empty[1], 1), "answered_s": round(took, 1),
    }  # fmt: skip
    return Row(f"messages in, {rate:g}/s for {seconds:g} s, 5 % twice", figures, "exactly the reports", not wrong)


def _database(each: dict[str, float]) -> float:
    return round(sum(value for name, value in each.items() if name.startswith("database")), 3)


def drive(url: str, deliveries: Sequence[Delivery], rate: float) -> Answered:
    """Send each at its time, those of one person on one connection; times count from when it should have been sent."""
    began, parts = time.perf_counter() + 0.2, [Answered() for _ in range(CONNECTIONS)]
    lanes: list[list[tuple[float, Delivery]]] = [[] for _ in parts]
    for n, one in enumerate(deliveries):
        lanes[one.person % CONNECTIONS].append((began + n / rate, one))
    threads = [
        threading.Thread(target=_lane, args=(url, lane, part)) for lane, part in zip(lanes, parts, strict=True) if lane
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Answered(seconds=time.perf_counter() - began)
    for part in parts:
        total.add(part)
    return total


def _lane(url: str, lane: Sequence[tuple[float, Delivery]], found: Answered) -> None:
    peer = Connection(url)
    for due, one in lane:
        time.sleep(max(0.0, due - time.perf_counter()))
        status, _ = peer.ask(one.make(url))
        found.times.append((time.perf_counter() - due) * 1000)
        found.statuses[status] = found.statuses.get(status, 0) + 1
    peer.close()


def _wrong(plan: Plan, done: Answered, found: Sequence[int], *thanked: int) -> list[str]:
    """What differs from what was sent; empty when all is as it must be."""
    said = Counter(serial for (words,) in _rows("SELECT summary FROM cases_case WHERE channel IN ('wechat', 'hook')")
                   for serial in _SERIAL.findall(words) if serial in plan.serials)  # fmt: skip
    expected = {
        "answers": (len(plan.deliveries), done.statuses.get(200, 0)),
        "kept": (plan.messages + plan.events, found[0]),
        "worked off": (plan.messages + plan.events, found[1]),
        "reports": (len(plan.serials), found[2]),
        "cases": (len(plan.serials), found[3]),
        "matters": (len(plan.serials), len(said)),
        "matters told twice": (0, sum(1 for times in said.values() if times > 1)),
        "thanks": (plan.thanked, sum(thanked)),
    }
    lost = " ".join(sorted(plan.serials - set(said))[:3])
    wrong = [f"{name}: {got} instead of {must}" for name, (must, got) in expected.items() if must != got]
    return wrong + [f"not found: {lost}"] * bool(lost)


def _until(over: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not over() and time.monotonic() < until:
        time.sleep(LOOK)


def _places() -> list[str]:
    """House numbers that the district knows."""
    rows = _rows("SELECT name, house_from, house_to FROM city_landmark WHERE house_to IS NOT NULL ORDER BY id")
    return [
        f"{name}{number}号" for name, first, last in rows for number in range(first, last, max(1, (last - first) // 40))
    ]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _one(sql: str) -> int:
    return int(_rows(sql)[0][0])


def _counts() -> tuple[int, ...]:
    return tuple(_rows(_COUNTS)[0])

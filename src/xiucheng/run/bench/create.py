"""How dear it is to take a report in (上报性能): by the API, over 16 kept connections, everything durable."""

import random
import uuid
from collections.abc import Iterator
from typing import Any, Final

import orjson

from xiucheng.run.bench.client import drive, request
from xiucheng.run.bench.measure import Eyes, Row, summary

CONNECTIONS: Final = 16
WARM: Final = 400
WORDS: Final = (
    "南坪西路火锅店门口的护栏倒了，挡着路，晚上看不见容易绊倒。",
    "小区门口路灯三天没亮了，老人晚上出门不方便。",
    "人行道上的井盖松了，车一压就响，担心掉下去。",
    "垃圾桶满了没有人清，夏天味道很大，请尽快处理。",
    "占道摆摊把盲道堵了，早上七点到九点最严重。",
    "行道树枯枝快掉下来了，下面就是公交站。",
)


def requests(url: str, count: int, seed: int) -> Iterator[bytes]:
    """Reports with words, a place in the district and a phone number, each with its own key."""
    chance = random.Random(seed)  # noqa: S311 - load, not secrets
    for number in range(count):
        body = orjson.dumps(
            {
                "words": f"{WORDS[number % len(WORDS)]}（{number}）",
                "kind": "complaint",
                "lng": round(106.56 + chance.random() * 0.04, 6),
                "lat": round(29.50 + chance.random() * 0.04, 6),
                "contact": {"phone": f"139{chance.randrange(10**8):08d}"},
            }
        )
        yield request(url, "POST", "/api/v1/reports", body, {"Idempotency-Key": uuid.uuid4().hex})


def create(url: str, eyes: Eyes, count: int) -> Row:
    """Send `count` reports and give times, rate and processor time per request."""
    drive(url, lambda: requests(url, WARM, 1), CONNECTIONS)
    before = eyes.spent()
    done = drive(url, lambda: requests(url, count, 2), CONNECTIONS)
    spent = eyes.spent().minus(before).parts
    each = {name: round(value / count, 3) for name, value in spent.items()}
    web, database = each.get("web", 0.0), each.get("database for web", 0.0)
    figures: dict[str, Any] = {
        **summary(done.times),
        "rate": round(count / done.seconds, 1),
        "web_cpu_ms": web,
        "database_cpu_ms": database,
        "cpu_ms": round(web + database, 3),
        "others_cpu_ms": {k: v for k, v in each.items() if k not in {"web", "database for web"}},
        "statuses": done.statuses,
    }
    met = web + database <= 1.5 and figures["p99"] < 60
    return Row(
        "create by the API, 16 kept connections", figures, "≤ 1.5 CPU ms, p99 < 60 ms", met, "52/s, 34 CPU ms (kept)"
    )

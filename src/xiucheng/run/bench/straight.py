"""From the report to the handler's inbox without a hand on it (智能派单用时), and until the map shows it."""

import time
import uuid
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.db import connection

from xiucheng.run.bench.client import Connection, request
from xiucheng.run.bench.measure import Row, summary
from xiucheng.run.bench.pages import STREETS, sign_in

PATIENCE: Final = 5.0
LOOK: Final = 0.005
_ARRIVED: Final = """
SELECT c.state, EXISTS (SELECT 1 FROM notices_notice n WHERE n.subject_kind = 'case' AND n.subject_key = c.id::text
  AND n.recipient_kind = 'unit') FROM cases_case c WHERE c.number = %s
"""


def _clear_words(count: int) -> list[tuple[str, float, float]]:
    """Sentences that the pack itself gives as plain examples and that name no place, each at a pin of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT words FROM city_example WHERE words !~ '[路街道巷号村镇桥]' ORDER BY id LIMIT %s", [count * 3]
        )
        said = [row[0] for row in cursor.fetchall()][::3]
        cursor.execute("SELECT lng, lat FROM city_component WHERE active ORDER BY code LIMIT %s", [count])
        places = cursor.fetchall()
    return [(words, *places[n % len(places)]) for n, words in enumerate(said)]


def straight(url: str, count: int) -> Row:
    """Send clear reports one after another; the time until each lies in a unit's inbox."""
    connection.ensure_connection()
    peer, times, waiting = Connection(url), [], 0
    for words, lng, lat in _clear_words(count):
        body = orjson.dumps({"words": words, "kind": "complaint", "lng": lng, "lat": lat})
        began = time.perf_counter()
        key = {"Idempotency-Key": uuid.uuid4().hex}
        _, answer = peer.ask(request(url, "POST", "/api/v1/reports", body, key))
        number = orjson.loads(answer)["number"]
        if _arrives(number, began):
            times.append((time.perf_counter() - began) * 1000)
        else:
            waiting += 1
    peer.close()
    figures: dict[str, Any] = {**summary(times), "straight": len(times), "left_to_people": waiting}
    met = bool(times) and figures["p99"] < 1000
    return Row("straight through, report → unit's inbox", figures, "p99 < 1 s", met)


def _arrives(number: str, began: float) -> bool:
    while time.perf_counter() < began + PATIENCE:
        with connection.cursor() as cursor:
            cursor.execute(_ARRIVED, [number])
            state, told = cursor.fetchone()
        if told:
            return True
        if state not in {"to_register", "to_file", "to_dispatch"}:
            return False
        time.sleep(LOOK)
    return False


def fresh(url: str) -> Row:
    """How long until the map holds a report that was just acknowledged."""
    path = f"/desk/map/points/?{urlencode({'bbox': STREETS, 'zoom': 15})}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(a.username) FROM people_posting p JOIN people_account a ON a.id = p.account_id"
                       " WHERE post = 'leader' AND a.is_active")  # fmt: skip
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={sign_in(cursor.fetchone()[0])}"}
    peer, times = Connection(url), []
    for number in range(10):
        body = orjson.dumps({"words": f"地图上看得见吗 {number}", "lng": 106.57, "lat": 29.53, "kind": "complaint"})
        _, answer = peer.ask(request(url, "POST", "/api/v1/reports", body, {"Idempotency-Key": uuid.uuid4().hex}))
        wanted, began = orjson.loads(answer)["number"].encode(), time.perf_counter()
        while time.perf_counter() < began + PATIENCE:
            if wanted in peer.ask(request(url, "GET", path, headers=cookie))[1]:
                times.append((time.perf_counter() - began) * 1000)
                break
    peer.close()
    figures: dict[str, Any] = {**summary(times), "seen": len(times)}
    return Row("city map shows a new report", figures, "< 2 s", len(times) == 10 and figures["slowest"] < 2000)

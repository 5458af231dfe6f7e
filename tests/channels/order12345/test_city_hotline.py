"""The simulated platform keeps its own rules (模拟平台): signature, clock, known orders, words, copies."""

import json
import urllib.error
import urllib.request
from typing import Any

from tests.channels.order12345.city_hotline import Hotline


def say(hotline: Hotline, content: dict[str, Any], **how: Any) -> int:
    body, headers = hotline.signed(content, **how)
    named = {name.removeprefix("HTTP_").replace("_", "-").title(): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(hotline.url, body, named), timeout=5) as answer:
            return int(json.loads(answer.read())["code"])
    except urllib.error.HTTPError as wrong:
        with wrong:
            return wrong.code


def test_it_hears_only_who_can_sign_now(hotline: Hotline) -> None:
    assert say(hotline, {"type": "ping"}) == 0
    assert say(hotline, {"type": "ping"}, secret="wrong") == 401
    assert say(hotline, {"type": "ping"}, at=hotline.now() - 301) == 401


def test_it_wants_a_known_order_and_words_of_a_result(hotline: Hotline) -> None:
    hotline.orders = {"A1"}
    assert say(hotline, {"type": "result", "id": "1", "order_no": "B2", "result": "好了"}) == 404
    assert say(hotline, {"type": "result", "id": "1", "order_no": "A1", "result": ""}) == 422
    assert say(hotline, {"type": "result", "id": "1", "order_no": "A1", "result": "好了"}) == 0


def test_it_counts_a_copy_once(hotline: Hotline) -> None:
    hotline.orders = {"A1"}
    for _ in range(3):
        say(hotline, {"type": "stage", "id": "1", "order_no": "A1"})
    assert (len(hotline.taken), hotline.copies) == (1, 2)


def test_it_can_be_busy(hotline: Hotline) -> None:
    hotline.moods = ["busy", "refuse"]
    assert [say(hotline, {"type": "ping"}) for _ in range(3)] == [503, 1, 0]

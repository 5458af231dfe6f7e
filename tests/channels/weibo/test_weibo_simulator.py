"""The simulator says no where the platform does (模拟器自测)."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from tests.channels.weibo.simulator import Weibo, serve


@pytest.fixture
def weibo() -> Iterator[Weibo]:
    made = Weibo(calls_a_day=3)
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


def ask(weibo: Weibo, path: str, token: str = "good", **given: str) -> tuple[int, dict[str, object]]:
    query = urllib.parse.urlencode({"access_token": token, **given})
    try:
        with urllib.request.urlopen(f"{weibo.address}{path}?{query}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as wrong:
        return wrong.code, json.load(wrong)


def test_a_token_that_has_run_out_is_refused_and_not_counted(weibo: Weibo) -> None:
    assert ask(weibo, "/2/statuses/mentions.json", "old") == (401, {"error_code": 21332})
    assert weibo.calls == 0


def test_the_calls_of_the_day_end(weibo: Weibo) -> None:
    assert [ask(weibo, "/2/statuses/mentions.json")[0] for _ in range(4)] == [200, 200, 200, 403]


def test_pages_are_newest_first_after_the_known_one_without_what_is_gone(weibo: Weibo) -> None:
    for number in range(1, 6):
        weibo.write(number, "x")
    weibo.gone.add("4")
    rows = ask(weibo, "/2/statuses/mentions.json", since_id="1", count="2", page="1")[1]["statuses"]
    assert [row["idstr"] for row in rows] == ["5"]  # type: ignore[index, union-attr, attr-defined]
    rows = ask(weibo, "/2/statuses/mentions.json", since_id="1", count="2", max_id="3")[1]["statuses"]
    assert [row["idstr"] for row in rows] == ["3", "2"]  # type: ignore[index, union-attr, attr-defined]


def test_who_called_in_public_is_written_to_once(weibo: Weibo) -> None:
    weibo.write(1, "@城管 路灯不亮", user="9")
    said = {"data": '{"text": "好"}', "receiver_id": "9"}
    assert [ask(weibo, "/2/messages/reply.json", **said)[0] for _ in range(2)] == [200, 400]

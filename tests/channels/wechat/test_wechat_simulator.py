"""The simulated platform keeps the rules (微信模拟器的规矩), so that tests against it mean something."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.channels.wechat.simulator import APPID, SECRET, Platform, Server

ME = "oSomebody"


def call(server: Server, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    raw = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(server.address + path, raw, timeout=5) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def stable(server: Server, **more: Any) -> dict[str, Any]:
    body = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET, **more}
    return call(server, "/cgi-bin/stable_token", body)


def write(server: Server, token: str, text: str = "好", to: str = ME) -> int:
    body = {"touser": to, "msgtype": "text", "text": {"content": text}}
    return int(call(server, f"/cgi-bin/message/custom/send?access_token={token}", body)["errcode"])


@pytest.fixture
def token(server: Server) -> str:
    return str(stable(server)["access_token"])


def test_the_same_token_until_five_minutes_before_its_end_then_both_are_good(server: Server, token: str) -> None:
    assert stable(server)["access_token"] == token
    server.platform.message(ME)
    server.platform.shift = 7200 - 299
    newer = stable(server)["access_token"]
    assert newer != token and write(server, token) == write(server, newer) == 0
    server.platform.shift = 7201
    assert (write(server, token), write(server, newer), write(server, "made-up")) == (42001, 0, 40001)


def test_a_forced_token_kills_the_old_one_and_is_rationed(server: Server, token: str) -> None:
    server.platform.message(ME)
    newer = stable(server, force_refresh=True)["access_token"]
    assert (write(server, token), write(server, newer)) == (42001, 0)
    assert stable(server, force_refresh=True)["errcode"] == 45011
    for n in range(1, 20):
        server.platform.shift = 31.0 * n
        assert "access_token" in stable(server, force_refresh=True)
    server.platform.shift += 31
    assert stable(server, force_refresh=True)["errcode"] == 45009


def test_a_wrong_secret_gives_no_token(server: Server) -> None:
    assert (stable(server, secret="x")["errcode"], stable(server, appid="x")["errcode"]) == (40125, 40013)


def test_five_answers_in_48_hours(server: Server, token: str) -> None:
    server.platform.message(ME)
    assert [write(server, token) for _ in range(6)] == [0] * 5 + [45047]
    server.platform.message(ME)
    server.platform.shift = 48 * 3600 + 1
    assert write(server, str(stable(server)["access_token"])) == 45015


def test_three_answers_in_a_minute_after_an_event(server: Server, token: str) -> None:
    server.platform.event(ME, "CLICK", EventKey="x")
    assert [write(server, token) for _ in range(4)] == [0] * 3 + [45047]
    server.platform.shift = 61
    assert write(server, token) == 45015


def test_who_does_not_follow_or_refuses_is_not_written_to(server: Server, token: str) -> None:
    server.platform.message(ME)
    server.platform.event(ME, "unsubscribe")
    assert (write(server, token), write(server, token, to="oNobody")) == (43004, 40003)
    server.platform.message(ME)
    server.platform.refusing.add(ME)
    assert write(server, token) == 48002


def test_a_template_is_needed_and_the_same_message_is_one(server: Server, token: str) -> None:
    server.platform.message(ME)
    body = {"touser": ME, "template_id": "T1", "data": {"thing1": {"value": "x"}}, "client_msg_id": "k"}
    path = f"/cgi-bin/message/template/send?access_token={token}"
    assert call(server, path, body)["errcode"] == 40037
    server.platform.templates.add("T1")
    assert call(server, path, body)["msgid"] == call(server, path, body)["msgid"]
    assert len(server.platform.sent) == 1
    assert call(server, path, body | {"data": {"thing1": {}}, "client_msg_id": ""})["errcode"] == 47003


def test_media_are_gone_after_three_days(server: Server, token: str) -> None:
    path = f"/cgi-bin/media/get?access_token={token}&media_id={server.platform.keep(b'picture')}"
    with urllib.request.urlopen(server.address + path, timeout=5) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"picture", "image/jpeg")
    server.platform.shift = 3 * 86400 + 1
    path = path.replace(token, str(stable(server)["access_token"]))
    assert call(server, path)["errcode"] == 40007


def test_of_a_video_the_address_is_given(server: Server, token: str) -> None:
    path = f"/cgi-bin/media/get?access_token={token}&media_id={server.platform.keep(b'mp4', 'video/mp4')}"
    with urllib.request.urlopen(call(server, path)["video_url"], timeout=5) as answer:
        assert answer.read() == b"mp4"


def test_laid_down_faults_come_once(server: Server, token: str) -> None:
    server.platform.message(ME)
    server.platform.faults = [("custom", 45009), ("custom", "drop")]
    assert write(server, token) == 45009
    with pytest.raises(OSError):
        write(server, token)
    assert (len(server.platform.sent), write(server, token)) == (1, 0)  # dropped after it was accepted


class Ours(BaseHTTPRequestHandler):
    """An installation that answers as told."""

    said: list[str]
    seen: list[bytes]

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_POST(self) -> None:
        self.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        words = self.said.pop(0) if self.said else "success"
        if words == "slow":
            time.sleep(0.4)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(words.encode())


@pytest.fixture
def ours() -> Iterator[tuple[str, type[Ours]]]:
    kind = type("Told", (Ours,), {"said": [], "seen": []})
    http = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_address[1]}/", kind
    http.shutdown()
    http.server_close()


def test_what_is_not_answered_in_time_is_delivered_three_times(ours: tuple[str, type[Ours]]) -> None:
    address, told = ours
    platform = Platform(patience=0.15)
    told.said[:] = ["slow", "?"]
    assert platform.push(address, platform.message(ME)) == ["no answer", "?", "success"]
    told.said[:] = ["?"] * 9
    assert len(platform.push(address, platform.message(ME))) == 3
    told.said[:] = []
    assert platform.push(address, platform.message(ME), copies=2) == ["success"] * 2
    assert len(told.seen) == 3 + 3 + 2


def exchange(server: Server, code: str) -> dict[str, Any]:
    return call(
        server, f"/sns/oauth2/access_token?appid={APPID}&secret={SECRET}&code={code}&grant_type=authorization_code"
    )


def test_a_code_is_good_once_and_for_five_minutes(server: Server) -> None:
    code, late = server.platform.code(ME), server.platform.code(ME)
    assert (exchange(server, code)["openid"], exchange(server, code)["errcode"]) == (ME, 40029)
    server.platform.shift = 301
    assert exchange(server, late)["errcode"] == 40029


ASKED = {
    "appid": APPID, "redirect_uri": "https://city.example/back/?a=1", "response_type": "code", "scope": "snsapi_base", "state": "a" * 32,
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"appid": "wx0"}, {"scope": "snsapi_userinfo"}, {"response_type": "token"}, {"state": "a-b"}, {"state": "a" * 129},
        {"redirect_uri": "https://elsewhere.example/back/"}, {"redirect_uri": "https://city.example.elsewhere.example/"},
        {"redirect_uri": "/back/"},
    ],
)  # fmt: skip
def test_a_browser_is_sent_back_only_to_the_domain_on_the_list(server: Server, wrong: dict[str, str]) -> None:
    platform = server.platform
    platform.domains, platform.phone_of = {"city.example"}, ME
    address, sentence = platform.authorize(ASKED, "MicroMessenger/8.0")
    assert (
        address.startswith("https://city.example/back/?a=1&code=")
        and address.endswith("&state=" + "a" * 32)
        and not sentence
    )
    address, sentence = platform.authorize({**ASKED, **wrong}, "MicroMessenger/8.0")
    assert (address, bool(sentence)) == ("", True)
    assert platform.authorize(ASKED, "Firefox")[1] == "请在微信客户端打开链接"

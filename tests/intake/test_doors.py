"""Signed JSON and the door for machines (签名、机器入口): who is let in, what is said to others, what is known after a try."""

import socket
import threading
from collections.abc import Iterator

import orjson
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from xiucheng.intake import door, post, signed
from xiucheng.rules.refusals import Refused

SECRET = "a secret of some length"


def code(secret: str, headers: dict[str, str], body: bytes = b"{}", now: float = 1000.0) -> str:
    try:
        signed.check(secret, headers, body, now, 300)
    except Refused as refused:
        return refused.code
    return ""


def test_a_known_vector_is_signed() -> None:
    """The same as `printf '1000.{}' | openssl dgst -sha256 -hmac key` gives."""
    assert signed.signature("key", "1000", b"{}") == "c32de42341dece79a1511c9e7f74a2734112edcfcf48943c976faf07047065db"


@given(st.binary(max_size=50), st.integers(0, 4_000_000_000))
def test_what_we_sign_is_believed_until_a_bit_changes(body: bytes, now: int) -> None:
    headers = signed.headers("me", SECRET, body, now)
    assert code(SECRET, headers, body, now) == ""
    assert code(SECRET, headers, body + b" ", now) == "bad_signature"
    assert code(SECRET, headers | {signed.STAMP: str(now + 1)}, body, now) == "bad_signature"


@pytest.mark.parametrize(("now", "said"), [(1300, ""), (1301, "stale_request"), (700, ""), (699, "stale_request")])
def test_what_is_too_old_or_from_the_future_is_refused(now: int, said: str) -> None:
    assert code(SECRET, signed.headers("me", SECRET, b"{}", 1000), now=now) == said


@pytest.mark.parametrize("stamp", ["", "x", "١٢٣", "1e9", "-5", "9" * 40])
def test_a_stamp_that_is_no_time_is_refused(stamp: str) -> None:
    headers = {signed.STAMP: stamp, signed.SIGNATURE: signed.signature(SECRET, stamp, b"{}")}
    assert code(SECRET, headers) == "stale_request"


def test_without_headers_or_with_a_short_secret_nobody_is_let_in() -> None:
    assert code(SECRET, {}) == "bad_signature"
    assert code("", signed.headers("me", "", b"{}", 1000)) == "bad_signature"
    assert code(SECRET, {signed.SIGNATURE: "不"}) == "bad_signature"


def test_a_body_that_is_too_big_is_not_read() -> None:
    request = RequestFactory().post("/", b"x" * 2048, content_type="application/json")
    with pytest.raises(Refused, match="too_big"):
        door.body(request, 1024)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"1", b'"x"', b"\xff"])
def test_what_is_no_record_is_refused_as_json(raw: bytes) -> None:
    @door.posted
    def view(request: object) -> HttpResponse:
        return door.answer(door.record(raw))

    answer = view(RequestFactory().post("/"))
    assert answer.status_code in {400, 422} and set(orjson.loads(answer.content)) == {"code", "zh", "en"}


@pytest.mark.parametrize(
    ("value", "said"), [(None, "missing"), ("", "missing"), (5, "bad_field"), ("xxxx", "too_long")]
)
def test_a_text_is_checked(value: object, said: str) -> None:
    with pytest.raises(Refused) as refused:
        door.text({"a": value}, "a", 3)
    assert refused.value.code == said


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def hang_up(listener: socket.socket, answer: bytes) -> None:
    peer, _ = listener.accept()
    with peer:
        peer.recv(65536)
        peer.sendall(answer)


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_connection_that_breaks_after_sending_may_have_it(listener: socket.socket, answer: bytes) -> None:
    thread = threading.Thread(target=hang_up, args=(listener, answer))
    thread.start()
    with pytest.raises(post.NoAnswer):
        post.post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, 5.0)
    thread.join()


def test_a_peer_that_says_nothing_may_have_it(listener: socket.socket) -> None:
    with pytest.raises(post.NoAnswer):
        post.post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, 0.2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://x/", "http://", "nothing", "http://127.0.0.1:99999/"])
def test_without_a_connection_it_was_not_sent(url: str) -> None:
    with pytest.raises(post.NotSent):
        post.post(url, b"{}", {}, 1.0)

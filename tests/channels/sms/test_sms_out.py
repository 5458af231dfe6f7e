"""Short messages go out (发短信) to a gateway as strict as a supplier's; every answer in the house's words."""

import pytest
from tests.channels.sms.conftest import Account
from tests.channels.sms.gateway import Gateway

from xiucheng.channels.sms.channel import Sms
from xiucheng.channels.sms.inbound import Messages
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt

MESSAGE = Message(
    "7:2:reporter:9", "reporter", "9", "+86 138 1234 5678", "", "护栏" * 50 + "\nhttps://example.org/t/A/"
)


def test_a_message_is_taken_signed_and_counted(gateway: Gateway) -> None:
    assert Sms().send(MESSAGE) == Receipt("accepted", "ok")
    given = gateway.taken["7:2:reporter:9"]
    assert (given["to"], given["parts"], given["receipt"]) == (
        "13812345678",
        2,
        "http://127.0.0.1:8000/hook/sms/receipts",
    )
    assert given["text"] == "【绣城】" + MESSAGE.text


def test_the_same_message_again_is_accepted_and_sent_once(gateway: Gateway) -> None:
    assert [Sms().send(MESSAGE).result for _ in range(3)] == ["accepted"] * 3
    assert len(gateway.taken) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"quota": 0}, Receipt("failed", "retry_later flow", again=True)),
        ({"status": 503}, Receipt("failed", "retry_later 503", again=True)),
        ({"status": 429}, Receipt("failed", "retry_later 429", again=True)),
        ({"black": {"13812345678"}}, Receipt("failed", "refused_recipient black_list")),
        ({"sign": "别人"}, Receipt("failed", "refused_content bad_sign")),
        ({"secret": "another one"}, Receipt("failed", "broken_config 401")),
        ({"nonsense": True}, Receipt("unknown", "an answer that nobody can read 200", again=True)),
        ({"hang_up": True}, Receipt("unknown", "no answer: RemoteDisconnected", again=True)),
    ],
)
def test_what_the_gateway_says_is_understood(gateway: Gateway, fault: dict[str, object], said: Receipt) -> None:
    for name, value in fault.items():
        setattr(gateway, name, value)
    assert Sms().send(MESSAGE) == said


def test_a_gateway_that_hung_up_after_taking_it_sends_it_once(gateway: Gateway) -> None:
    gateway.hang_up = True
    assert Sms().send(MESSAGE).result == "unknown"
    gateway.hang_up = False
    assert Sms().send(MESSAGE) == Receipt("accepted", "duplicate")
    assert len(gateway.taken) == 1


def test_a_slow_gateway_is_given_up(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("sms"), "timeout_seconds", 0.1)
    gateway.slow = 0.4
    assert Sms().send(MESSAGE) == Receipt("unknown", "no answer: TimeoutError", again=True)


def test_without_a_gateway_it_may_be_tried_again(account: Account) -> None:
    account("http://127.0.0.1:1/")
    assert Sms().send(MESSAGE) == Receipt("failed", "no connection: ConnectionRefusedError", again=True)


def test_a_supplier_has_his_own_codes(gateway: Gateway, account: Account) -> None:
    from xiucheng.channels.sms.channel import receipt
    from xiucheng.intake.post import Reply

    told = receipt(Reply(200, b'{"code": 1005}'), {"codes": {"1005": "refused_recipient"}})
    assert told == Receipt("failed", "refused_recipient 1005")


def test_switched_off_it_is_not_ready(account: Account) -> None:
    assert not Sms().ready()
    account(more="off = true")
    assert not Sms().ready() and Sms().send(MESSAGE) == Receipt("failed", "sms is not set up")
    account()
    assert Sms().ready()


@pytest.mark.parametrize("address", ["", "li@example.org"])
def test_what_is_no_number_is_refused_here(gateway: Gateway, address: str) -> None:
    message = Message("k", "reporter", "9", address, "", "护栏")
    assert (Sms().send(message), gateway.tries) == (Receipt("failed", "refused_recipient no number"), 0)


def test_the_account_is_proved_by_hand(gateway: Gateway) -> None:
    assert [proof.ok for proof in Messages().check()] == [True]
    gateway.secret = "another"
    assert [(proof.ok, proof.zh) for proof in Messages().check()] == [(False, "网关答复：failed broken_config 401")]


def test_the_gateway_of_the_tests_is_strict() -> None:
    made = Gateway()
    assert made.judge({}, b"{}") == (401, "bad_key")
    assert made._content({"to": "13812345678", "text": "【绣城】护栏", "parts": 2}) == "bad_text"
    assert made._content({"to": "+8613812345678", "text": "【绣城】护栏", "parts": 1}) == "bad_number"
    assert made._content({"to": "13812345678", "text": "护栏", "parts": 1}) == "bad_sign"

"""Where WeChat calls us (微信回调): genuine calls are kept once and answered at once, all others leave nothing behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.channels.wechat.simulator import AES_KEY, APPID, TOKEN, Platform

from xiucheng.cases.models import Report
from xiucheng.channels.wechat import codec
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming

pytestmark = pytest.mark.usefixtures("db", "account")
SOMEBODY = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


def deliver(platform: Platform, fields: dict[str, Any], **headers: str) -> tuple[int, str]:
    query, body = platform.packed(fields)
    return send(query, body)


def send(query: str, body: bytes) -> tuple[int, str]:
    answer = Client().post(f"/hook/wechat/?{query}", body, content_type="text/xml")
    return answer.status_code, answer.content.decode()


def asked(**changed: str) -> tuple[int, str]:
    query = {"timestamp": "1409735669", "nonce": "1320562132", "echostr": "4375120948345356249"}
    query["signature"] = codec.signature(TOKEN, query["timestamp"], query["nonce"])
    answer = Client().get("/hook/wechat/", query | changed)
    return answer.status_code, answer.content.decode()


def test_the_address_check_is_answered_with_its_own_words() -> None:
    assert asked() == (200, "4375120948345356249")


@pytest.mark.parametrize("changed", [{"signature": "0" * 40}, {"signature": ""}, {"signature": "签"}, {"nonce": "1"}])
def test_an_address_check_of_somebody_else_is_refused(changed: dict[str, str]) -> None:
    assert asked(**changed) == (403, "")


def test_a_channel_that_is_off_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_CHANNELS", "/nowhere/channels.toml")
    assert asked()[0] == 404


@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize("copies", [1, 2, 3, 4])
def test_a_message_delivered_up_to_four_times_is_kept_once(
    platform: Platform, account: Callable[..., None], safe: bool, copies: int
) -> None:
    account(safe=safe)
    fields = platform.message(SOMEBODY, Content="护栏倒了")
    assert [deliver(platform, fields) for _ in range(copies)] == [(200, "success")] * copies
    kept = Incoming.objects.get()
    assert (kept.channel, kept.account, kept.key) == ("wechat", APPID, str(fields["MsgId"]))


def test_events_without_id_are_told_apart_by_sender_time_and_key(platform: Platform) -> None:
    one = platform.event(SOMEBODY, "CLICK", EventKey="progress")
    for fields in (one, one, one | {"FromUserName": "oOther"}, one | {"CreateTime": 1}, one | {"EventKey": "report"}):
        assert deliver(platform, fields) == (200, "success")
    assert Incoming.objects.count() == 4


@pytest.mark.parametrize("name", ["LOCATION", "VIEW"])
def test_nobody_is_followed(platform: Platform, name: str) -> None:
    assert deliver(platform, platform.event(SOMEBODY, name, Latitude="29.5")) == (200, "success")
    assert not Incoming.objects.exists()


def test_a_wrong_signature_leaves_nothing_behind(platform: Platform) -> None:
    query, body = platform.packed(platform.message(SOMEBODY, Content="护栏倒了"))
    assert send(query.replace("signature=", "signature=0", 1), body)[0] == 403
    assert send(query[:-1] + ("0" if query[-1] != "0" else "1"), body)[0] == 403
    assert not Incoming.objects.exists()


def test_a_clear_message_is_not_taken_where_safe_mode_is_on(platform: Platform, account: Callable[..., None]) -> None:
    account(safe=True)
    platform.safe = False
    assert deliver(platform, platform.message(SOMEBODY, Content="护栏倒了"))[0] == 400
    assert not Incoming.objects.exists()


def test_a_message_for_another_account_is_refused(platform: Platform) -> None:
    locked = codec.Safe(AES_KEY, "wx0000000000000000").lock(codec.write(platform.message(SOMEBODY)), b"r" * 16)
    signed = codec.signature(TOKEN, "1", "2", locked)
    query = f"signature={codec.signature(TOKEN, '1', '2')}&timestamp=1&nonce=2&msg_signature={signed}"
    assert send(query, codec.write({"Encrypt": locked}))[0] == 403
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"<xml>", b"<xml><A>1</A></xml>", b"<xml><FromUserName>o</FromUserName></xml>", b"x" * 70000]
)
@pytest.mark.parametrize("safe", [True, False])
def test_a_malformed_push_is_refused(account: Callable[..., None], safe: bool, body: bytes) -> None:
    account(safe=safe)
    query = f"signature={codec.signature(TOKEN, '1', '2')}&timestamp=1&nonce=2"
    assert send(query, body)[0] == 400
    assert not Incoming.objects.exists()


def test_neither_secrets_nor_words_nor_people_stand_in_the_log(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    query, body = platform.packed(platform.message(SOMEBODY, Content="护栏倒了"))
    send(query.replace("signature=", "signature=0", 1), body)
    deliver(platform, {"FromUserName": SOMEBODY})
    assert caplog.records and not any(word in caplog.text for word in (TOKEN, AES_KEY, SOMEBODY, "护栏"))


def test_a_kept_message_becomes_a_report(platform: Platform) -> None:
    deliver(platform, platform.message(SOMEBODY, Content="学府路51号门口护栏倒了"))
    for arrived in incoming.lease():
        jobs._work(arrived)
    report = Report.objects.get()
    assert (report.channel, report.reply_channel, Incoming.objects.get().report) == ("wechat", "wechat", report.token)

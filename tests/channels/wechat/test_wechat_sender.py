"""Messages out by WeChat (发微信): free while the window is open, by template after it, never twice, and honest about the rest."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.channels.wechat.simulator import APPID, SECRET, Platform

from xiucheng.channels.wechat import client, sender, tokens
from xiucheng.channels.wechat.account import here
from xiucheng.channels.wechat.sender import Sender
from xiucheng.city import clock
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits
from xiucheng.notices.port import Message, Receipt

pytestmark = pytest.mark.usefixtures("db", "account")
ME = "oSomebody"
TEMPLATE = """
[wechat.template]
id = "T1"
fields = { character_string1 = "number", phrase2 = "state", thing3 = "subject", time4 = "time" }
"""


def message(text: str = "办好了", kind: str = "reporter", key: str = "7:3:reporter:9", **facts: Any) -> Message:
    facts = {"number": "500999000001", "state": "handling", "token": "ABCD", **facts}
    return Message(key, kind, "9", ME, "您的诉求已安排处理：500999000001，请看", text, facts=facts)


@pytest.fixture
def writes(platform: Platform) -> None:
    platform.message(ME)


@pytest.fixture
def template(platform: Platform, account: Callable[..., None]) -> None:
    account(TEMPLATE)
    platform.templates.add("T1")
    platform.followers.add(ME)


@pytest.mark.usefixtures("writes")
def test_inside_the_window_it_is_a_plain_message(platform: Platform) -> None:
    assert Sender().send(message("办好了“”")) == Receipt("delivered", "message")
    assert platform.texts(ME) == ["办好了“”"]


@pytest.mark.usefixtures("writes")
def test_a_long_text_is_cut_to_what_a_message_holds(platform: Platform) -> None:
    assert Sender().send(message("长" * 3000)).result == "delivered"
    assert platform.texts(ME)[0].endswith("长…")


@pytest.mark.usefixtures("template")
def test_after_the_window_it_is_a_template_with_the_notices_own_key(platform: Platform) -> None:
    late = (clock.now() - dt.timedelta(minutes=1)).isoformat()
    said = Sender().send(message(reply_until=late))
    assert (said.result, said.detail.split()[0]) == ("accepted", "template")
    ((_, kind, body),) = platform.sent
    assert (kind, body["url"]) == ("template", f"{django_settings.PUBLIC_ADDRESS}/t/ABCD/")
    assert {k: v["value"] for k, v in body["data"].items() if k != "time4"} == {
        "character_string1": "500999000001", "phrase2": "处置中", "thing3": "您的诉求已安排处理：5009990000",
    }  # fmt: skip
    assert Sender().send(message(reply_until=late)) == said and len(platform.sent) == 1


@pytest.mark.usefixtures("template")
def test_a_full_quota_leads_to_the_template(platform: Platform) -> None:
    platform.message(ME)
    kinds = [Sender().send(message(key=str(n))).detail.split()[0] for n in range(6)]
    assert kinds == ["message"] * 5 + ["template"]


def test_without_template_a_full_quota_is_the_next_rungs_affair(platform: Platform) -> None:
    platform.message(ME)
    platform.windows[ME].left = 0
    assert Sender().send(message()) == Receipt("failed", "window over, no template")


@pytest.mark.usefixtures("template")
def test_a_word_of_a_talk_is_no_template(platform: Platform) -> None:
    assert (Sender().send(message(kind="talk")).result, platform.sent) == ("failed", [])


def test_a_subscribe_message_where_the_account_has_one(platform: Platform, account: Callable[..., None]) -> None:
    account('[wechat.subscribe]\nid = "S1"\nfields = { thing1 = "subject" }')
    platform.templates.add("S1")
    platform.followers.add(ME)
    assert (Sender().send(message()).detail.split()[0], platform.sent[0][1]) == ("subscribe", "subscribe")


@pytest.mark.parametrize(
    ("code", "again"),
    [(40003, False), (43004, False), (48002, False), (48001, False), (50002, False), (45009, True), (-1, True), (99, False)],
)  # fmt: skip
@pytest.mark.usefixtures("writes")
def test_codes_say_whether_another_try_helps(platform: Platform, code: int, again: bool) -> None:
    platform.faults = [("custom", code)]
    said = Sender().send(message())
    assert (said.result, said.again, platform.sent) == ("failed", again, [])


@pytest.mark.usefixtures("writes")
def test_a_token_that_ended_early_is_renewed_and_the_message_goes(platform: Platform) -> None:
    assert Sender().send(message()).result == "delivered"
    platform.tokens = dict.fromkeys(platform.tokens, 0.0)
    assert Sender().send(message(key="2")).result == "delivered"
    assert platform.token_calls == [False, False]


@pytest.mark.usefixtures("writes")
def test_a_token_that_is_given_but_refused_is_forced_once(platform: Platform) -> None:
    assert Sender().send(message()).result == "delivered"
    platform.faults = [("custom", 40001), ("custom", 40001)]
    assert Sender().send(message(key="2")).again
    assert platform.token_calls == [False, False, True]
    platform.faults = [("custom", 40001)]
    Sender().send(message(key="3"))
    assert platform.token_calls == [False, False, True, False]  # not a second time within half a minute


@pytest.mark.usefixtures("writes")
def test_another_process_takes_the_token_that_the_first_one_fetched(platform: Platform) -> None:
    Sender().send(message())
    tokens.forget()
    Sender().send(message(key="2"))
    assert (len(platform.token_calls), len(platform.sent)) == (1, 2)


@pytest.mark.usefixtures("writes")
def test_the_token_is_kept_sealed(platform: Platform) -> None:
    Sender().send(message())
    memory = states.peek("wechat")
    assert memory.secret["token"]["token"] in platform.tokens and "token" not in memory.cursor


@pytest.mark.usefixtures("writes")
def test_what_was_cut_off_after_it_was_accepted_is_not_sent_again(platform: Platform) -> None:
    tokens.token(here())  # type: ignore[arg-type]  # it is on
    platform.faults = [("custom", "drop")]
    said = Sender().send(message())
    assert (said.result, said.again, len(platform.sent)) == ("unknown", False, 1)


@pytest.mark.usefixtures("writes")
def test_a_slow_answer_is_unknown(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens.token(here())  # type: ignore[arg-type]  # it is on
    monkeypatch.setitem(limits("wechat"), "timeout_seconds", 0.3)
    platform.faults = [("custom", "slow")]
    assert Sender().send(message()).result == "unknown"


@pytest.mark.usefixtures("writes")
def test_an_answer_that_is_no_object_is_unknown(platform: Platform) -> None:
    tokens.token(here())  # type: ignore[arg-type]  # it is on
    platform.faults = [("custom", "broken")]
    assert Sender().send(message()).result == "unknown"


@pytest.mark.usefixtures("template")
def test_a_template_whose_answer_was_lost_is_sent_again_without_harm(platform: Platform) -> None:
    late = (clock.now() - dt.timedelta(minutes=1)).isoformat()
    platform.faults = [("template", "drop")]
    assert Sender().send(message(reply_until=late)) == Receipt("unknown", "no answer", again=True)
    assert Sender().send(message(reply_until=late)).result == "accepted"
    assert len(platform.sent) == 1


def test_nobody_at_home_is_a_failure_worth_another_try(account: Callable[..., None]) -> None:
    account('open = "http://127.0.0.1:1"')
    away = here()
    assert away is not None
    with pytest.raises(client.PeerError) as trouble:
        client.call(sender.Account(APPID, SECRET, "t", api="http://127.0.0.1:1"), "/", {})
    assert sender._receipt(trouble.value, resend=False) == Receipt("failed", "unreachable 0", again=True)


def test_switched_off_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_CHANNELS", "/nowhere/channels.toml")
    assert Sender().send(message()) == Receipt("failed", "switched off")


def test_neither_secret_nor_person_stands_in_log_or_receipt(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.faults = [("custom", 48001)]
    said = Sender().send(message())
    assert not any(word in caplog.text + said.detail for word in (SECRET, ME, *platform.tokens))
    assert SECRET not in repr(here())


@pytest.mark.django_db(transaction=True, available_apps=list(django_settings.INSTALLED_APPS))
@pytest.mark.usefixtures("lasting")
def test_many_senders_fetch_one_token(platform: Platform) -> None:
    platform.message(ME)
    platform.windows[ME].left = 99
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda n: Sender().send(message(key=str(n))).result, range(8)))
    assert (said, platform.token_calls) == (["delivered"] * 8, [False])

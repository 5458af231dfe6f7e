"""What the district pays for (短信额度): counted in parts by hour and day, kept back for what is urgent, waited for or gone round."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import OperationalError
from django.test import Client
from tests.channels.sms.conftest import Account
from tests.channels.sms.gateway import Gateway, Server
from tests.district import District
from tests.staff import person

from xiucheng.channels.sms import quota
from xiucheng.channels.sms.channel import Sms
from xiucheng.city import clock
from xiucheng.intake import port
from xiucheng.notices import pump
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.notices.models import Attempt, Notice
from xiucheng.notices.port import Message, Receipt

Limited = Callable[..., object]
NINE = dt.datetime(2026, 11, 30, 9, 40, tzinfo=clock.ZONE)
ONE = Message("k", "reporter", "9", "13812345678", "", "护栏已扶正")
LONG = replace(ONE, text="护栏" * 50)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The district's clock: what stands last counts."""
    times = [NINE]
    monkeypatch.setattr(clock, "now", lambda: times[-1])
    return times


@pytest.fixture
def limited(gateway: Gateway, account: Account) -> Iterator[Limited]:
    """The account with so many parts an hour and a day."""
    server = Server(gateway)
    yield lambda hour, day=1000: account(server.url, f"per_hour = {hour}\nper_day = {day}")
    server.close()


def send(*messages: Message) -> list[Receipt]:
    return [Sms().send(replace(message, key=f"k{n}")) for n, message in enumerate(messages)]


def test_the_hour_is_used_up_and_the_next_one_is_open(
    gateway: Gateway, limited: Limited, now: list[dt.datetime]
) -> None:
    limited(2)
    waits = Receipt("failed", "quota is used up", wait=1200.0)
    assert send(*[replace(ONE, urgent=True)] * 3) == [Receipt("accepted", "ok")] * 2 + [waits]
    now.append(NINE + dt.timedelta(minutes=20))
    assert Sms().send(replace(ONE, key="later")) == Receipt("accepted", "ok")


def test_parts_count_and_a_used_up_day_waits_for_the_next(
    gateway: Gateway, limited: Limited, now: list[dt.datetime]
) -> None:
    limited(100, 10)
    said = send(*[replace(LONG, urgent=True)] * 6)
    assert [one.result for one in said] == ["accepted"] * 5 + ["failed"]
    assert said[-1].wait == (14 * 60 + 20) * 60


def test_the_last_tenth_is_for_what_is_urgent(gateway: Gateway, limited: Limited, now: list[dt.datetime]) -> None:
    limited(10)
    assert [bool(one.wait) for one in send(*[ONE] * 10)] == [False] * 9 + [True]
    assert Sms().send(replace(ONE, key="urgent", urgent=True)).result == "accepted"


def test_what_was_surely_not_handed_over_costs_nothing_and_what_may_have_been_does(
    gateway: Gateway, account: Account, now: list[dt.datetime]
) -> None:
    gateway.black = {"13812345678"}
    assert Sms().send(ONE).result == "failed"
    assert [one.used for one in quota.spent()] == [0, 0]
    gateway.black, gateway.hang_up = set(), True
    assert Sms().send(ONE).result == "unknown"
    assert [one.used for one in quota.spent()] == [1, 1]


def queued(ladder: list[str]) -> Notice:
    row = Outgoing("reporter", "9", "talk", {"text": "护栏已扶正", "subject": ""}, tuple(ladder), address="13812345678")
    enqueue([row], subject_kind="case", subject_key="7", moment="m", now=clock.now())
    (leased,) = pump.lease("me")
    pump.settle(leased, pump._hand_over(leased), "me")
    return Notice.objects.get()


@pytest.mark.parametrize(
    ("ladder", "rung", "later"),
    [(["sms"], 0, 20), (["sms:7200", "email"], 0, 20), (["sms:600", "email"], 1, 0)],
)
def test_beyond_the_quota_a_notice_waits_unless_its_next_rung_comes_sooner(
    gateway: Gateway, limited: Limited, now: list[dt.datetime], ladder: list[str], rung: int, later: int
) -> None:
    limited(0)
    notice = queued(ladder)
    assert (notice.state, notice.rung, notice.due_at) == ("queued", rung, NINE + dt.timedelta(minutes=later))
    assert (Attempt.objects.get().detail, gateway.tries) == ("quota is used up", 0)


def test_while_the_database_is_away_nothing_is_handed_over_and_it_is_tried_again(
    gateway: Gateway, now: list[dt.datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> float:
        raise OperationalError("away")

    monkeypatch.setattr(quota, "take", away)
    monkeypatch.setattr(pump.connection, "close", lambda: None)
    notice = queued(["sms"])
    assert (notice.state, Attempt.objects.get().detail, gateway.tries) == ("queued", "the database is away", 0)


def test_the_page_of_channels_shows_what_is_spent(
    gateway: Gateway, limited: Limited, now: list[dt.datetime], district: District
) -> None:
    limited(2, 50)
    send(*[replace(ONE, urgent=True)] * 2)
    desk = Client()
    desk.force_login(person("chief", "shift_leader"))
    shown = desk.get("/desk/channels/").content.decode()
    assert "本小时（条） 2/2 · 额度已用完" in shown and "今天（条） 2/50" in shown
    way = port.find("sms")
    assert way is not None and [one.gone for one in port.spent(way)] == [True, False]

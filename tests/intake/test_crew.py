"""The crew (来件班组): talks in their order, slow ones beside the others, nothing lost when it is told to leave."""

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from tests.district import District

from xiucheng.cases.models import Report
from xiucheng.intake import crew, jobs, port
from xiucheng.intake.actions import incoming, take_in
from xiucheng.intake.models import Incoming
from xiucheng.intake.port import Arrived, Proof, Worked

pytestmark = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
MANY = 60


class Slow:
    """Messages that begin with 慢 are not done until they may be."""

    name, title = "slow", "慢件"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def work(self, arrived: Arrived) -> Worked:
        words = arrived.raw.decode()
        if words.startswith("慢"):
            self.begun.release()
            assert self.go.wait(30)
        self.seen.append(words)
        return Worked(take_in(channel="hook", words=words, key=arrived.once).token)

    def check(self) -> Iterator[Proof]:
        yield Proof(True, "好", "well")


@pytest.fixture
def slow(lasting: None, district: District) -> Iterator[Slow]:
    made = Slow()
    port.register(made)
    yield made
    made.go.set()
    port._ways.pop("slow")


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    told = threading.Event()
    yield told
    told.set()


def at_work(stop: threading.Event) -> threading.Thread:
    def run() -> None:
        try:
            jobs.work_off(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_done(count: int) -> None:
    for _ in range(600):
        if Incoming.objects.filter(state="done").count() >= count:
            return
        threading.Event().wait(0.05)


def test_more_slow_messages_than_steady_hands_do_not_hold_up_the_others(slow: Slow, stop: threading.Event) -> None:
    for n in range(crew.STEADY + 2):
        incoming.keep("slow", f"slow{n}", f"慢{n}".encode(), sender=f"slow{n}")
    for n in range(MANY):
        incoming.keep("slow", f"m{n}", f"第{n}条".encode(), sender=f"s{n}")
    thread = at_work(stop)
    until_done(MANY)
    assert Incoming.objects.filter(state="done").count() == MANY
    slow.go.set()
    until_done(MANY + crew.STEADY + 2)
    stop.set()
    thread.join(20)
    assert Report.objects.count() == MANY + crew.STEADY + 2


def test_each_talk_stays_in_its_order(slow: Slow, stop: threading.Event) -> None:
    for n in range(10):
        for who in "abcdef":
            incoming.keep("slow", f"{who}{n}", f"{who}{n}".encode(), sender=who)
    thread = at_work(stop)
    until_done(60)
    stop.set()
    thread.join(20)
    assert {who: [w for w in slow.seen if w[0] == who] for who in "abcdef"} == {
        who: [f"{who}{n}" for n in range(10)] for who in "abcdef"
    }


def test_a_crew_that_leaves_gives_back_what_it_has_not_begun(slow: Slow, stop: threading.Event) -> None:
    for n in range(3):
        incoming.keep("slow", f"m{n}", f"慢{n}".encode(), sender="me")
    thread = at_work(stop)
    assert slow.begun.acquire(timeout=30)
    stop.set()
    slow.go.set()
    thread.join(20)
    assert slow.seen == ["慢0"]
    assert list(Incoming.objects.order_by("id").values_list("state", "attempts", "leased_until")) == [
        ("done", 1, None), ("waiting", 0, None), ("waiting", 0, None),
    ]  # fmt: skip

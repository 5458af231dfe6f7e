"""Channels with few messages (合并告知): what follows within a short while is told as one message, and nothing is lost."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import transaction
from tests.notices.conftest import NOW, Told

from xiucheng.notices import pump
from xiucheng.notices.actions import Outgoing, enqueue
from xiucheng.notices.models import Notice
from xiucheng.notices.port import Receipt

pytestmark = pytest.mark.django_db
Make = Callable[..., Told]


def tell(
    act: str, after: int = 0, *, who: str = "3", case: str = "7", ladder: tuple[str, ...] = ("few", "email")
) -> None:
    """One piece of news so many seconds after the first."""
    row = Outgoing("reporter", who, act, {"number": "A1", "token": "T"}, ladder=ladder, address="x")
    enqueue([row], subject_kind="case", subject_key=case, moment=f"{case}:{act}", now=NOW + dt.timedelta(seconds=after))


def waiting() -> list[tuple[str, int]]:
    """Acts that wait, and after how many seconds they go."""
    rows = Notice.objects.order_by("due_at", "id").values_list("template", "due_at")
    return [(template, round((due - NOW).total_seconds())) for template, due in rows]


@pytest.fixture
def few(told: Make) -> Told:
    """A channel with few messages, and mail."""
    told("email", Receipt("accepted"))
    channel = told("few", Receipt("delivered"))
    channel.together = lambda: 60  # type: ignore[attr-defined]  # what a channel may have
    return channel


@pytest.mark.usefixtures("few")
def test_news_within_the_while_is_one_message_with_the_last_state() -> None:
    tell("register")
    tell("file", 20)
    tell("close", 50)
    assert waiting() == [("close", 60)]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    "other", [{"who": "4"}, {"case": "8"}, {"ladder": ("email",)}], ids=lambda other: next(iter(other))
)
def test_news_for_somebody_else_or_by_another_way_stays_its_own(other: dict[str, Any]) -> None:
    tell("register")
    tell("file", 20, **other)
    assert sorted(template for template, _ in waiting()) == ["file", "register"]


def test_channel_without_a_quota_tells_everything_at_once(told: Make) -> None:
    told("few", Receipt("delivered"))
    tell("register")
    tell("file", 20)
    assert waiting() == [("register", 0), ("file", 20)]


def test_message_that_has_gone_is_not_taken_back(few: Told, pool: ThreadPoolExecutor) -> None:
    tell("register")
    assert pump.send_batch(pool) == 1
    tell("file", 70)
    assert [(one.template, one.state) for one in Notice.objects.order_by("id")] == [
        ("register", "delivered"),
        ("file", "queued"),
    ]
    assert [message.key for message in few.sent] == ["7:register:reporter:3"]


@pytest.mark.parametrize(
    "change", [{"state": "sending"}, {"attempts": 1}, {"rung": 1}], ids=lambda change: next(iter(change))
)
@pytest.mark.usefixtures("few")
def test_message_on_its_way_is_not_taken_back(change: dict[str, Any]) -> None:
    tell("register")
    Notice.objects.update(**change)
    tell("file", 20)
    assert [template for template, _ in waiting()] == ["register", "file"]


@pytest.mark.usefixtures("few")
def test_act_that_comes_to_nothing_leaves_the_first_message() -> None:
    tell("register")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell("file", 20)
        _ = 1 // 0
    assert waiting() == [("register", 60)]


@pytest.mark.usefixtures("few")
def test_same_news_written_twice_is_there_once_at_its_time() -> None:
    tell("register")
    tell("register", 30)
    assert waiting() == [("register", 60)]

"""Where a talk stands (对话): kept sealed, held by one, forgotten when it is empty."""

import datetime as dt
import threading
import time

import pytest
from django.conf import settings
from django.db import connections

from xiucheng.city import clock
from xiucheng.intake.actions import talks
from xiucheng.intake.models import Conversation


def test_what_is_left_is_kept_and_an_empty_one_forgotten(db: None) -> None:
    with talks.held("bottle", "a", "ship") as talk:
        talk["words"] = "护栏"
    with talks.held("bottle", "b", "ship") as other:
        assert other == {}
    with talks.held("bottle", "a", "ship") as talk:
        assert talk == {"words": "护栏"} and "护栏".encode() not in bytes(Conversation.objects.get().sealed)
        talk.clear()
    assert not Conversation.objects.exists()


def test_a_fault_leaves_it_as_it_was(db: None) -> None:
    with pytest.raises(ZeroDivisionError), talks.held("bottle", "a", "ship") as talk:
        talk["words"] = "护栏"
        raise ZeroDivisionError
    assert not Conversation.objects.exists()


def test_idle_ones_are_found(db: None) -> None:
    with talks.held("bottle", "a", "ship") as talk:
        talk["words"] = "护栏"
    later = clock.now() + dt.timedelta(minutes=1)
    assert (talks.idle("bottle", "a", later), talks.idle("bottle", "b", later)) == ([{"words": "护栏"}], [])
    assert talks.idle("bottle", "a", later - dt.timedelta(hours=1)) == []


@pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
@pytest.mark.usefixtures("lasting")
def test_one_waits_for_the_other() -> None:
    def count() -> None:
        try:
            with talks.held("bottle", "a", "ship") as talk:
                before = talk.get("n", 0)
                time.sleep(0.02)
                talk["n"] = before + 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with talks.held("bottle", "a", "ship") as talk:
        assert talk == {"n": 6}

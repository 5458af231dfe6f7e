"""Many tries at the same moment (并发猜测) get no more than one after another would."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import RequestFactory

from xiucheng.channels.open311 import keys
from xiucheng.channels.open311.faults import Fault
from xiucheng.channels.open311.models import Key
from xiucheng.city import clock
from xiucheng.pages import limits
from xiucheng.people.actions import locks
from xiucheng.people.models import Lockout
from xiucheng.rules.refusals import Refused

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS)),
    pytest.mark.usefixtures("lasting"),
]
MANY = 12


def together(act: Callable[[int], object], many: int = MANY) -> Counter[bool]:
    """Everybody waits at the barrier, then acts; counts who was let through."""
    barrier, found = threading.Barrier(many), Counter[bool]()

    def one(number: int) -> None:
        barrier.wait()
        try:
            act(number)
            found[True] += 1
        except (Refused, Fault):
            found[False] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_five_of_many_guesses_at_one_name_are_looked_at() -> None:
    found = together(lambda n: locks.count_try(name="li", address=f"10.0.0.{n}"))
    assert found == {True: 5, False: MANY - 5}


def test_forty_of_many_guesses_from_one_address_are_looked_at() -> None:
    for n in range(35):
        locks.count_try(name=f"before{n}", address="10.0.0.1")
    found = together(lambda n: locks.count_try(name=f"name{n}", address="10.0.0.1"))
    assert found == {True: 5, False: MANY - 5}


def test_closed_name_costs_the_address_nothing() -> None:
    for _ in range(20):
        together(lambda n: locks.count_try(name="li", address="10.0.0.1"), 1)
    rows = dict(Lockout.objects.values_list("key", "failures"))
    assert sorted(rows.values()) == [5, 5]


def test_right_tries_leave_no_failure() -> None:
    for _ in range(50):
        locks.count_try(name="li", address="10.0.0.1")
        locks.give_back(name="li", address="10.0.0.1")
    assert list(Lockout.objects.values_list("failures", "until")) == [(0, None), (0, None)]


def test_quota_of_a_key_is_kept_by_many_at_once() -> None:
    Key.objects.create(name="k", digest=keys.digest("k"), quota=5, made_by=1, made_at=clock.now())
    assert together(lambda _: keys.spend("k")) == {True: 5, False: MANY - 5}


def test_looking_up_codes_is_limited_for_many_at_once() -> None:
    asked = RequestFactory().post("/track/")
    found = together(lambda _: limits.spend(asked, "look_up", most=5, seconds=600))
    assert found == {True: 5, False: MANY - 5}


def test_one_whose_clock_was_read_a_moment_earlier_opens_no_new_window() -> None:
    asked = RequestFactory().post("/track/")
    for _ in range(5):
        limits.spend(asked, "look_up", most=5, seconds=600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_sender SET window_at = clock_timestamp() + interval '2 seconds'")
    with pytest.raises(Refused):
        limits.spend(asked, "look_up", most=5, seconds=600)

"""What everybody may see: the map, one problem, what was done."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests import district

from xiucheng.cases.models import Case
from xiucheng.intake.actions import Point, take_in
from xiucheng.portal import keys

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 2, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def here() -> district.District:
    return district.build()


def cases(number: int, **more: Any) -> list[int]:
    """Some rails at one place, as they would stand in the table; gives their ids."""
    made = [
        take_in(channel="web", words="护栏倒了", point=Point(106.57, 29.525), category="C0101").case_id
        for _ in range(number)
    ]
    Case.objects.filter(id__in=made).update(**more)
    return made


def test_pages_of_what_was_done_skip_nothing_that_ended_at_once(client: Client) -> None:
    made = cases(30, state="closed", opened_at=NOON, closed_at=NOON, ended_at=NOON)
    address: str | None = "/solved/"
    seen: list[str] = []
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'href="/p/([\w-]{22})/"', page)
        more = re.search(r'href="(\?street=&amp;before=[^"]+)"', page)
        address = "/solved/" + more[1].replace("&amp;", "&") if more else None
    assert (len(seen), len(set(seen))) == (len(made), len(made))


def test_done_last_stands_first(client: Client) -> None:
    old, young = cases(2, state="closed", opened_at=NOON, closed_at=NOON, ended_at=NOON)
    Case.objects.filter(id=old).update(ended_at=NOON + dt.timedelta(days=1))
    Case.objects.filter(id=young).update(opened_at=NOON + dt.timedelta(hours=1))
    found = re.findall(r'href="/p/([\w-]{22})/"', client.get("/solved/").content.decode())
    assert [keys.case_of(key) for key in found] == [old, young]


@pytest.mark.parametrize("mark", ["x", "1764288000", "99999999999999999.AAAAAAAAAAAAAAAAAAAAAA", ".", "-5.a", "٣.a"])
def test_mark_of_nonsense_is_the_first_page(client: Client, mark: str) -> None:
    cases(1, state="closed", opened_at=NOON, closed_at=NOON, ended_at=NOON)
    answer = client.get("/solved/", {"before": mark})
    assert (answer.status_code, "护栏" in answer.content.decode()) == (200, True)

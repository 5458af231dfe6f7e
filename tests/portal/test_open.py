"""What everybody may see: the map, one problem, what was done."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests import district

from xiucheng.cases.actions.columns import on_map
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


def shown(client: Client, zoom: int, box: str = "106.55,29.51,106.59,29.54") -> list[dict[str, Any]]:
    features = client.get("/map/cases.json", {"bbox": box, "zoom": str(zoom)}).json()["features"]
    return [feature["properties"] for feature in features]


def spread(number: int, columns: int, step: float) -> None:
    """Open cases on a grid, `step` degrees apart: copies of one that is withdrawn itself."""
    first = Case.objects.get(id=cases(1, state="handling")[0])
    same = {f.attname: getattr(first, f.attname) for f in Case._meta.concrete_fields if f.attname != "id"}
    places = [(106.56 + step * (n % columns), 29.52 + step * (n // columns)) for n in range(number)]
    Case.objects.bulk_create(
        Case(**same | {"number": f"M{n}", "lng": lng, "lat": lat, "outside": False} | on_map(lng, lat))
        for n, (lng, lat) in enumerate(places)
    )
    Case.objects.filter(id=first.id).update(state="withdrawn", ended_at=NOON)


@pytest.mark.parametrize("zoom", [11, 15, 16, 22])
def test_map_counts_every_case_in_view_however_many(client: Client, zoom: int) -> None:
    spread(450, 30, 0.0001)
    assert sum(case.get("count", 1) for case in shown(client, zoom)) == 450


def test_map_shows_single_cases_as_long_as_they_are_few(client: Client) -> None:
    spread(400, 20, 0.0001)
    assert [len(shown(client, 16)), sum("count" in case for case in shown(client, 16))] == [400, 0]


def test_map_of_a_wall_counts_every_case(client: Client) -> None:
    spread(900, 30, 0.001)
    found = shown(client, 22, "106.5,29.5,106.65,29.6")
    assert (sum(case["count"] for case in found), len(found) <= 500) == (900, True)

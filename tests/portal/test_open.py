"""What everybody may see: the map, one problem, what was done."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests import district

from xiucheng.cases import actions
from xiucheng.cases.actions.columns import on_map
from xiucheng.cases.models import Case, Picture
from xiucheng.intake.actions import Point, take_in
from xiucheng.portal import keys, queries

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


def test_what_was_done_says_when(client: Client) -> None:
    cases(1, state="closed", opened_at=NOON - dt.timedelta(days=3), closed_at=NOON, ended_at=NOON)
    assert "11月2日 20:00办结" in client.get("/solved/").content.decode()


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


STORED = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 8, "height": 6}


def reported(**more: Any) -> Case:
    """A rail with words and a picture that nobody has looked at yet."""
    given = {
        "words": "我家门口护栏倒了",
        "point": Point(106.57, 29.525),
        "category": "C0101",
        "pictures": [STORED],
        **more,
    }
    return Case.objects.get(id=take_in(channel="web", **given).case_id)


def test_public_page_is_there_once_a_problem_is_filed(client: Client, here: district.District) -> None:
    case, who = reported(), district.actors(here)
    address = f"/p/{keys.key_of(case.id)}/"
    before = client.get(address).status_code
    actions.act(case.id, "register", who["operator"], {"category": "C0101"})
    registered = client.get(address).status_code
    actions.act(case.id, "file", who["shift_leader"], {"standard": here.standard})
    assert (before, registered, client.get(address).status_code) == (404, 404, 200)


def test_nearby_names_an_open_problem_before_it_is_filed_but_shows_nothing_of_it(client: Client) -> None:
    reported()
    near = queries.near(106.5701, 29.525)
    assert [(case["category_id"], case["summary"], case["picture"]) for case in near] == [("C0101", "", None)]


def test_nearby_shows_words_and_pictures_after_a_look(client: Client) -> None:
    case = reported()
    Case.objects.update(public="public")
    Picture.objects.update(public="public")
    found = [(one["summary"], one["picture"]) for one in queries.near(106.5701, 29.525)]
    assert found == [(case.summary, STORED["sha256"])]


def test_nearby_tells_the_distance_in_steps_of_ten_metres(client: Client) -> None:
    reported()
    found = [queries.near(106.57 + 0.0001 * n, 29.525)[0]["metres"] for n in range(1, 6)]
    assert found == [10.0, 20.0, 30.0, 40.0, 50.0]


def test_nearby_never_names_a_training_case_or_one_that_has_ended(client: Client) -> None:
    training, ended = reported(), reported()
    Case.objects.filter(id=training.id).update(training=True)
    Case.objects.filter(id=ended.id).update(state="withdrawn", ended_at=NOON)
    assert queries.near(106.57, 29.525) == []


def test_answers_of_an_older_system_are_not_published_unseen() -> None:
    made = cases(2, state="answered", kind="suggestion", answer="已安排", ended_at=NOON)
    Case.objects.filter(id=made[0]).update(imported=True)
    assert [keys.case_of(one["key"]) for one in queries.published_answers()] == [made[1]]


def test_nobody_reads_behind_which_door_somebody_lives(client: Client) -> None:
    (made,) = cases(1, state="closed", opened_at=NOON, closed_at=NOON, ended_at=NOON, public="public")
    Case.objects.update(summary="南湖花园3栋2单元501漏水")
    page = client.get(f"/p/{keys.key_of(made)}/").content.decode()
    assert ("3栋2单元***漏水" in page, "501" in page) == (True, False)

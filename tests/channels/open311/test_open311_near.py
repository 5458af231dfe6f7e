"""Open311: what lies around a point, and the feed of public requests (extensions of other servers)."""

from typing import Any
from xml.etree import ElementTree

import pytest
from tests.channels.open311.conftest import Caller
from tests.channels.open311.test_open311_lists import RAIL, SECRET, filed, numbers, show

from xiucheng.cases.models import Case

ATOM = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}


@pytest.fixture
def two(caller: Caller) -> tuple[Case, Case]:
    """One at 106.57, 29.53; one 181 metres from it, and shown as lying at 106.5712, 29.5312 as long as nobody looked."""
    return filed(caller, given=RAIL), filed(caller, given=SECRET)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 0]),
        ({"radius": "100"}, [0]),
        ({"radius": "170"}, [0]),
        ({"radius": "200"}, [1, 0]),
        ({"lat": "29.5312", "long": "106.5712", "radius": "1"}, [1]),
        ({"lat": "29.531234567", "long": "106.571234567", "radius": "1"}, []),
        ({"lat": "30"}, []),
        ({"lat": "90", "long": "180", "radius": "1e300"}, []),
        ({"radius": "1000000000"}, [1, 0]),
    ],
)
def test_near_a_point_is_measured_to_what_is_shown(
    caller: Caller, two: tuple[Case, Case], query: dict[str, str], expected: list[int]
) -> None:
    found = numbers(caller, **{"lat": "29.53", "long": "106.57", **query})
    assert found == [two[n].number for n in expected]


def test_near_finds_the_exact_point_once_it_is_shown(caller: Caller, two: tuple[Case, Case]) -> None:
    show(two[1], caller.house["operator"])
    assert numbers(caller, lat="29.531235", long="106.571235", radius="1") == [two[1].number]


@pytest.mark.parametrize(
    "query",
    [
        {"lat": "29.53"}, {"radius": "5"}, {"lat": "x", "long": "1"}, {"lat": "91", "long": "1"}, {"lat": "nan", "long": "1"},
        {"lat": "1", "long": "1", "radius": "0"}, {"lat": "1", "long": "1", "radius": "nan"}, {"lat": "1", "long": "181"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["v2/requests.xml", "v2/requests.atom"])
def test_half_a_point_or_none_is_told(caller: Caller, path: str, query: dict[str, str]) -> None:
    answer = caller.get(path, **query)
    assert (answer.status_code, ElementTree.fromstring(answer.content).tag) == (400, "errors")


def test_feed_tells_the_list_with_points(caller: Caller, two: tuple[Case, Case]) -> None:
    show(two[0], caller.house["operator"], "护栏坏了 <b>\x0b")
    answer = caller.get("v2/requests.atom")
    entries: Any = ElementTree.fromstring(answer.content).findall("a:entry", ATOM)
    told = [(e.find("a:id", ATOM).text.rsplit("/", 1)[1], e.find("g:point", ATOM).text) for e in entries]
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert told == [(f"{two[1].number}.xml", "29.531200 106.571200"), (f"{two[0].number}.xml", "29.530000 106.570000")]
    assert entries[1].find("a:summary", ATOM).text == "护栏坏了 <b>"
    assert "13800138000" not in answer.content.decode() and "张大爷" not in answer.content.decode()


def test_feed_takes_the_arguments_of_the_list(caller: Caller, two: tuple[Case, Case]) -> None:
    for query, count in (({"service_code": "X"}, 0), ({"page_size": "1"}, 1), ({"lat": "29.53", "long": "106.57", "radius": "9"}, 1)):  # fmt: skip
        root = ElementTree.fromstring(caller.get("v2/requests.atom", **query).content)
        assert len(root.findall("a:entry", ATOM)) == count
    assert caller.get("test/v2/requests.atom").status_code == 200
    assert caller.post("v2/requests.atom").status_code == 404

"""Queues (队列): who sees which, how many statements they take, filters and saved views."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk.conftest import Walk

from xiucheng.cases.models import Case
from xiucheng.desk.models import SavedView
from xiucheng.desk.tabs import TABS

Sit = Callable[[str], Client]
MOST_STATEMENTS = 12


@pytest.mark.parametrize(
    ("post", "page"),
    [
        ("operator", "/desk/queue/register/"),
        ("shift_leader", "/desk/queue/file/"),
        ("dispatcher", "/desk/queue/dispatch/"),
        ("unit", "/desk/queue/inbox/"),
        ("assessor", "/desk/queue/open/"),
        ("handler", "/desk/queue/working/"),
    ],
)
def test_desk_leads_each_post_to_its_first_page(sit: Sit, post: str, page: str) -> None:
    assert sit(post).get("/desk/").headers["Location"] == page


def test_desk_asks_a_stranger_to_sign_in(db: None) -> None:
    answer = Client().get("/desk/", headers={"host": "localhost"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/desk/")


@pytest.mark.parametrize(
    "post",
    [
        "operator",
        "shift_leader",
        "dispatcher",
        "leader",
        "assessor",
        "unit",
        "handler",
        "officer",
        "nobody",
        "system_admin",
    ],
)
def test_queue_opens_to_its_posts_only(sit: Sit, post: str) -> None:
    client = sit(post)
    opened = {tab.key for tab in TABS if client.get(f"/desk/queue/{tab.key}/").status_code == 200}
    assert opened == {tab.key for tab in TABS if post in tab.posts}


def test_queue_of_an_unknown_name_is_not_there(sit: Sit) -> None:
    assert sit("operator").get("/desk/queue/nonsense/").status_code == 404


@pytest.mark.parametrize(
    ("post", "key", "state"),
    [("operator", "register", "to_register"), ("unit", "working", "handling"), ("leader", "open", "to_file")],
)
def test_queue_takes_the_same_statements_for_one_and_thirty(
    sit: Sit, walk: Walk, post: str, key: str, state: str
) -> None:
    client = sit(post)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/desk/queue/{key}/").status_code == 200
        asked_by_the_second = ("city_generation", "city_democlock")
        return len([one for one in seen if not any(name in one["sql"] for name in asked_by_the_second)])

    walk(state)
    client.get(f"/desk/queue/{key}/")
    one = statements()
    for _ in range(29):
        walk(state)
    assert (statements(), one <= MOST_STATEMENTS) == (one, True)


def test_list_alone_is_given_to_htmx(sit: Sit, walk: Walk) -> None:
    number = walk("to_register")
    text = sit("operator").get("/desk/queue/register/", headers={"hx-request": "true"}).content.decode()
    assert (text.lstrip().startswith('<div id="list"'), f'data-number="{number}"' in text) == (True, True)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("", 1), ("?category=C01", 1), ("?channel=wechat", 0), ("?late=1", 0), ("?kind=complaint", 1), ("?state=handling", 1),
        ("?street=%27", 1), ("?unit=x", 1), ("?since=2099-01-01", 1), ("?since=2024-01-01", 1), ("?level=1", 0), ("?sort=due&after=zzz", 1),
        ("?q=%E6%8A%A4%E6%A0%8F", 0), ("?urgent=1", 0),
    ],
)  # fmt: skip
def test_filters_narrow_and_nonsense_is_dropped(sit: Sit, walk: Walk, query: str, hits: int) -> None:
    walk("handling")
    expected = 0 if query in {"?street=%27", "?since=2099-01-01"} else hits
    text = sit("leader").get(f"/desk/queue/open/{query}").content.decode()
    assert text.count("data-row ") == expected


def test_pulse_tells_ids_counts_and_version(sit: Sit, walk: Walk) -> None:
    number = walk("to_register")
    told = sit("operator").get(f"/desk/queue/register/pulse/?case={number}").json()
    assert (len(told["ids"]), told["counts"]["register"], told["version"]) == (1, 1, 1)


def test_search_box_opens_the_one_case_of_a_number(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    assert sit("leader").get(f"/desk/find/?q={number}").headers["Location"] == f"/desk/case/{number}/"


def test_search_by_phone_lists_the_case(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    text = sit("operator").get("/desk/find/?q=13812345678", follow=True).content.decode()
    assert f'data-number="{number}"' in text


def test_search_keeps_its_words_in_sight(sit: Sit) -> None:
    text = sit("operator").get("/desk/find/?q=没有这回事", follow=True).content.decode()
    assert 'id="find" class="form-control" value="没有这回事"' in text
    assert "<h1>检索“没有这回事”" in text
    assert "没有符合“没有这回事”的案件" in text


def test_narrowed_queue_says_that_filters_hide_cases(sit: Sit) -> None:
    assert "没有符合筛选的案件" in sit("operator").get("/desk/queue/register/?urgent=1").content.decode()


def test_suspended_case_says_until_when(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    until = dt.datetime(2026, 12, 8, 3, tzinfo=dt.UTC)
    Case.objects.filter(number=number).update(state="suspended", due_at=None, suspended_until=until)
    text = sit("shift_leader").get(f"/desk/queue/suspended/?case={number}").content.decode()
    assert text.count("挂账至 12月8日") == 2


def test_saved_view_comes_back_and_is_dropped_by_its_owner_only(sit: Sit) -> None:
    client = sit("operator")
    client.post("/desk/views/", {"name": "南坪", "tab": "register", "query": "street=500108001&nonsense=1"})
    kept = SavedView.objects.get()
    sit("dispatcher").post(f"/desk/views/{kept.id}/drop/")
    assert (kept.query, "南坪" in client.get("/desk/queue/register/").content.decode(), SavedView.objects.count()) == (
        "street=500108001", True, 1,
    )  # fmt: skip

"""People at the desk: one account per post, signed in; cases of all kinds."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.district import District

from xiucheng.cases import actions
from xiucheng.people.models import Account, Posting
from xiucheng.rules.workflow import Actor

POSTS = ("operator", "shift_leader", "dispatcher", "leader", "assessor", "officer", "system_admin")
RAIL = "火锅店门口护栏倒了，请打13812345678找我"

Walk = Callable[..., str]


@pytest.fixture
def accounts(district: District) -> dict[str, Account]:
    """One account per post; `unit`, `handler` and `other_unit` belong to units."""
    found = {}
    for post in POSTS:
        found[post] = Account.objects.create(username=post, name=f"{post}先生", pinyin=post)
        Posting.objects.create(account=found[post], post=post)
    for name, post, unit in (
        ("unit", "unit", district.unit),
        ("handler", "handler", district.unit),
        ("other_unit", "unit", district.other_unit),
    ):
        found[name] = Account.objects.create(username=name, name=f"{name}先生", pinyin=name, unit_id=unit)
        Posting.objects.create(account=found[name], post=post)
    found["nobody"] = Account.objects.create(username="nobody", name="无岗位", pinyin="w")
    return found


@pytest.fixture
def sit(accounts: dict[str, Account]) -> Callable[[str], Client]:
    """A signed-in browser for a post."""

    def at(post: str) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(accounts[post])
        return client

    return at


@pytest.fixture
def actor(accounts: dict[str, Account]) -> Callable[[str], Actor]:
    """How the law sees the account of a post."""

    def of(post: str) -> Actor:
        account = accounts[post]
        return Actor("account", str(account.id), frozenset({account.postings.get().post}), account.unit_id)

    return of


@pytest.fixture
def walk(actor: Callable[[str], Actor], district: District) -> Walk:
    """Take a new case to a state; gives its number."""

    def to(state: str, words: str = RAIL, **more: object) -> str:
        contact = {"name": "王小明", "phone": "13812345678", "email": "wang@example.com"}
        given = {"channel": "web", "kind": "complaint", "words": words, "contact": contact, "lng": 106.57, "lat": 29.53}
        done = actions.submit(actions.Submission(**{**given, **more}), Actor("resident"))  # type: ignore[arg-type]
        road = [
            ("to_file", "register", "operator", {"category": district.category}),
            ("to_dispatch", "file", "shift_leader", {"standard": district.standard}),
            ("handling", "dispatch", "dispatcher", {"unit": district.unit}),
            ("to_check", "feed_back", "unit", {"pictures": ["a" * 64], "words": "已扶正"}),
            ("checking", "send_check", "operator", {}),
            ("to_close", "check", "officer", {"pictures": ["b" * 64], "condition": True}),
            ("closed", "close", "shift_leader", {"standard": district.standard}),
        ]
        for reached, act, who, form in road if state != "to_register" else []:
            actions.act(done.case_id, act, actor(who), form)
            if reached == state:
                break
        return done.number

    return to

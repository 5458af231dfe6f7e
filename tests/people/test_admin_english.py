"""The administration in English (英文台账): whoever chose it finds no Chinese in frames, labels and choices; Chinese stays the default."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from tests.district import District
from tests.people.test_admin import SEES
from tests.road import take_to
from tests.staff import ADMINISTRATORS, person, staff

from xiucheng.api.models import Token
from xiucheng.audit.models import Change, Look
from xiucheng.city import clock
from xiucheng.people.models import Account, Lockout

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
SWITCH = re.compile(r'<a class="xc-language".*?</a>')
FORMS = [("system_admin", name) for name in sorted(SEES["system_admin"] - {"city/cell", "people/posting"})]
FORMS += [("security_admin", "people/posting"), ("security_admin", "api/token")]


def reader(post: str, language: str = "en") -> Client:
    """An administrator who chose a language; his own data are Latin, so that all Chinese comes from the house."""
    client = Client()
    client.force_login(Account.objects.filter(username=post).first() or person(post, post))
    client.cookies["django_language"] = language
    return client


def chinese(client: Client, path: str) -> list[str]:
    """What stands on a page in Chinese, but for the switch to Chinese."""
    answer = client.get(path)
    assert answer.status_code == 200
    return CHINESE.findall(SWITCH.sub("", answer.content.decode()))


@pytest.mark.parametrize("post", ADMINISTRATORS)
def test_every_list_speaks_english(db: None, post: str) -> None:
    client = reader(post)
    pages = ["/admin/", *(f"/admin/{name}/" for name in sorted(SEES[post]))]
    assert {page: found for page in pages if (found := chinese(client, page))} == {}


@pytest.mark.parametrize(("post", "name"), FORMS)
def test_every_form_speaks_english(db: None, post: str, name: str) -> None:
    assert chinese(reader(post), f"/admin/{name}/add/") == []


def _sentences(client: Client, path: str, **facts: Any) -> list[str]:
    """What a page says after a form: messages and errors."""
    page = client.post(path, facts, follow=True).content.decode()
    lists = re.findall(r'<ul class="(?:errorlist|messagelist)[^>]*>(.*?)</ul>', page, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)).strip() for found in lists]


@pytest.mark.parametrize(
    ("post", "path", "facts", "sentence"),
    [
        ("system_admin", "city/setting", {"key": "registration", "value": "-5"},
         "The setting “registration” is not right: it must be a whole number above 0."),
        ("system_admin", "city/setting", {"key": "district_code", "value": '"x"'},
         "The setting “district_code” is not right: it must be a district code of 6 digits, in quotes."),
        ("system_admin", "city/standard", {"limit_text": "soon"}, "The limit “soon” cannot be read."),
        ("system_admin", "people/account", {"username": "a", "name": "a", "phone": "x"},
         "“phone” does not look right; please check it."),
        ("security_admin", "api/token", {"expires_at_0": "2020-01-01", "expires_at_1": "08:00"}, "The end must lie ahead"),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_in_english(
    db: None, post: str, path: str, facts: dict[str, Any], sentence: str
) -> None:
    assert sentence in _sentences(reader(post), f"/admin/{path}/add/", **facts)


def test_first_and_new_passwords_are_told_in_english(db: None) -> None:
    client = reader("system_admin")
    (first, *_) = _sentences(client, "/admin/people/account/add/", username="new1", name="New")
    chosen = {"action": "reset_passwords", "_selected_action": [Account.objects.get(username="new1").pk]}
    (again, *_) = _sentences(client, "/admin/people/account/", **chosen)
    beginnings = ("First password of New (new1): ", "New password of New (new1): ")
    assert (first.startswith(beginnings[0]), again.startswith(beginnings[1])) == (True, True)
    assert CHINESE.findall(first + again) == []


def _token() -> Token:
    account = person("machine", "operator", "shift_leader")
    return Token.objects.create(
        name="screen",
        digest=b"0" * 32,
        account=account,
        posts=["operator", "shift_leader"],
        made_by=1,
        made_at=clock.now(),
    )


def test_token_tells_in_english_what_it_may_and_how_it_stands(db: None) -> None:
    client, token = reader("security_admin"), _token()
    page = client.get(f"/admin/api/token/{token.pk}/change/").content.decode()
    assert ("Operator, Shift leader" in page, ">valid<" in page) == (True, True)
    chosen = {"action": "revoke", "_selected_action": [token.pk]}
    said = [_sentences(client, "/admin/api/token/", **chosen)[0] for _ in range(2)]
    assert said == ["Tokens taken back: 1", "The chosen tokens were taken back before"]
    assert chinese(client, "/admin/api/token/") == []


def test_posts_that_the_account_does_not_hold_are_named_in_english(db: None) -> None:
    facts = {"name": "x", "account": person("m", "operator").pk, "posts": ["leader", "shift_leader"]}
    sentence = "The account does not hold these posts: Shift leader, Leader"
    assert sentence in _sentences(reader("security_admin"), "/admin/api/token/add/", **facts)


def test_lists_with_rows_speak_english(db: None) -> None:
    client = reader("security_admin")
    Lockout.objects.create(key="name:ab", failures=5, last_at=clock.now(), until=clock.now().replace(year=2999))
    _token()
    pages = ["/admin/people/account/", "/admin/people/posting/", "/admin/people/lockout/"]
    assert {page: found for page in pages if (found := chinese(client, page))} == {}
    assert "Operator, Shift leader" in client.get("/admin/people/account/").content.decode()


def test_lines_of_the_record_speak_english(db: None) -> None:
    client = reader("audit_admin")
    change = Change.objects.create(at=clock.now(), table="t", key="k", act="add")
    look = Look.objects.create(
        at=clock.now(), account_id=1, subject_kind="case", subject_key="k", field="phone", reason="x"
    )
    pages = ["/admin/audit/change/", f"/admin/audit/change/{change.pk}/change/", f"/admin/audit/look/{look.pk}/change/"]
    assert {page: found for page in pages if (found := chinese(client, page))} == {}


def test_page_before_a_standard_is_deleted_names_cases_in_english(district: District) -> None:
    take_to("handling", district, staff(district))
    page = reader("system_admin").get(f"/admin/city/standard/{district.standard}/delete/").content.decode()
    assert ("<li>Case: " in page, "案件" in page) == (True, False)


@pytest.mark.parametrize("post", ADMINISTRATORS)
def test_chinese_stays_the_default_whatever_the_browser_asks(db: None, post: str) -> None:
    client = reader(post)
    del client.cookies["django_language"]
    page = client.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    assert ("绣城 · 台账与参数" in page, "请选择台账" in page, "Registers" in page) == (True, True, False)


@pytest.mark.parametrize(("language", "other"), [("en", "zh-hans"), ("zh-hans", "en")])
def test_switch_of_language_comes_back_to_the_register(db: None, language: str, other: str) -> None:
    page = reader("system_admin", language).get("/admin/city/unit/?q=a&p=1").content.decode()
    assert f'href="/choose/?language={other}&amp;next=/admin/city/unit/%3Fq%3Da%26p%3D1"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_labels_in_two_languages_ask_for_no_migration(db: None, language: str) -> None:
    with translation.override(language):
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)

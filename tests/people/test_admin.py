"""The administration (台账与参数): each of the three administrators sees only his part, and changes are recorded."""

import datetime as dt

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.test import Client
from tests.district import District

from xiucheng.audit.models import Change, Look
from xiucheng.city import registers
from xiucheng.city.models import CalendarDay, Setting, Standard, Unit
from xiucheng.people.models import Account, Lockout, Posting

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
CITY = {
    "area", "cell", "unit", "contact", "category", "standard", "duty", "component", "landmark", "calendaryear",
    "calendarday", "setting", "text", "replytemplate", "knowledge", "word", "example",
}  # fmt: skip
SEES = {
    "system_admin": {f"city/{name}" for name in CITY} | {"people/account", "people/dutygrid", "people/posting"},
    "security_admin": {
        "api/token",
        "channel_open311/key",
        "people/account",
        "people/posting",
        "people/lockout",
        "city/area",
    },
    "audit_admin": {"audit/change", "audit/look"},
}
EMPTY = {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
OURS = {"api", "channel_open311", "city", "people", "audit"}


@pytest.fixture(autouse=True)
def _quick_passwords(settings: LazySettings) -> None:
    """The strength of the hash is Django's affair."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _as(post: str) -> Client:
    account = Account.objects.create(username=post, name=post, is_staff=post.endswith("_admin"))
    Posting.objects.create(account=account, post=post)
    client = Client()
    client.force_login(account)
    return client


def _registers() -> set[str]:
    names = {f"{m._meta.app_label}/{m._meta.model_name}" for m in admin.site._registry}
    return {name for name in names if name.split("/")[0] in OURS}


@pytest.mark.parametrize("post", SEES)
def test_each_administrator_sees_only_his_part(db: None, post: str) -> None:
    client = _as(post)
    opened = {name for name in _registers() if client.get(f"/admin/{name}/").status_code == 200}
    assert opened == SEES[post]


@pytest.mark.parametrize("post", SEES)
def test_nothing_of_the_frame_is_seen_by_an_administrator(db: None, post: str) -> None:
    client = _as(post)
    others = {f"{m._meta.app_label}/{m._meta.model_name}" for m in admin.site._registry} - _registers()
    assert {name for name in others if client.get(f"/admin/{name}/").status_code == 200} == set()


@pytest.mark.parametrize("post", ["operator", "shift_leader", "leader"])
def test_other_posts_do_not_enter(db: None, post: str) -> None:
    assert _as(post).get("/admin/city/unit/").status_code == 302


def test_there_is_one_door(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"


@pytest.mark.parametrize("name", sorted(SEES["system_admin"] - {"city/cell", "people/posting"}))
def test_system_administrator_opens_each_form(db: None, name: str) -> None:
    assert _as("system_admin").get(f"/admin/{name}/add/").status_code == 200


def test_system_administrator_gives_no_posts(db: None) -> None:
    assert _as("system_admin").get("/admin/people/posting/add/").status_code == 403


def _unit() -> Unit:
    return Unit.objects.create(code="U9", name="路灯所", short="路灯", pinyin="x", kind="department")


def test_change_of_a_unit_is_recorded_and_sorted_anew(db: None) -> None:
    unit, client = _unit(), _as("system_admin")
    before = registers.registers().generation
    facts = {
        "code": "U9",
        "name": "照明所",
        "short": "照明",
        "kind": "department",
        "ladder": "[]",
        "internal": "on",
        "active": "on",
    }
    assert client.post(f"/admin/city/unit/{unit.pk}/change/", {**facts, **EMPTY}).status_code == 302
    row = Change.objects.get(table="city_unit")
    assert (row.act, row.before, row.after) == (
        "change",
        {"name": "路灯所", "short": "路灯", "pinyin": "x"},
        {"name": "照明所", "short": "照明", "pinyin": "zhaomingsuo"},
    )
    assert registers.registers().generation > before


def test_deleted_holiday_is_recorded(db: None) -> None:
    CalendarDay.objects.create(date=dt.date(2026, 10, 1), workday=False, name="国庆节")
    _as("system_admin").post("/admin/city/calendarday/2026-10-01/delete/", {"post": "yes"})
    row = Change.objects.get(table="city_calendarday")
    assert (row.act, row.key, row.before["name"], CalendarDay.objects.count()) == ("delete", "2026-10-01", "国庆节", 0)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("registration", '"soon"', "要填正整数"),
        ("registration", "-5", "要填正整数"),
        ("straight_through", "7", "要填 0 到 1 之间的数"),
        ("working_hours", '"8-12"', "工作时间不对"),
        ("working_hours", '[["12:00", "08:00"]]', "工作时间不对"),
        ("planting_months", "[13]", "工作时间不对"),
        ("district_code", '"x"', "要填 6 位区划代码"),
    ],
)
def test_setting_that_would_stop_the_law_is_refused(db: None, key: str, value: str, sentence: str) -> None:
    answer = _as("system_admin").post("/admin/city/setting/add/", {"key": key, "value": value})
    assert (sentence in answer.content.decode(), Setting.objects.count()) == (True, 0)


def test_working_hours_of_the_district_are_what_the_law_counts(db: None) -> None:
    facts = {"key": "working_hours", "value": '[["09:00", "12:00"], ["13:30", "17:30"]]'}
    _as("system_admin").post("/admin/city/setting/add/", facts)
    assert registers.registers().law.calendar.spans == ((32400, 43200), (48600, 63000))


def test_unit_is_not_put_below_its_own_child(db: None) -> None:
    first = _unit()
    below = Unit.objects.create(code="U11", name="二队", short="二队", pinyin="e", kind="department", parent=first)
    last = Unit.objects.create(code="U10", name="三队", short="三队", pinyin="s", kind="department", parent=below)
    facts = {"code": first.code, "name": first.name, "short": first.short, "kind": first.kind, "parent": last.pk,
             "ladder": "[]"}  # fmt: skip
    page = _as("system_admin").post(f"/admin/city/unit/{first.pk}/change/", {**facts, **EMPTY})
    first.refresh_from_db()
    assert ("“三队”现在归这个单位管" in page.content.decode(), first.parent_id) == (True, None)


def _limit(district: District, text: str) -> Standard:
    row = Standard.objects.get(id=district.standard)
    facts = {
        "category": row.category_id,
        "code": row.code,
        "filing_condition": "x",
        "limit_text": text,
        "closing_condition": "y",
        "active": "on",
    }
    _as("system_admin").post(f"/admin/city/standard/{row.pk}/change/", facts)
    return Standard.objects.get(id=district.standard)


def test_limit_in_words_is_read_by_the_law(district: District) -> None:
    row = _limit(district, "种植季节15工作日")
    assert (row.clock, row.limit_seconds, row.season) == ("working", 15 * 8 * 3600, True)


def test_limit_that_is_none_is_refused(district: District) -> None:
    assert _limit(district, "尽快").limit_text == "2工作日"


def test_new_account_gets_a_first_password_shown_once(db: None) -> None:
    client = _as("system_admin")
    client.post("/admin/people/account/add/", {"username": "new1", "name": "新人", "phone": "19900050017"})
    account = Account.objects.get(username="new1")
    page = client.get("/admin/people/account/").content.decode()
    assert (account.must_change, account.has_usable_password(), "的首次密码：" in page) == (True, True, True)
    assert Change.objects.get(table="people_account").after["password"] == "…"


def test_accounts_are_never_deleted(db: None) -> None:
    client = _as("system_admin")
    pk = Account.objects.get().pk
    assert client.get(f"/admin/people/account/{pk}/delete/").status_code == 403


def _give(post: str) -> Account:
    client = _as("security_admin")
    account = Account.objects.create(username="x", name="某")
    Posting.objects.create(account=account, post="operator")
    client.post("/admin/people/posting/add/", {"account": account.pk, "post": post})
    return account


def test_security_administrator_gives_a_post(db: None) -> None:
    account = _give("dispatcher")
    assert sorted(account.postings.values_list("post", flat=True)) == ["dispatcher", "operator"]


def test_administrators_post_is_not_given_to_an_operator(db: None) -> None:
    account = _give("audit_admin")
    assert list(account.postings.values_list("post", flat=True)) == ["operator"]


def test_last_security_administrator_keeps_his_post(db: None) -> None:
    client = _as("security_admin")
    pk = Posting.objects.get().pk
    assert client.post(f"/admin/people/posting/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_lock_is_opened_by_the_security_administrator(db: None) -> None:
    client = _as("security_admin")
    Lockout.objects.create(key="name:ab", failures=5, last_at=NOW, until=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    client.post("/admin/people/lockout/", {"action": "unlock", "_selected_action": ["name:ab"]})
    assert (Lockout.objects.count(), Change.objects.get(table="people_lockout").act) == (0, "delete")


def test_record_cannot_be_changed_and_the_look_is_recorded(db: None) -> None:
    client = _as("audit_admin")
    row = Change.objects.create(at=NOW, table="t", key="k", act="add")
    assert client.get(f"/admin/audit/change/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/audit/change/{row.pk}/change/", {"table": "x"}).status_code == 403
    assert Look.objects.filter(subject_kind="audit_change").exists()


@pytest.mark.parametrize(("post", "there"), [("system_admin", True), ("security_admin", False), ("audit_admin", False)])
def test_ways_to_people_and_calendar_stand_on_top(db: None, post: str, there: bool) -> None:
    assert ("/desk/people/" in _as(post).get("/admin/").content.decode()) is there


def test_registers_lead_to_the_workbook_of_standards(db: None) -> None:
    assert 'href="/desk/standards/"' in _as("system_admin").get("/admin/").content.decode()

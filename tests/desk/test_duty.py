"""The centre's own day at the desk (值班、交接班、公告、回访、人员、日历)."""

import datetime as dt
import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from xiucheng.audit.models import Change, Look
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Task
from xiucheng.cases.queries import ALL
from xiucheng.city import clock, registers
from xiucheng.city.models import CalendarDay, Standard
from xiucheng.desk.access import Viewer
from xiucheng.desk.waiting import waiting
from xiucheng.people.models import Account, Bulletin, BulletinRead, Duty, Handover, Posting
from xiucheng.people.queries import holder
from xiucheng.rules.workflow import Actor

Sit = Callable[[str], Client]
Walk = Callable[..., str]

PAGES = {
    "/desk/roster/": {"operator", "shift_leader", "dispatcher", "leader", "assessor"},
    "/desk/handovers/": {"operator", "shift_leader", "dispatcher"},
    "/desk/bulletins/": {"operator", "shift_leader", "dispatcher", "leader", "assessor", "unit", "handler"},
    "/desk/call-backs/": {"operator", "shift_leader"},
    "/desk/people/": {"system_admin"},
    "/desk/people/import/accounts/": {"system_admin"},
    "/desk/people/import/units/empty.csv": {"system_admin"},
    "/desk/standards/": {"system_admin"},
    "/desk/standards/download.xlsx": {"system_admin"},
    "/desk/orders/": {"shift_leader"},
    "/desk/orders/results.xlsx": {"shift_leader"},
    "/desk/calendar/": {"shift_leader", "system_admin"},
}
EVERYBODY = (
    "operator",
    "shift_leader",
    "dispatcher",
    "leader",
    "assessor",
    "unit",
    "handler",
    "officer",
    "system_admin",
)


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_for_its_posts_only(sit: Sit, path: str) -> None:
    assert {post for post in EVERYBODY if sit(post).get(path).status_code == 200} == PAGES[path]


@pytest.mark.parametrize("path", PAGES)
def test_page_sends_strangers_to_the_door(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"


def _colleague(post: str = "shift_leader") -> Account:
    made = Account.objects.create(username="second", name="乙")
    Posting.objects.create(account=made, post=post)
    return made


def _turn(accounts: dict[str, Account], **more: str) -> dict[str, str]:
    given = {"post": "shift_leader", "day": "2026-12-01", "begins": "20:00", "ends": "08:00", "deputy": "", "note": ""}
    return {**given, "account": str(accounts["shift_leader"].pk), **more}


def test_roster_takes_a_turn_over_midnight(sit: Sit, accounts: dict[str, Account]) -> None:
    answer = sit("shift_leader").post("/desk/roster/add/", _turn(accounts))
    turn = Duty.objects.get()
    assert (answer.headers["Location"], turn.ends - turn.begins) == (
        "/desk/roster/?day=2026-12-01",
        dt.timedelta(hours=12),
    )


def test_roster_shows_turn_and_holiday(sit: Sit, accounts: dict[str, Account]) -> None:
    CalendarDay.objects.create(date=dt.date(2026, 12, 2), workday=False, name="演练日")
    sit("shift_leader").post("/desk/roster/add/", _turn(accounts))
    page = sit("leader").get("/desk/roster/?day=2026-12-03").content.decode()
    assert ("shift_leader先生" in page, "演练日" in page, "排一个班" in page) == (True, True, False)


@pytest.mark.parametrize(
    "change", [{"day": "x"}, {"begins": "25:00"}, {"account": "abc"}, {"post": "king"}, {"day": "9999-01-01"}]
)
def test_roster_refuses_nonsense_with_a_sentence(
    sit: Sit, accounts: dict[str, Account], change: dict[str, str]
) -> None:
    answer = sit("shift_leader").post("/desk/roster/add/", _turn(accounts, **change))
    assert (answer.status_code, Duty.objects.count()) == (422, 0)


def test_roster_is_kept_by_shift_leaders_only(sit: Sit, accounts: dict[str, Account]) -> None:
    assert (sit("operator").post("/desk/roster/add/", _turn(accounts)).status_code, Duty.objects.count()) == (403, 0)


def test_roster_plan_fills_days_in_turn(sit: Sit, accounts: dict[str, Account]) -> None:
    second = _colleague()
    people = [accounts["shift_leader"].pk, second.pk]
    sit("shift_leader").post(
        "/desk/roster/plan/",
        {"post": "shift_leader", "first": "2026-12-01", "days": "2", "shifts": "day", "people": people},
    )
    assert list(Duty.objects.order_by("begins").values_list("account_id", "deputy_id")) == [
        (people[0], people[1]), (people[1], people[0]),
    ]  # fmt: skip


def test_roster_away_brings_the_deputy(sit: Sit, accounts: dict[str, Account]) -> None:
    sit("shift_leader").post("/desk/roster/add/", _turn(accounts, deputy=str(_colleague().pk)))
    turn = Duty.objects.get()
    sit("shift_leader").post(f"/desk/roster/{turn.pk}/", {"what": "away", "day": "2026-12-01"})
    assert "B角顶班" in sit("operator").get("/desk/roster/?day=2026-12-01").content.decode()


def test_administrator_has_no_search_box_for_cases_he_may_not_see(sit: Sit) -> None:
    assert 'id="find"' not in sit("system_admin").get("/desk/people/").content.decode()


def test_handover_says_once_why_a_disputed_case_is_there(sit: Sit, walk: Walk) -> None:
    walk("to_file")
    Case.objects.update(state="disputed")
    text = sit("shift_leader").get("/desk/handovers/").content.decode()
    assert text.count('xc-bad">申请重办</span>') == 1


def test_handover_gathers_flagged_cases_and_is_signed_by_both(
    sit: Sit, walk: Walk, accounts: dict[str, Account]
) -> None:
    number, second = walk("to_file"), _colleague()
    Case.objects.update(flags=["petition"])
    form = {"taker": second.pk, "item": [number], f"words-{number}": "已约谈", "note": "夜里有雨"}
    assert sit("shift_leader").post("/desk/handovers/", form).status_code == 302
    sheet = Handover.objects.get()
    assert sheet.items == [{"number": number, "state": "待立案", "why": "特别关注", "words": "已约谈"}]
    taker = Client()
    taker.force_login(second)
    assert "请看过后签字" in taker.get("/desk/handovers/").content.decode()
    taker.post(f"/desk/handovers/{sheet.pk}/sign/", {"note": ""})
    sheet.refresh_from_db()
    assert sheet.taker_signed_at is not None


def test_handover_without_taker_keeps_what_was_typed(sit: Sit) -> None:
    answer = sit("shift_leader").post("/desk/handovers/", {"taker": "", "note": "夜里有雨"})
    assert (answer.status_code, "夜里有雨" in answer.content.decode(), Handover.objects.count()) == (422, True, 0)


def _publish(sit: Sit, post: str = "shift_leader", **more: object) -> int:
    return (
        sit(post)
        .post("/desk/bulletins/", {"title": "汛期值守", "body": "今夜有雨", "must_read": "on", **more})
        .status_code
    )


def test_bulletin_is_read_with_a_receipt(sit: Sit, accounts: dict[str, Account]) -> None:
    _publish(sit)
    sheet = Bulletin.objects.get()
    assert "必读" in sit("unit").get("/desk/bulletins/").content.decode()
    sit("unit").post(f"/desk/bulletins/{sheet.pk}/")
    assert BulletinRead.objects.filter(account=accounts["unit"]).count() == 1
    assert "unit先生" in sit("shift_leader").get(f"/desk/bulletins/{sheet.pk}/read/").content.decode()


def test_bulletin_by_an_operator_is_refused(sit: Sit) -> None:
    assert (_publish(sit, "operator"), Bulletin.objects.count()) == (403, 0)


def test_bulletin_without_title_keeps_what_was_typed(sit: Sit) -> None:
    answer = sit("leader").post("/desk/bulletins/", {"title": "", "body": "今夜有雨"})
    assert (answer.status_code, "今夜有雨" in answer.content.decode()) == (422, True)


def test_bulletin_shows_markup_as_text(sit: Sit) -> None:
    _publish(sit, body="<script>alert(1)</script>")
    assert "<script>alert(1)" not in sit("unit").get("/desk/bulletins/").content.decode()


def _call(walk: Walk) -> int:
    walk("closed", channel="hotline")
    return Task.objects.get(kind="call_back").pk


def test_call_back_hides_the_number_until_asked(sit: Sit, walk: Walk) -> None:
    path = f"/desk/call-backs/{_call(walk)}/"
    assert "13812345678" not in sit("operator").get(path).content.decode().replace("请打13812345678", "")
    assert "tel:13812345678" in sit("operator").post(path, {"what": "look"}).content.decode()
    assert list(Look.objects.values_list("field", "reason")) == [("contact", "回访")]


def test_call_back_writes_the_verdict_down(sit: Sit, walk: Walk) -> None:
    task = _call(walk)
    sit("operator").post(f"/desk/call-backs/{task}/", {"reached": "reached", "rating": "5", "words": "好", "key": "k"})
    assert (Case.objects.get().satisfaction, Task.objects.get(pk=task).result) == (5, "reached")
    assert "没有要回访的" in sit("operator").get("/desk/call-backs/").content.decode()


def test_call_back_that_reached_somebody_needs_a_rating(sit: Sit, walk: Walk) -> None:
    answer = sit("operator").post(f"/desk/call-backs/{_call(walk)}/", {"reached": "reached", "words": "他说还行"})
    assert (answer.status_code, "他说还行" in answer.content.decode()) == (422, True)


def test_call_back_without_answer_stays_on_the_list(sit: Sit, walk: Walk) -> None:
    task = _call(walk)
    sit("operator").post(f"/desk/call-backs/{task}/", {"reached": "no_answer"})
    assert "上次无人接听" in sit("operator").get("/desk/call-backs/").content.decode()


def test_what_is_to_be_passed_on_is_listed_and_ticked_off(sit: Sit, walk: Walk, actor: Callable[[str], Actor]) -> None:
    walk("to_register")
    act(Case.objects.get().pk, "refuse", actor("operator"), {"reason": "不归我们", "whose": "供电局，95598"})
    desk, task = sit("operator"), Task.objects.get(kind="pass_on").pk
    viewer = Viewer(holder(Account.objects.get(username="operator")), ALL)
    assert waiting(viewer)["desk:call_backs"] == 1
    assert "供电局，95598" in desk.get("/desk/call-backs/").content.decode()
    answers = [desk.post(f"/desk/pass-on/{task}/").status_code for _ in range(2)]
    assert (answers, Task.objects.get(pk=task).result) == ([302, 404], "passed_on")
    assert "供电局，95598" not in desk.get("/desk/call-backs/").content.decode()


def test_call_back_of_no_task_is_not_found(sit: Sit) -> None:
    assert sit("operator").get("/desk/call-backs/999999/").status_code == 404


def test_import_lists_faults_and_takes_nothing(sit: Sit) -> None:
    file = SimpleUploadedFile("a.csv", "用户名,姓名,岗位\nzhou,周敏,国王\n".encode())
    answer = sit("system_admin").post("/desk/people/import/accounts/", {"file": file})
    assert (answer.status_code, "没有岗位“国王”" in answer.content.decode()) == (422, True)
    assert not Account.objects.filter(username="zhou").exists()


def test_import_shows_first_passwords_once(sit: Sit) -> None:
    file = SimpleUploadedFile("a.csv", "用户名,姓名,岗位\nzhou,周敏,受理员\n".encode())
    answer = sit("system_admin").post("/desk/people/import/accounts/", {"file": file})
    assert ("首次密码，只显示这一次" in answer.content.decode(), Account.objects.get(username="zhou").must_change) == (
        True,
        True,
    )


def test_import_without_file_gets_a_sentence(sit: Sit) -> None:
    assert sit("system_admin").post("/desk/people/import/units/", {}).status_code == 422


def _standards(sit: Sit) -> openpyxl.Workbook:
    """What is in force, as the page gives it."""
    answer = sit("system_admin").get("/desk/standards/download.xlsx")
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def _bring(sit: Sit, book: openpyxl.Workbook, do: str) -> tuple[int, str]:
    content = io.BytesIO()
    book.save(content)
    file = SimpleUploadedFile("新标准.xlsx", content.getvalue())
    answer = sit("system_admin").post("/desk/standards/", {"file": file, "do": do})
    return answer.status_code, answer.content.decode()


def test_standards_are_tried_before_they_are_brought_in(sit: Sit) -> None:
    book = _standards(sit)
    sheet = next(s for s in (book["部件"], book["事件"]) if s.max_row > 1)
    sheet["H2"] = "换了新的结案条件"
    status, shown = _bring(sit, book, "check")
    assert (status, "改动 1 条" in shown, "什么也没有写入" in shown) == (200, True, True)
    assert not Standard.objects.filter(closing_condition="换了新的结案条件").exists()
    status, shown = _bring(sit, book, "import")
    assert (status, "已导入" in shown) == (200, True)
    assert Standard.objects.filter(closing_condition="换了新的结案条件", active=True).count() == 1
    assert Change.objects.filter(table="city_standard", act="import").count() == 1


def test_standards_with_a_fault_say_sheet_and_row_and_change_nothing(sit: Sit) -> None:
    book = _standards(sit)
    sheet = next(s for s in (book["部件"], book["事件"]) if s.max_row > 1)
    sheet["F2"], sheet["H2"] = "很快", "别的"
    status, shown = _bring(sit, book, "import")
    assert (status, f"新标准.xlsx〔{sheet.title}〕" in shown, "很快" in shown) == (422, True, True)
    assert not Standard.objects.filter(closing_condition="别的").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", "大类代码,小类".encode()])
def test_standards_that_are_no_workbook_get_a_sentence(sit: Sit, content: bytes) -> None:
    file = SimpleUploadedFile("x.xlsx", content)
    answer = sit("system_admin").post("/desk/standards/", {"file": file, "do": "import"})
    assert answer.status_code == 422 and any(w in answer.content.decode() for w in ("不是 XLSX 工作簿", "“文件”"))


def test_leave_hands_everything_over(sit: Sit, walk: Walk, accounts: dict[str, Account]) -> None:
    walk("handling")
    Case.objects.update(handler_id=accounts["handler"].pk)
    mate = _colleague("handler")
    Account.objects.filter(pk=mate.pk).update(unit=accounts["handler"].unit)
    path = f"/desk/people/{accounts['handler'].pk}/leave/"
    assert "1 件在办案件" in sit("system_admin").get(path).content.decode()
    sit("system_admin").post(path, {"successor": mate.pk})
    accounts["handler"].refresh_from_db()
    assert (Case.objects.get().handler_id, accounts["handler"].is_active) == (mate.pk, False)


def test_leave_tells_of_turns_that_clash_with_the_successors_own(sit: Sit, accounts: dict[str, Account]) -> None:
    mate, begins = _colleague("operator"), clock.now() + dt.timedelta(days=2)
    for one in (mate, accounts["operator"]):
        Duty.objects.create(post="operator", begins=begins, ends=begins + dt.timedelta(hours=8), account=one)
    path = f"/desk/people/{accounts['operator'].pk}/leave/"
    page = sit("system_admin").post(path, {"successor": mate.pk}, follow=True)
    assert "有 1 班与接替人自己的班时间重叠" in page.content.decode()
    assert sorted(Duty.objects.values_list("account", flat=True)) == sorted([mate.pk, accounts["operator"].pk])


def test_leave_offers_and_takes_only_who_can_do_the_work(sit: Sit, walk: Walk, accounts: dict[str, Account]) -> None:
    walk("handling")
    Case.objects.update(handler_id=accounts["handler"].pk)
    stranger = _colleague("handler")
    Account.objects.filter(pk=stranger.pk).update(unit=None)
    path = f"/desk/people/{accounts['handler'].pk}/leave/"
    assert f'value="{stranger.pk}"' not in sit("system_admin").get(path).content.decode()
    answers = [sit("system_admin").post(path, {"successor": one}) for one in (stranger.pk, accounts["operator"].pk)]
    accounts["handler"].refresh_from_db()
    assert ([a.status_code for a in answers], accounts["handler"].is_active) == ([422, 422], True)


def test_leave_with_open_cases_needs_a_successor(sit: Sit, walk: Walk, accounts: dict[str, Account]) -> None:
    walk("handling")
    Case.objects.update(handler_id=accounts["handler"].pk)
    answer = sit("system_admin").post(f"/desk/people/{accounts['handler'].pk}/leave/", {"successor": ""})
    accounts["handler"].refresh_from_db()
    assert (answer.status_code, accounts["handler"].is_active) == (422, True)


def test_recount_shows_and_moves_deadlines(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    due = Case.objects.get().due_at
    assert due is not None
    day = clock.now().astimezone(clock.ZONE).date() + dt.timedelta(days=1)
    while day.weekday() >= 5 or CalendarDay.objects.filter(date=day).exists():
        day += dt.timedelta(days=1)
    CalendarDay.objects.create(date=day, workday=False, name="临时放假")
    registers.touch()
    assert number in sit("system_admin").get("/desk/calendar/").content.decode()
    sit("system_admin").post("/desk/calendar/")
    after = Case.objects.get().due_at
    assert after is not None and after > due
    assert Change.objects.get(act="recount").after == {"cases": 1}


def test_page_that_is_not_ones_own_leads_home_not_to_the_residents(sit: Sit) -> None:
    answer = sit("unit").get("/desk/handovers/")
    assert (answer.status_code, 'href="/home/"' in answer.content.decode()) == (403, True)


def test_calendar_names_the_year_of_its_days(sit: Sit) -> None:
    year = clock.today().year
    CalendarDay.objects.all().delete()
    for at in (year, year + 1):
        CalendarDay.objects.create(date=dt.date(at, 1, 1), workday=False, name="元旦")
    text = sit("shift_leader").get("/desk/calendar/").content.decode()
    assert (re.findall(r"<h3[^>]*>([^<]+)</h3>", text), text.count("1月1日 元旦")) == (
        [f"{year} 年", f"{year + 1} 年"],
        2,
    )


def test_handover_says_that_it_waits_for_a_signature(sit: Sit) -> None:
    answer = sit("shift_leader").post("/desk/handovers/", {"taker": _colleague().pk, "note": "夜里有雨"}, follow=True)
    assert "已交班，等接班人签字。" in answer.content.decode()


def test_call_back_says_that_it_was_written_down(sit: Sit, walk: Walk) -> None:
    form = {"reached": "reached", "rating": "5", "key": "k"}
    answer = sit("operator").post(f"/desk/call-backs/{_call(walk)}/", form, follow=True)
    assert f"已记下：{Case.objects.get().number}" in answer.content.decode()


def test_channels_are_named_in_the_language_of_the_page(sit: Sit) -> None:
    client = sit("shift_leader")
    client.cookies["django_language"] = "en"
    names = re.findall(r"<tr><td>([^<]+)<", client.get("/desk/channels/").content.decode())
    assert names
    assert [name for name in names if re.search("[\u4e00-\u9fff]", name)] == []


def test_printed_overview_says_what_and_which_day(sit: Sit) -> None:
    text = re.sub(r"<[^>]+>|\s", "", sit("leader").get("/desk/overview/").content.decode().split("page-title")[1][:400])
    assert f"今日概况{clock.today().year}年{clock.today().month}月{clock.today().day}日" in text

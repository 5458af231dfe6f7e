"""What a resident sees of his own matter, and what he can do there."""

from typing import Any

import pytest
from django.test import Client
from tests import district

from xiucheng.cases import actions
from xiucheng.cases.models import Case, Report, Task
from xiucheng.city.models import Category
from xiucheng.city.registers import touch
from xiucheng.intake.actions import Point, follow_up, take_in
from xiucheng.portal import keys
from xiucheng.portal.progress import STATES, TELLERS
from xiucheng.portal.views.track import _pictures
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, ROWS
from xiucheng.rules.workflow import STATES as ALL_STATES

pytestmark = pytest.mark.django_db

QUIET = {
    "note", "claim", "call_back", "import", "extend.ask", "extend.agree", "extend.deny", "suspend.ask", "suspend.agree",
    "suspend.deny", "appeal.ask", "appeal.agree", "appeal.grant", "appeal.deny",
}  # fmt: skip


@pytest.fixture
def here() -> district.District:
    return district.build()


def report(**more: Any) -> Report:
    given = {"channel": "web", "words": "护栏倒了", "point": Point(106.57, 29.525), "category": "C0101", **more}
    made = take_in(**given)
    return Report.objects.get(token=made.token)


def to_handling(case_id: int, here: district.District) -> None:
    who = district.actors(here)
    actions.act(case_id, "register", who["operator"], {"category": "C0101"})
    actions.act(case_id, "file", who["shift_leader"], {"standard": here.standard})
    actions.act(case_id, "dispatch", who["dispatcher"], {"unit": here.unit})


def test_every_state_has_plain_words() -> None:
    assert set(STATES) == set(ALL_STATES)


def test_every_act_is_told_or_quiet_on_purpose() -> None:
    assert {row.key for row in ROWS} == set(TELLERS) | QUIET


def test_plain_words_are_never_office_chinese() -> None:
    said = "".join(words for _, _, words in STATES.values())
    assert [word for word in ("派遣", "立案", "转交", "有关部门", "核查") if word in said] == []


def test_progress_names_who_is_on_it(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    page = client.get(f"/t/{own.token}/").content.decode()
    assert ("市政设施科正在办" in page, "交给市政设施科办" in page) == (True, True)


def test_code_may_be_typed_with_dashes_and_small_letters(client: Client, here: district.District) -> None:
    own = report()
    typed = "-".join([own.token[:4], own.token[4:8], own.token[8:]]).lower()
    assert client.post("/track/", {"code": typed}).headers["Location"] == f"/t/{own.token}/"


def test_wrong_code_is_a_sentence(client: Client, here: district.District) -> None:
    answer = client.post("/track/", {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert (answer.status_code, "查询码不对" in answer.content.decode()) == (404, True)


def test_progress_of_a_guessed_code_is_not_found(client: Client, here: district.District) -> None:
    assert client.get("/t/AAAABBBBCCCCDDDD/").status_code == 404


def test_urge_twice_with_one_form_counts_once(client: Client, here: district.District) -> None:
    own = report()
    for _ in range(2):
        client.post(f"/t/{own.token}/urge/", {"once": "abc", "words": ""})
    assert client.get(f"/t/{own.token}/").content.decode().count("您催了一次") == 1


def test_withdraw_from_the_page(client: Client, here: district.District) -> None:
    own = report()
    client.post(f"/t/{own.token}/withdraw/", {"once": "a"})
    assert Case.objects.get().state == "withdrawn"


def test_act_of_the_staff_is_refused(client: Client, here: district.District) -> None:
    own = report()
    assert client.post(f"/t/{own.token}/close/", {"once": "a"}).status_code == 403


def test_what_is_not_possible_now_is_a_sentence(client: Client, here: district.District) -> None:
    own = report()
    answer = client.post(f"/t/{own.token}/verdict/", {"once": "a", "rating": "5"})
    assert (answer.status_code, Case.objects.get().satisfaction) == (409, None)


def test_not_ours_says_whose(client: Client, here: district.District) -> None:
    own = report()
    who = district.actors(here)
    actions.act(own.case_id, "refuse", who["operator"], {"reason": "家庭噪声", "whose": "当地派出所，请拨 110"})
    assert "该找：当地派出所，请拨 110" in client.get(f"/t/{own.token}/").content.decode()


def test_me_too_is_a_report_of_its_own(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh", "words": "我也看到了"})
    second = Report.objects.latest("id")
    assert (Report.objects.count(), second.case.state, second.case.main_case_id) == (2, "merged", own.case_id)


def test_me_too_of_two_residents_without_a_form_of_their_own_is_two_reports(
    client: Client, here: district.District
) -> None:
    own = report()
    to_handling(own.case_id, here)
    codes = [client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {}).headers["Location"] for _ in range(2)]
    assert (codes[0] == codes[1], Report.objects.count()) == (False, 3)


def test_me_too_sent_twice_from_one_form_is_one_report(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    given = {"once": "abcdefgh", "words": "我也看到了"}
    codes = [client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", given).headers["Location"] for _ in range(2)]
    assert (codes[0] == codes[1], Report.objects.count()) == (True, 2)


def test_merged_report_shows_the_main_case(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh"})
    page = client.get(f"/t/{Report.objects.latest('id').token}/").content.decode()
    assert ("市政设施科正在办" in page, "护栏倒了" in page) == (True, False)


def test_what_one_reporter_adds_the_other_never_reads(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh"})
    second = Report.objects.latest("id")
    client.post(f"/t/{own.token}/supplement/", {"once": "abcdefgi", "words": "我家的门牌是十二号"})
    client.post(f"/t/{second.token}/supplement/", {"once": "abcdefgj", "words": "我每天七点路过"})
    pages = [client.get(f"/t/{one.token}/").content.decode() for one in (own, second)]
    found = [("十二号" in page, "七点路过" in page) for page in pages]
    assert found == [(True, False), (False, True)]


def test_picture_added_later_is_seen_by_who_added_it(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh"})
    second = Report.objects.latest("id")
    stored = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 8, "height": 6}
    follow_up(own.token, "supplement", {"words": "补一张", "pictures": [stored]})
    seen = [bool(_pictures(one, own.case)[0]) for one in (own, second)]
    assert seen == [True, False]


def to_closed(case_id: int, here: district.District) -> None:
    who, picture = district.actors(here), ["a" * 64]
    actions.act(case_id, "feed_back", who["handler"], {"pictures": picture, "words": "已扶正"})
    actions.act(case_id, "send_check", who["operator"], {"person": "4"})
    actions.act(case_id, "check", who["officer"], {"pictures": picture, "condition": True})
    actions.act(case_id, "close", who["shift_leader"], {"standard": here.standard})


def two_reporters(client: Client, here: district.District) -> tuple[Report, Report]:
    """One case that is closed and two who reported it."""
    own = report()
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh"})
    to_closed(own.case_id, here)
    return own, Report.objects.latest("id")


def offered(client: Client, one: Report) -> tuple[bool, bool]:
    """Whether his page asks for a verdict, and for a second try."""
    page = client.get(f"/t/{one.token}/").content.decode()
    return f'action="/t/{one.token}/verdict/"' in page, f'action="/t/{one.token}/dispute/"' in page


def test_each_reporter_of_one_case_gives_his_own_verdict(client: Client, here: district.District) -> None:
    own, second = two_reporters(client, here)
    client.post(f"/t/{own.token}/verdict/", {"once": "a", "rating": "5"})
    before = [offered(client, own), offered(client, second)]
    client.post(f"/t/{second.token}/verdict/", {"once": "b", "rating": "2"})
    after = [offered(client, own), offered(client, second)]
    assert (before, after) == ([(False, True), (True, True)], [(False, True), (False, True)])


def test_verdict_of_a_case_is_the_mean_of_its_reporters(client: Client, here: district.District) -> None:
    own, second = two_reporters(client, here)
    found = []
    for who, rating in ((own, "5"), (second, "2"), (second, "1")):
        client.post(f"/t/{who.token}/verdict/", {"once": rating, "rating": rating})
        found.append(Case.objects.get(id=own.case_id).satisfaction)
    assert found == [5, 4, 3]


def test_verdict_of_one_reporter_the_other_never_reads(client: Client, here: district.District) -> None:
    own, second = two_reporters(client, here)
    client.post(f"/t/{own.token}/verdict/", {"once": "a", "rating": "5", "words": "谢谢"})
    client.post(f"/t/{second.token}/verdict/", {"once": "b", "rating": "2", "words": "门口还是歪的"})
    pages = [client.get(f"/t/{one.token}/").content.decode() for one in (own, second)]
    found = [("您给了5分" in page, "您给了2分" in page, "还是歪的" in page) for page in pages]
    assert found == [(True, False, False), (False, True, True)]


def test_verdict_is_asked_anew_after_a_case_was_done_again(client: Client, here: district.District) -> None:
    own, _ = two_reporters(client, here)
    client.post(f"/t/{own.token}/verdict/", {"once": "a", "rating": "1"})
    client.post(f"/t/{own.token}/dispute/", {"once": "b", "words": "没有修"})
    actions.act(own.case_id, "reopen", district.actors(here)["shift_leader"], {"unit": here.unit})
    to_closed(own.case_id, here)
    asked = offered(client, own)[0]
    client.post(f"/t/{own.token}/verdict/", {"once": "c", "rating": "5"})
    assert (asked, Case.objects.get(id=own.case_id).satisfaction) == (True, 5)


def test_verdict_given_in_a_call_is_not_asked_again(client: Client, here: district.District) -> None:
    own = report(channel="hotline")
    to_handling(own.case_id, here)
    to_closed(own.case_id, here)
    actions.act(own.case_id, "call_back", district.actors(here)["operator"], {"reached": "reached", "rating": "4"})
    assert offered(client, own) == (False, True)


@pytest.mark.parametrize(("who", "waiting"), [("second", 1), ("own", 0)])
def test_verdict_of_one_reporter_leaves_the_call_to_the_other(
    client: Client, here: district.District, who: str, waiting: int
) -> None:
    own = report(channel="hotline", contact={"phone": "13812345678"})
    to_handling(own.case_id, here)
    client.post(f"/p/{keys.key_of(own.case_id)}/me-too/", {"once": "abcdefgh"})
    to_closed(own.case_id, here)
    token = {"own": own.token, "second": Report.objects.latest("id").token}[who]
    client.post(f"/t/{token}/verdict/", {"once": "a", "rating": "5"})
    assert Task.objects.filter(kind="call_back", done_at=None).count() == waiting


def test_public_page_hides_words_before_a_look(client: Client, here: district.District) -> None:
    own = report(words="护栏倒了，我是隔壁老王")
    to_handling(own.case_id, here)
    page = client.get(f"/p/{keys.key_of(own.case_id)}/").content.decode()
    assert ("老王" in page, own.token in page, "正在办" in page) == (False, False, True)


def test_public_page_shows_words_after_a_look(client: Client, here: district.District) -> None:
    own = report(words="护栏倒了很久")
    to_handling(own.case_id, here)
    Case.objects.update(public="public")
    assert "护栏倒了很久" in client.get(f"/p/{keys.key_of(own.case_id)}/").content.decode()


def test_public_key_comes_back() -> None:
    assert keys.case_of(keys.key_of(123456)) == 123456


@pytest.mark.parametrize("key", ["1", "A" * 22, "", "AAAAAAAAAAAAAAAAAAAAA=", "中" * 22])
def test_guessed_public_key_is_unknown(key: str) -> None:
    with pytest.raises(Refused):
        keys.case_of(key)


def test_map_shows_no_words_and_no_ids(client: Client, here: district.District) -> None:
    own = report()
    to_handling(own.case_id, here)
    found = client.get("/map/cases.json", {"bbox": "106.5,29.5,106.6,29.6", "zoom": "16"}).json()["features"]
    assert [sorted(f["properties"]) for f in found] in ([["text", "title", "tone", "url"]], [])


def test_map_of_nonsense_is_not_found(client: Client) -> None:
    assert client.get("/map/cases.json", {"bbox": "a,b", "zoom": "16"}).status_code == 404


@pytest.mark.parametrize(
    "page",
    ["/", "/track/", "/map/", "/solved/", "/answers/", "/figures/", "/guide/process/", "/guide/complaint/", "/ask/",
     "/ask/?q=路灯", "/guide/how-to/", "/guide/poster/", "/more/", "/order/offline/", "/sw.js", "/manifest.webmanifest"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_page_renders(client: Client, here: district.District, page: str, language: str) -> None:
    Category.objects.filter(code="C0101").update(menu=1, plain="护栏坏了", icon="fence")
    touch()
    own = report()
    to_handling(own.case_id, here)
    client.cookies["django_language"] = language
    assert client.get(page).status_code == 200


def test_guides_name_only_acts_of_the_table() -> None:
    from xiucheng.portal.guides import ROAD

    assert {act for _, acts, _ in ROAD for act in acts} <= set(ACTS)


@pytest.mark.parametrize("page", ["/", "/map/", "/solved/", "/map/cases.json?bbox=106.5,29.5,106.6,29.6&zoom=16"])
def test_page_asks_no_more_when_there_is_more(
    client: Client, here: district.District, page: str, django_assert_max_num_queries: Any
) -> None:
    for rows in (1, 30):
        for _ in range(rows):
            to_handling(report().case_id, here)
        client.get(page)
        with django_assert_max_num_queries(8):
            client.get(page)


def test_answered_suggestion_is_published_with_its_answer(client: Client, here: district.District) -> None:
    own = report(kind="suggestion", words="公园加几把椅子，我住 3 栋", category=None)
    actions.act(
        own.case_id, "answer", district.actors(here)["operator"], {"words": "明年三月前加装，电话 13812345678。"}
    )
    page = client.get("/answers/").content.decode()
    assert ("明年三月前加装，电话 138****5678。" in page, "3 栋" in page) == (True, False)

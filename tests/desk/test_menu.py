"""The numbers in the desk's menu (待办数字): what waits beside the queues, fresh after every act."""

import json
import re
from collections.abc import Callable

from django.test import Client
from tests.desk.test_duty import _call, _publish

from xiucheng.cases.models import Case, Report
from xiucheng.notices.queries import recipients, unread_count
from xiucheng.people.models import Account, Handover, Posting

Sit = Callable[[str], Client]
Walk = Callable[..., str]


def _number(client: Client, key: str, page: str = "/desk/queue/all/") -> str:
    """The number beside a page's name in the menu; empty when it is hidden."""
    found = re.search(rf'data-count="{key}"( hidden)?>(\d+)<', client.get(page).content.decode())
    assert found is not None
    return "" if found[1] else found[2]


def test_menu_counts_what_waits_beside_the_queues(sit: Sit, walk: Walk) -> None:
    _call(walk)
    _publish(sit)
    client = sit("operator")
    pages = ("desk:review", "desk:call_backs", "desk:bulletins", "desk:inbox")
    unread = unread_count(recipients(Account.objects.get(username="operator").pk, None, ["operator"]))
    assert [_number(client, page) for page in pages] == ["1", "1", "1", str(unread or "")]


def test_menu_number_goes_when_the_work_is_done(sit: Sit, walk: Walk) -> None:
    client, task = sit("operator"), _call(walk)
    client.post(f"/desk/call-backs/{task}/", {"reached": "reached", "rating": "5", "words": "好", "key": "k"})
    assert _number(client, "desk:call_backs") == ""


def test_review_tells_the_menu_its_new_number(sit: Sit, walk: Walk) -> None:
    walk("to_file")
    path = f"/desk/review/words/{Report.objects.get().pk}/"
    answer = sit("operator").post(path, {"choice": "private"}, headers={"hx-request": "true"})
    assert json.loads(answer.headers["HX-Trigger"])["xc:counts"]["desk:review"] == 0


def test_page_of_a_case_asks_for_the_menu_s_numbers(sit: Sit, walk: Walk) -> None:
    number, client = walk("to_file"), sit("operator")
    asked = re.search(r'data-pulse="([^"]+)"', client.get(f"/desk/case/{number}/").content.decode())
    assert asked is not None
    told = client.get(asked[1], {"case": number}).json()
    assert (told["counts"]["file"], told["counts"]["desk:review"], told["version"]) == (
        1, 1, Case.objects.get().version,
    )  # fmt: skip


def test_handover_waits_in_the_menu_of_the_one_who_comes_until_he_signs(sit: Sit) -> None:
    come = Account.objects.create(username="next", name="李接班", pinyin="lijieban")
    Posting.objects.create(account=come, post="shift_leader")
    client = Client(headers={"host": "localhost"})
    client.force_login(come)
    before = _number(client, "desk:handovers")
    sit("shift_leader").post("/desk/handovers/", {"taker": str(come.pk), "note": "夜里有雨"})
    waits = _number(client, "desk:handovers")
    signed = client.post(f"/desk/handovers/{Handover.objects.get().pk}/sign/", {"note": "知道了"}, follow=True)
    told = "已签字，接班完成。" in signed.content.decode()
    assert (before, waits, _number(client, "desk:handovers"), told) == ("", "1", "", True)

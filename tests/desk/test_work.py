"""Work beside the queues: taking reports in, batches, export, review before publication, the leader's page."""

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client
from PIL import Image
from tests.desk.conftest import Walk
from tests.district import District

from xiucheng.audit.models import Change
from xiucheng.cases import pictures
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.city import clock
from xiucheng.city.models import Knowledge

Sit = Callable[[str], Client]
HTMX = {"hx-request": "true"}
CALL = {"channel": "hotline", "kind": "complaint", "words": "南坪正街护栏倒了", "lng": "106.57", "lat": "29.53", "phone": "13812345678", "key": "desk:i1"}  # fmt: skip


def test_call_becomes_a_case_of_this_operator(sit: Sit) -> None:
    client = sit("operator")
    answer = client.post("/desk/intake/", CALL)
    report = Report.objects.get()
    text = client.get(answer.headers["Location"]).content.decode()
    assert (report.channel, report.case.state, report.taken_by, f"{report.token[:4]} {report.token[4:8]}" in text) == (
        "hotline", "to_register", int(client.session["_auth_user_id"]), True,
    )  # fmt: skip


def test_call_sent_twice_is_one_report(sit: Sit) -> None:
    client = sit("operator")
    places = [client.post("/desk/intake/", CALL).headers["Location"] for _ in range(2)]
    assert (places[0] == places[1], Report.objects.count()) == (True, 1)


def test_call_with_a_category_is_registered_on_the_spot(sit: Sit, district: District) -> None:
    sit("operator").post("/desk/intake/", {**CALL, "category": district.category})
    assert Case.objects.get().state == "to_file"


def test_question_with_an_answer_ends_on_the_spot(sit: Sit) -> None:
    sit("operator").post("/desk/intake/", {**CALL, "kind": "question", "answer": "请到政务大厅办理。"})
    case = Case.objects.get()
    assert (case.state, case.answer) == ("answered", "请到政务大厅办理。")


def test_paper_form_keeps_its_true_time_and_comes_in_once(sit: Sit) -> None:
    client = sit("operator")
    paper = {**CALL, "said_at": "2026-01-05T08:30", "paper": "Z-001"}
    client.post("/desk/intake/", paper)
    client.post("/desk/intake/", {**paper, "key": "desk:i2"})
    assert [r.said_at.astimezone(clock.ZONE).isoformat() for r in Report.objects.all()] == ["2026-01-05T08:30:00+08:00"]


def test_me_too_from_a_call_follows_the_main_case(sit: Sit, walk: Walk) -> None:
    main = Case.objects.get(number=walk("handling"))
    sit("operator").post("/desk/intake/", {**CALL, "main": str(main.id)})
    assert Case.objects.exclude(id=main.id).get().main_case_id == main.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"channel": "camera"},
        {"said_at": "gestern"},
        {"lat": "abc", "words": ""},
        {"email": "no"},
        {"kind": "x"},
    ],
)
def test_faulty_intake_says_why_and_keeps_the_words(sit: Sit, wrong: dict[str, str]) -> None:
    answer = sit("operator").post("/desk/intake/", {**CALL, **wrong})
    words = {**CALL, **wrong}["words"]
    assert (answer.status_code, words in answer.content.decode(), Report.objects.count()) == (422, True, 0)


def test_hints_find_earlier_calls_and_ready_answers(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    Knowledge.objects.create(code="K1", question="换招牌要审批吗？", answer="要，先到镇街城管办。", keywords=["招牌"])
    given = {"words": "换招牌找谁", "kind": "question", "phone": "13812345678", "place": "", "lng": "", "lat": ""}
    text = sit("operator").post("/desk/intake/hints/", given, headers=HTMX).content.decode()
    assert (f"/desk/case/{number}/" in text, "先到镇街城管办" in text) == (True, True)


@pytest.mark.parametrize("post", ["dispatcher", "unit", "leader", "nobody"])
@pytest.mark.parametrize("page", ["/desk/intake/", "/desk/review/"])
def test_intake_and_review_are_for_operators(sit: Sit, post: str, page: str) -> None:
    assert sit(post).get(page).status_code == 403


def test_batch_does_each_case_and_tells_each_result(sit: Sit, walk: Walk) -> None:
    good, late = walk("handling"), walk("to_dispatch")
    client = sit("dispatcher")
    form = client.post("/desk/batch/", {"act": "urge", "case": [good, late]}, headers=HTMX).content.decode()
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]
    text = client.post(
        "/desk/batch/run/", {"act": "urge", "case": [good, late, "1"], "key": key}, headers=HTMX
    ).content.decode()
    assert (text.count('class="good"'), text.count('class="bad"')) == (2, 1)


def test_batch_goes_on_where_the_part_before_ended(sit: Sit, walk: Walk, district: District) -> None:
    numbers = [walk("to_dispatch") for _ in range(7)]
    client = sit("dispatcher")
    given = {"act": "dispatch", "unit": district.unit, "key": "desk:b", "total": "7"}
    first = client.post("/desk/batch/run/", {**given, "case": numbers}, headers=HTMX).content.decode()
    rest = re.findall(r'name="case" value="(\d+)"', first)
    done = re.findall(r'name="done" value="([^"]+)"', first)
    second = client.post("/desk/batch/run/", {**given, "case": rest, "done": done}, headers=HTMX).content.decode()
    assert (len(rest), second.count('class="good"'), Case.objects.filter(state="handling").count()) == (2, 7, 7)


def test_batch_close_uses_each_case_s_own_standard(sit: Sit, walk: Walk) -> None:
    numbers = [walk("to_close"), walk("to_close")]
    sit("shift_leader").post("/desk/batch/run/", {"act": "close", "case": numbers, "key": "desk:c"}, headers=HTMX)
    assert Case.objects.filter(state="closed").count() == 2


def test_batch_merge_can_be_undone(sit: Sit, walk: Walk) -> None:
    main, other = walk("to_register"), walk("to_register")
    client = sit("operator")
    given = {"act": "merge", "main": Case.objects.get(number=main).id, "case": [other], "key": "desk:m"}
    text = client.post("/desk/batch/run/", given, headers=HTMX).content.decode()
    client.post(
        "/desk/batch/run/", {"act": "unmerge", "reason": "撤销", "case": [other], "key": "desk:m:u"}, headers=HTMX
    )
    assert ('value="unmerge"' in text, Case.objects.get(number=other).state) == (True, "to_register")


@pytest.mark.parametrize("act", ["void", "import", "nonsense", ""])
def test_batch_of_other_acts_is_refused(sit: Sit, walk: Walk, act: str) -> None:
    assert sit("shift_leader").post("/desk/batch/run/", {"act": act, "case": [walk("handling")]}).status_code == 404


def test_export_holds_the_list_without_formulas_or_reporters(sit: Sit, walk: Walk) -> None:
    number = walk("to_register", words='=HYPERLINK("http://evil")护栏倒了')
    answer = sit("operator").get("/desk/queue/register/export/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows())
    types = {cell.data_type for row in rows for cell in row if cell.value is not None}
    assert (rows[1][0].value, rows[1][5].value, types, len(rows)) == (
        number, '=HYPERLINK("http://evil")护栏倒了', {"s", "d"}, 2,
    )  # fmt: skip


def test_words_are_public_after_a_look_and_masked(sit: Sit, walk: Walk) -> None:
    number = walk("to_file")
    report = Report.objects.get()
    sit("operator").post(f"/desk/review/words/{report.id}/", {"choice": "public", "words": "护栏倒了 13812345678"})
    report.refresh_from_db()
    assert (report.public_words, report.public, Case.objects.get(number=number).public, Change.objects.get().act) == (
        "护栏倒了 138****5678", "public", "public", "publish",
    )  # fmt: skip


def test_words_kept_back_stay_out_of_the_queue(sit: Sit, walk: Walk) -> None:
    walk("to_file")
    client, report = sit("operator"), Report.objects.get()
    client.post(f"/desk/review/words/{report.id}/", {"choice": "private"})
    text = client.get("/desk/review/").content.decode()
    assert (Report.objects.get().public, f"/desk/review/words/{report.id}/" in text) == ("private", False)


def test_covered_parts_of_a_picture_are_gone(sit: Sit, walk: Walk) -> None:
    raw = io.BytesIO()
    image = Image.new("RGB", (400, 300), "white")
    image.paste("black", (0, 0, 100, 75))
    image.save(raw, "JPEG")
    kept = pictures.keep(raw.getvalue())
    walk("to_file", pictures=[kept.facts()])
    shot = Picture.objects.get()
    sit("operator").post(f"/desk/review/picture/{shot.id}/", {"choice": "public", "boxes": "0.2,0.2,0.2,0.2"})
    shot.refresh_from_db()
    with Image.open(pictures.path(shot.sha256)) as covered:
        edge = covered.convert("L").getpixel((99, 70))
    assert (shot.public, shot.sha256 != kept.sha256, isinstance(edge, int) and 20 < edge < 235) == (
        "public",
        True,
        True,
    )


@pytest.mark.parametrize("boxes", ["1,2,3", "a,b,c,d", "0,0,2,2", "-1,0,1,1"])
def test_boxes_of_nonsense_are_refused(sit: Sit, walk: Walk, boxes: str) -> None:
    walk(
        "to_file",
        pictures=[
            {
                "sha256": "a" * 64,
                "original_sha256": "b" * 64,
                "width": 1,
                "height": 1,
                "taken_at": None,
                "lng": None,
                "lat": None,
            }
        ],
    )
    shot = Picture.objects.get()
    answer = sit("operator").post(f"/desk/review/picture/{shot.id}/", {"choice": "public", "boxes": boxes})
    assert (answer.status_code, Picture.objects.get().public) == (422, "hidden")


def test_overview_names_cases_without_a_street(sit: Sit, walk: Walk) -> None:
    walk("to_register", lng=None, lat=None)
    assert "<span>未定地点</span>" in sit("leader").get("/desk/overview/").content.decode()


def test_overview_shows_figures_of_the_roll_ups(sit: Sit, walk: Walk) -> None:
    from xiucheng.cases.actions import changes

    walk("closed")
    while changes.take(500):
        pass
    text = sit("leader").get("/desk/overview/").content.decode()
    tiles = re.findall(r"<p>([^<]+)</p><b>([^<]+)</b>", text)
    assert tiles[:4] == [("今日收到", "1"), ("今日立案", "1"), ("今日办结", "1"), ("按时处置", "100.0%")]

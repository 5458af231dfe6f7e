"""A resident orders a fix without scripts: three plain forms, one report."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests import district
from tests.pages.test_pictures import jpeg, located

from xiucheng.audit import vault
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.city.models import Category, Knowledge
from xiucheng.city.registers import touch
from xiucheng.intake.models import Draft
from xiucheng.portal import drafts
from xiucheng.portal.keys import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.DATA = tmp_path / "media", tmp_path
    district.build()
    Category.objects.filter(code="C0101").update(menu=1, plain="护栏坏了", icon="fence")
    touch()


def begin(client: Client, **more: Any) -> str:
    """Step one; gives the draft's token."""
    given = {"kind": "complaint", "category": "C0101", "place": "南坪西路 12 号", "lng": "", "lat": "", **more}
    answer = client.post("/order/", given)
    assert answer.status_code == 302
    return str(answer.headers["Location"].split("/")[2])


def order(client: Client, **words: Any) -> Report:
    """All steps, sent without contact."""
    token = begin(client)
    given = {"kind": "complaint", "words": "护栏倒了，请来修。", "category": "C0101", "go": "send", **words}
    answer = client.post(f"/order/{token}/words/", given)
    assert answer.status_code == 302
    return Report.objects.latest("id")


def test_order_becomes_a_report_with_its_words(client: Client) -> None:
    report = order(client)
    assert vault.unseal(report.words_sealed) == "护栏倒了，请来修。"


def test_order_keeps_category_and_place(client: Client) -> None:
    case = order(client).case
    assert (case.category_id, case.place, case.channel) == ("C0101", "南坪西路 12 号", "web")


def test_picture_in_the_form_and_its_place(client: Client) -> None:
    picture = SimpleUploadedFile("a.jpg", jpeg(exif=located()), content_type="image/jpeg")
    token = begin(client, pictures=picture)
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "", "go": "send"})
    case = Case.objects.get()
    assert (case.lng, case.lat, Picture.objects.get().case_id) == (106.57, 29.525, case.id)


def test_pin_wins_over_the_picture(client: Client) -> None:
    picture = SimpleUploadedFile("a.jpg", jpeg(exif=located()), content_type="image/jpeg")
    token = begin(client, pictures=picture, lng="106.6", lat="29.5", how="map")
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "x", "go": "send"})
    assert Case.objects.values_list("lng", "lat").get() == (106.6, 29.5)


def test_sent_twice_is_one_report(client: Client) -> None:
    token = begin(client)
    given = {"kind": "complaint", "words": "护栏倒了。", "go": "send"}
    places = [client.post(f"/order/{token}/words/", given).headers["Location"] for _ in range(2)]
    assert (places[0] == places[1], Report.objects.count()) == (True, 1)


def test_sent_draft_forgets_what_was_filled_in(client: Client) -> None:
    order(client)
    assert Draft.objects.values_list("sealed", flat=True).get() is None


def test_contact_is_sealed_and_shown_masked(client: Client) -> None:
    token = begin(client)
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "护栏倒了", "go": "contact"})
    client.post(f"/order/{token}/contact/", {"phone": "13812345678", "name": "王小明"})
    page = client.get(f"/t/{Report.objects.get().token}/").content.decode()
    assert ("138****5678" in page, "13812345678" in page, "王**" in page) == (True, False, True)


def test_wrong_mail_address_is_a_sentence(client: Client) -> None:
    token = begin(client)
    client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "护栏倒了", "go": "contact"})
    answer = client.post(f"/order/{token}/contact/", {"email": "nobody"})
    assert (answer.status_code, Report.objects.count()) == (422, 0)


def test_nothing_said_is_a_sentence(client: Client) -> None:
    token = begin(client)
    answer = client.post(f"/order/{token}/words/", {"kind": "complaint", "words": " ", "go": "send"})
    assert (answer.status_code, "请写几个字" in answer.content.decode()) == (422, True)


def test_svg_is_refused_in_a_sentence(client: Client) -> None:
    bad = SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    answer = client.post("/order/", {"place": "x", "pictures": bad})
    assert (answer.status_code, "不是照片" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("known", [False, True], ids=["new", "begun"])
def test_place_and_pin_stay_when_a_picture_is_refused(client: Client, known: bool) -> None:
    address = f"/order/{begin(client)}/place/" if known else "/order/"
    bad = SimpleUploadedFile("a.svg", b"<svg/>")
    given = {"place": "江南大道 8 号", "lng": "106.571", "lat": "29.531", "how": "map", "pictures": bad}
    page = client.post(address, given).content.decode()
    kept = (
        'value="江南大道 8 号"',
        'name="lng" value="106.571"',
        'name="lat" value="29.531"',
        'name="how" value="map"',
    )
    assert [value in page for value in kept] == [True] * 4


def test_place_stays_when_it_is_too_much_at_once(client: Client) -> None:
    answers = [client.post("/order/", {"place": "江南大道 8 号"}) for _ in range(61)]
    assert 'value="江南大道 8 号"' in answers[60].content.decode()


def test_huge_picture_is_refused_before_decoding(client: Client) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    answer = client.post("/order/", {"place": "x", "pictures": SimpleUploadedFile("a.png", out.getvalue())})
    assert (answer.status_code, "照片尺寸太大" in answer.content.decode()) == (422, True)


def test_hostile_words_are_shown_as_they_are(client: Client) -> None:
    report = order(client, words="<script>alert(1)</script>𠮷'; DROP TABLE--=1+1")
    page = client.get(f"/t/{report.token}/").content.decode()
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)&lt;/script&gt;𠮷" in page) == (False, True)


def test_unknown_draft_is_not_found(client: Client) -> None:
    assert client.get("/order/guess/words/").status_code == 404


def test_question_gets_the_known_answer_first(client: Client) -> None:
    Knowledge.objects.create(
        code="K1", question="大件家具扔哪里？", answer="预约上门收运。", keywords=["大件垃圾", "沙发"]
    )
    touch()
    token = begin(client, kind="question")
    answer = client.post(f"/order/{token}/words/", {"kind": "question", "words": "旧沙发扔哪里", "go": "send"})
    assert ("预约上门收运" in answer.content.decode(), Report.objects.count()) == (True, 0)


def test_question_that_is_still_open_is_taken_in(client: Client) -> None:
    Knowledge.objects.create(code="K1", question="大件家具扔哪里？", answer="预约上门收运。", keywords=["沙发"])
    touch()
    token = begin(client, kind="question")
    client.post(f"/order/{token}/words/", {"kind": "question", "words": "旧沙发扔哪里", "go": "still"})
    client.post(f"/order/{token}/contact/", {})
    assert Report.objects.values_list("kind", flat=True).get() == "question"


def test_order_of_a_phone_without_line_arrives_once(client: Client) -> None:
    given = {"key": "0f8fad5b-d9cb-469f-a165-70867728950e", "words": "路灯不亮", "place": "后堡公园"}
    codes = [client.post("/order/quick/", given).json()["code"] for _ in range(2)]
    assert (codes[0] == codes[1], Report.objects.count()) == (True, 1)


def test_every_page_of_an_order_works_without_scripts(client: Client) -> None:
    token = begin(client)
    pages = ["/order/", f"/order/{token}/place/", f"/order/{token}/words/", f"/order/{token}/contact/"]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200, 200]


def test_words_of_three_megabytes_are_too_big(client: Client) -> None:
    token = begin(client)
    answer = client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "字" * 1_000_000})
    assert (answer.status_code, "内容太大了" in answer.content.decode()) == (413, True)


def test_words_too_long_are_a_sentence(client: Client) -> None:
    token = begin(client)
    answer = client.post(f"/order/{token}/words/", {"kind": "complaint", "words": "字" * 6000})
    assert (answer.status_code, "太长" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("lng", "lat"), [("29.525", "106.57"), ("abc", "29"), ("nan", "29"), ("inf", "1"), ("999", "29"), ("0", "0")]
)
def test_odd_place_never_breaks_the_order(client: Client, lng: str, lat: str) -> None:
    token = begin(client, lng=lng, lat=lat)
    pages = [client.get(f"/order/{token}/words/"), client.post(f"/order/{token}/words/", {"words": "a", "go": "send"})]
    assert [page.status_code for page in pages] == [200, 302]


def test_control_characters_are_left_out(client: Client) -> None:
    assert vault.unseal(order(client, words="路灯\x00\x07不亮").words_sealed) == "路灯不亮"


def test_too_many_orders_from_one_address_are_a_sentence(client: Client) -> None:
    answers = [client.post("/order/", {"place": "x"}) for _ in range(61)]
    assert (answers[59].status_code, answers[60].status_code) == (302, 429)


def rail(client: Client) -> str:
    """The address of “me too” of a rail that somebody else has reported and that is being mended."""
    own = order(client)
    Case.objects.filter(id=own.case_id).update(state="handling")
    return f"/p/{key_of(own.case_id)}/me-too/"


def test_me_too_in_step_two_takes_the_words_that_were_never_saved(client: Client) -> None:
    address, token = rail(client), begin(client)
    client.post(address, {"draft": token, "kind": "complaint", "words": "我家门口这根。", "category": "C0101"})
    assert vault.unseal(Report.objects.latest("id").words_sealed) == "我家门口这根。"


def test_me_too_in_step_two_sends_its_form(client: Client) -> None:
    pin = {"lng": "106.57", "lat": "29.525", "how": "map"}
    client.post(f"/order/{begin(client, **pin)}/words/", {"words": "护栏倒了。", "go": "send"})
    token = begin(client, **pin)
    page = client.get(f"/order/{token}/words/").content.decode()
    form = page[page.index('<form method="post" action="/order/') : page.index("</form>", page.index("我也遇到了"))]
    found = [f'formaction="/p/{key_of(Case.objects.get().id)}/me-too/"' in form, 'name="words"' in form, token in form]
    assert found == [True, True, True]


@pytest.mark.parametrize("shared", [True, False])
def test_me_too_shares_the_contact_as_its_reporter_said(client: Client, shared: bool) -> None:
    address, token = rail(client), begin(client)
    row, filled = drafts.find(token)
    filled.phone, filled.share_contact = "13812345678", shared
    drafts.save(row, filled)
    client.post(address, {"draft": token, "words": "这里。"})
    assert Report.objects.latest("id").share_contact is shared


def test_me_too_without_an_order_shares_the_contact_as_its_reporter_said(client: Client) -> None:
    client.post(rail(client), {"once": "abcdefgh", "phone": "13812345678", "share_contact": "1"})
    assert Report.objects.latest("id").share_contact is True


@pytest.mark.parametrize(
    ("more", "status"),
    [({"words": "字" * 5001}, 422), ({"words": "这里", "phone": "看不见"}, 422)],
    ids=["words", "phone"],
)
@pytest.mark.parametrize("begun", [True, False], ids=["order", "problem"])
def test_refused_me_too_keeps_the_words(client: Client, more: dict[str, str], status: int, begun: bool) -> None:
    address = rail(client)
    given = {"draft": begin(client)} if begun else {"once": "abcdefgh"}
    answer = client.post(address, {**given, **more})
    page = answer.content.decode()
    found = (answer.status_code, f">{more['words']}</textarea>" in page, Report.objects.count())
    assert found == (status, True, 1)


def test_refused_me_too_keeps_the_draft_and_shows_its_form(client: Client) -> None:
    token = begin(client)
    answer = client.post(f"/p/{key_of(10**9)}/me-too/", {"draft": token, "words": "写了很久的话"})
    page = answer.content.decode()
    kept = [f'action="/order/{token}/words/"' in page, "写了很久的话</textarea>" in page, drafts.find(token)[1].words]
    assert (answer.status_code, kept) == (404, [True, True, "写了很久的话"])

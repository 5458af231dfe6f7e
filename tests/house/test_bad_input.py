"""Bad input (坏输入) through the API, the resident's form and the desk's form: a clear sentence or right handling, never a 500, nothing lost."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from PIL import Image, PngImagePlugin
from tests.district import District
from tests.road import take_to
from tests.staff import staff

from xiucheng.api.actions import give_token
from xiucheng.audit import vault
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.people.models import Account

Answer = HttpResponseBase
Send = Callable[[dict[str, Any]], Answer]
DOORS = ("api", "portal", "desk")
MEGABYTE = 1024 * 1024


@pytest.fixture
def house(district: District, settings: Any, tmp_path: Path) -> dict[str, Account]:
    settings.MEDIA_ROOT, settings.DATA = tmp_path / "media", tmp_path
    return staff(district)


def client_of(account: Account | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if account is not None:
        client.force_login(account)
    return client


@pytest.fixture
def doors(house: dict[str, Account]) -> dict[str, Send]:
    """Three ways to send one report; the fields are those of the API."""

    def api(given: dict[str, Any]) -> Answer:
        body = {k: v for k, v in given.items() if v is not None}
        key = {"Idempotency-Key": str(body.pop("key"))} if "key" in body else {}
        return client_of().post("/api/v1/reports", orjson.dumps(body), content_type="application/json", headers=key)

    def portal(given: dict[str, Any]) -> Answer:
        client = client_of()
        first = {"kind": "complaint", "category": "", "place": given.get("place", "南坪西路"), "lng": "", "lat": ""}
        first |= {name: str(given[name]) for name in ("lng", "lat") if name in given}
        begun = client.post("/order/", first)
        if begun.status_code != 302:
            return begun
        token = begun.headers["Location"].split("/")[2]
        words = {"kind": given.get("kind", "complaint"), "words": given.get("words", ""), "category": "", "go": "send"}
        return client.post(f"/order/{token}/words/", words)

    def desk(given: dict[str, Any]) -> Answer:
        form = {"channel": "hotline", "kind": "complaint", "place": "南坪西路", "key": "desk-1"}
        return client_of(house["operator"]).post("/desk/intake/", form | {k: str(v) for k, v in given.items()})

    return {"api": api, "portal": portal, "desk": desk}


def sentence(answer: Answer) -> bool:
    """Whether the answer speaks Chinese to the person."""
    text = answer.content.decode()  # type: ignore[attr-defined]  # pages and JSON both have content
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("door", DOORS)
def test_fifty_megabytes_of_text_are_refused_with_a_sentence(doors: dict[str, Send], door: str) -> None:
    answer = doors[door]({"words": "a" * (50 * MEGABYTE)})
    assert (answer.status_code, sentence(answer), Report.objects.count()) == (413, True, 0)


@pytest.mark.parametrize("door", DOORS)
def test_twenty_thousand_and_one_characters_are_refused_with_a_sentence(doors: dict[str, Send], door: str) -> None:
    answer = doors[door]({"words": "字" * 20_001})
    assert (answer.status_code, sentence(answer), Report.objects.count()) == (422, True, 0)


KEPT_WORDS = {
    "rare character": "𠮷野家门口垃圾没人收",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)> 路灯坏了",
    "sql": "'; DROP TABLE cases_case; -- 路灯坏了 %s %(id)s",
    "formula": '=HYPERLINK("http://x","点我") 路灯坏了',
    "template": "{{ 7 * 7 }} {% include 'x' %} ${7*7} 路灯坏了",
    "emoji": "路灯坏了 👨‍👩‍👧 😡",
    "right to left": "路灯坏了 שלום",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", KEPT_WORDS)
def test_strange_words_are_kept_to_the_letter(doors: dict[str, Send], door: str, kind: str) -> None:
    words = KEPT_WORDS[kind]
    assert doors[door]({"words": words}).status_code in {201, 302}
    assert vault.unseal(Report.objects.get().words_sealed) == words


@pytest.mark.parametrize("door", DOORS)
def test_control_characters_go_and_the_words_stay(doors: dict[str, Send], door: str) -> None:
    assert doors[door]({"words": "路灯\x00坏\x07了\x1b[31m"}).status_code in {201, 302}
    assert (Case.objects.get().summary, vault.unseal(Report.objects.get().words_sealed)) == (
        "路灯坏了[31m", "路灯坏了[31m",
    )  # fmt: skip


def test_html_in_words_is_never_alive_on_any_page(doors: dict[str, Send], house: dict[str, Account]) -> None:
    doors["api"]({"words": KEPT_WORDS["html"], "place": "<b>南坪</b>"})
    report = Report.objects.get()
    number = report.case.number
    pages = [
        client_of().get(f"/t/{report.token}/"), client_of(house["operator"]).get(f"/desk/case/{number}/"),
        client_of(house["operator"]).get("/desk/queue/register/"),
    ]  # fmt: skip
    assert [p.status_code for p in pages[:2]] == [200, 200]
    assert [bad in p.content.decode() for p in pages for bad in ("<script>alert", "<img src=x", "<b>南坪")] == [
        False
    ] * 9


def test_formula_in_words_is_not_alive_in_the_export(doors: dict[str, Send], house: dict[str, Account]) -> None:
    doors["api"]({"words": KEPT_WORDS["formula"]})
    answer = client_of(house["operator"]).get("/desk/queue/register/export/")
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert answer.status_code == 200 and sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert ([c.value for c in cells if c.data_type == "f"], KEPT_WORDS["formula"] in [c.value for c in cells]) == (
        [],
        True,
    )


@pytest.mark.parametrize("door", DOORS)
def test_place_outside_the_district_is_marked_not_refused(doors: dict[str, Send], door: str) -> None:
    assert doors[door]({"words": "路灯坏了", "lng": 116.39, "lat": 39.91}).status_code in {201, 302}
    case = Case.objects.get()
    assert (case.outside, case.lng, case.lat) == (True, 116.39, 39.91)


@pytest.mark.parametrize("door", DOORS)
def test_swapped_latitude_and_longitude_are_put_right(doors: dict[str, Send], door: str) -> None:
    assert doors[door]({"words": "路灯坏了", "lng": 29.53, "lat": 106.57}).status_code in {201, 302}
    case = Case.objects.get()
    assert (case.lng, case.lat) == (106.57, 29.53)


@pytest.mark.parametrize(
    "point", [{"lng": 500.0, "lat": 400.0}, {"lng": "nan", "lat": "inf"}, {"lng": "x", "lat": "y"}]
)
@pytest.mark.parametrize("door", DOORS)
def test_impossible_place_gets_a_sentence_or_no_place(doors: dict[str, Send], door: str, point: dict[str, Any]) -> None:
    answer = doors[door]({"words": "路灯坏了", **point})
    places = list(Case.objects.values_list("lng", flat=True))
    assert (answer.status_code, sentence(answer), places) == (422, True, []) or places == [None]


@pytest.mark.parametrize("said_at", ["1900-01-01T08:00", "9999-12-31T08:00", "昨天", "2026-13-45T99:99", "0000-00-00"])
@pytest.mark.parametrize("door", ["api", "desk"])
def test_impossible_date_gets_a_sentence(doors: dict[str, Send], door: str, said_at: str) -> None:
    answer = doors[door]({"words": "路灯坏了", "said_at": said_at})
    assert (answer.status_code, sentence(answer), Report.objects.count()) == (422, True, 0)


@pytest.mark.parametrize("door", ["api", "desk"])
def test_form_sent_twice_is_one_report(doors: dict[str, Send], door: str) -> None:
    answers = [doors[door]({"words": "路灯坏了", "key": "twice"}) for _ in range(2)]
    assert [a.status_code < 400 for a in answers] == [True, True]
    assert Report.objects.count() == 1


def test_residents_form_sent_twice_is_one_report(house: dict[str, Account]) -> None:
    client = client_of()
    begun = client.post("/order/", {"kind": "complaint", "place": "南坪西路", "category": "", "lng": "", "lat": ""})
    token = begun.headers["Location"].split("/")[2]
    form = {"kind": "complaint", "words": "路灯坏了", "category": "", "go": "send"}
    places = [client.post(f"/order/{token}/words/", form).headers["Location"] for _ in range(2)]
    assert (places[0] == places[1], Report.objects.count()) == (True, 1)


WRONG_CODES = [
    "",
    "x",
    "AAAAAAAAAAAAAAAA",
    "2345678923456789",
    "' OR 1=1 --",
    "%00",
    "../../etc/passwd",
    "𠮷" * 30,
    "A" * 5000,
]


@pytest.mark.parametrize("code", WRONG_CODES)
def test_wrong_code_gets_a_sentence(db: None, code: str) -> None:
    for path in (f"/t/{code}/", f"/api/v1/reports/{code}", f"/track/?code={code}"):
        answer = client_of().get(path)
        assert (path, answer.status_code in {200, 301, 302, 400, 404, 422}) == (path, True)
        assert answer.status_code in {301, 302} or sentence(answer)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG")
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A picture that says it is so large, with next to nothing in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(width // 8 + 1) * 400)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small picture whose note unpacks to a hundred megabytes."""
    out, notes = io.BytesIO(), PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a" * (100 * MEGABYTE), zip=True)
    Image.new("RGB", (8, 8), "red").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.jpg", bytes(30 * MEGABYTE))
    return out.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "thirty thousand by thirty thousand": lambda: png_of(30_000, 30_000),
    "zip bomb": zip_bomb,
    "text bomb": text_bomb,
    "svg with script": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": lambda: b"<html><script>alert(1)</script></html>",
    "half a picture": lambda: jpeg()[: len(jpeg()) // 2],
    "gif": lambda: b"GIF89a" + bytes(40),
    "nothing but a head": lambda: b"\xff\xd8\xff",
    "program": lambda: b"\x7fELF" + bytes(200),
}


@pytest.mark.parametrize("name", PICTURES)
def test_bad_picture_gets_a_sentence_from_the_api(house: dict[str, Account], name: str) -> None:
    answer = client_of().post("/api/v1/pictures", PICTURES[name](), content_type="image/jpeg")
    assert (answer.status_code, sentence(answer), "upload" in orjson.loads(answer.content)) in {
        (422, True, False), (413, True, False),
    }  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_bad_picture_in_a_form_loses_no_words(house: dict[str, Account], district: District, name: str) -> None:
    case = take_to("handling", district, house)
    form = {"words": "已经扶正", "pictures": SimpleUploadedFile("a.jpg", PICTURES[name](), content_type="image/jpeg")}
    answer = client_of(house["handler"]).post(f"/field/cases/{case.number}/feed_back/", form)
    assert (answer.status_code in {413, 422}, "已经扶正" in answer.content.decode()) == (True, True)
    assert (Case.objects.get(id=case.id).state, Picture.objects.filter(stage="after").count()) == ("handling", 0)


@pytest.mark.parametrize("name", PICTURES)
def test_bad_picture_in_the_residents_form_gets_a_sentence(house: dict[str, Account], name: str) -> None:
    form = {"kind": "complaint", "place": "南坪西路", "category": "", "lng": "", "lat": ""}
    form |= {"pictures": SimpleUploadedFile("a.jpg", PICTURES[name](), content_type="image/jpeg")}  # type: ignore[dict-item]  # a form's file
    answer = client_of().post("/order/", form)
    assert (answer.status_code in {413, 422}, sentence(answer), "南坪西路" in answer.content.decode()) == (
        True,
        True,
        True,
    )


ACTS: list[dict[str, Any]] = [
    {"words": "\x00\x00"}, {"words": None}, {"words": ["a"]}, {"words": {"a": 1}}, {"words": "字" * 3000}, {"words": 1e308},
    {"words": "好", "version": -1}, {"words": "好", "version": 2**62}, {"words": "好", "version": "1"},
    {"words": "好", "step": "ask"}, {"words": "好", "pictures": [1]}, {"words": "好", "pictures": ["x" * 5000]},
]  # fmt: skip


@pytest.mark.parametrize("body", ACTS)
def test_bad_act_gets_a_sentence_and_changes_nothing(
    house: dict[str, Account], district: District, body: dict[str, Any]
) -> None:
    case = take_to("handling", district, house)
    token = give_token(by=house["security_admin"], account=house["dispatcher"], name="x")
    answer = client_of().post(
        f"/api/v1/cases/{case.number}/acts/transfer", orjson.dumps({"unit": "x", **body}),
        content_type="application/json", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert (400 <= answer.status_code < 500, sentence(answer)) == (True, True)
    assert Case.objects.get(id=case.id).version == case.version


@pytest.mark.parametrize("path", ["/desk/find/?q=%00", "/desk/queue/file/?after=%00&street=%00", "/api/v1/cases?words=%00", "/field/work/?after=%00", "/track/?code=%00", "/order/%00/words/", "/solved/?street=%00", "/order/around/?lng=106.57&lat=29.52&category=%00", "/uploads/%00"])  # fmt: skip
def test_nul_in_an_address_is_no_fault_of_ours(house: dict[str, Account], path: str) -> None:
    post = "unit" if path.startswith("/field") else "operator"
    assert client_of(house[post]).get(path).status_code < 500

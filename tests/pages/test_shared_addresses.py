"""Addresses that all faces share: pictures, uploads in pieces, the map file, choices, error pages."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.pages.test_pictures import jpeg

from xiucheng import city
from xiucheng.cases import pictures
from xiucheng.pages import limits, maps, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA = tmp_path
    maps._folder.cache_clear()


def test_picture_with_its_sealed_address(client: Client) -> None:
    kept = pictures.keep(jpeg())
    answer = client.get(signed.picture_url(kept))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    answer.close()


def test_picture_with_a_guessed_address(client: Client) -> None:
    kept = pictures.keep(jpeg())
    assert client.get(f"/pictures/full/{kept.sha256}.{'A' * 16}.jpg").status_code == 404


def test_seal_of_the_small_picture_does_not_open_the_large_one(client: Client) -> None:
    kept = pictures.keep(jpeg())
    assert client.get(signed.thumb_url(kept).replace("/thumb/", "/full/")).status_code == 404


def upload(client: Client, raw: bytes, piece: int = 300) -> Any:
    place = client.post("/uploads/", headers={"Upload-Length": str(len(raw))}).headers["Location"]
    answer: Any = None
    for at in range(0, len(raw), piece):
        answer = client.patch(
            place,
            raw[at : at + piece],
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(at)},
        )
    return answer


def test_upload_in_pieces_becomes_a_picture(client: Client) -> None:
    answer = upload(client, jpeg(200, 100))
    assert (answer.json()["width"], answer.json()["height"]) == (200, 100)


def test_upload_piece_at_the_wrong_place_tells_the_right_one(client: Client) -> None:
    place = client.post("/uploads/", headers={"Upload-Length": "500"}).headers["Location"]
    client.patch(place, b"x" * 100, content_type="a/b", headers={"Upload-Offset": "0"})
    again = client.patch(place, b"x" * 100, content_type="a/b", headers={"Upload-Offset": "0"})
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, "100")


def test_upload_tells_how_far_it_came(client: Client) -> None:
    place = client.post("/uploads/", headers={"Upload-Length": "500"}).headers["Location"]
    client.patch(place, b"x" * 100, content_type="a/b", headers={"Upload-Offset": "0"})
    assert client.head(place).headers["Upload-Offset"] == "100"


def test_upload_of_no_picture_is_refused_in_a_sentence(client: Client) -> None:
    answer = upload(client, b"<svg/>" * 10)
    assert (answer.status_code, answer.json()["code"]) == (422, "picture_unknown")


def test_upload_too_heavy_is_refused_before_it_comes(client: Client) -> None:
    answer = client.post("/uploads/", headers={"Upload-Length": "52428800"})
    assert (answer.status_code, answer.json()["message"]) == (413, "照片太大，每张最多 20 MB，请换一张小些的。")


def test_unknown_upload(client: Client) -> None:
    assert client.head("/uploads/nothing").status_code == 404


def test_one_address_may_not_send_without_end(rf: Any) -> None:
    from xiucheng.rules.refusals import Refused

    request = rf.post("/")
    for _ in range(3):
        limits.spend(request, "test", most=3, seconds=60)
    with pytest.raises(Refused) as caught:
        limits.spend(request, "test", most=3, seconds=60)
    assert caught.value.status == 429


@pytest.fixture
def _map(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "map.pmtiles").write_bytes(bytes(range(100)))
    style = {"version": 8, "sources": {"streets": {"type": "vector", "url": "pmtiles://map.pmtiles"}}, "layers": []}
    (tmp_path / "map" / "style.json").write_text(json.dumps(style), encoding="utf-8")


@pytest.mark.usefixtures("_map")
def test_piece_of_the_map(client: Client) -> None:
    answer = client.get("/map/map.pmtiles", headers={"Range": "bytes=10-13"})
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (
        206,
        bytes([10, 11, 12, 13]),
        "bytes 10-13/100",
    )


@pytest.mark.usefixtures("_map")
def test_piece_beyond_the_map(client: Client) -> None:
    assert client.get("/map/map.pmtiles", headers={"Range": "bytes=100-"}).status_code == 416


@pytest.mark.usefixtures("_map")
@pytest.mark.parametrize(
    ("language", "credit"), [("zh-hans", "演示底图，图形为虚构"), ("en", "Demo map, shapes invented")]
)
def test_map_s_credit_follows_the_language_of_the_page(
    client: Client, tmp_path: Path, language: str, credit: str
) -> None:
    pack = Path(city.__file__).parent / "packs" / "demo" / "style.json"
    (tmp_path / "map" / "style.json").write_bytes(pack.read_bytes())
    client.cookies["django_language"] = language
    assert client.get("/map/style.json").json()["sources"]["district"]["attribution"] == credit


@pytest.mark.usefixtures("_map")
def test_style_names_the_whole_address(client: Client) -> None:
    answer = client.get("/map/style.json")
    assert answer.json()["sources"]["streets"]["url"] == "pmtiles://http://testserver/map/map.pmtiles"


def test_no_map(client: Client) -> None:
    assert client.get("/map/style.json").status_code == 404


def test_choice_of_language_comes_back(client: Client) -> None:
    answer = client.get("/choose/", {"language": "en", "next": "/map/?a=1"})
    assert (answer.headers["Location"], answer.cookies["django_language"].value) == ("/map/?a=1", "en")


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"])
def test_choice_does_not_lead_away(client: Client, target: str) -> None:
    assert client.get("/choose/", {"elder": "1", "next": target}).headers["Location"] == "/"


def test_unknown_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert (answer.status_code, "没有找到这一页" in answer.content.decode()) == (404, True)


def test_unknown_page_in_elder_version(client: Client) -> None:
    client.cookies["elder"] = "1"
    assert 'class="elder"' in client.get("/nowhere/").content.decode()


def test_every_answer_forbids_foreign_scripts(client: Client) -> None:
    assert "script-src 'self'" in client.get("/offline/").headers["Content-Security-Policy"]

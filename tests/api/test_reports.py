"""Reports through the API: taken in once, shown to their owner, followed up."""

import io
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from tests.district import District
from tests.road import take_to
from tests.staff import staff

from xiucheng.cases import actions
from xiucheng.cases.models import Case, Report
from xiucheng.city import clock
from xiucheng.city.models import Setting
from xiucheng.city.registers import forget
from xiucheng.intake.models import Upload
from xiucheng.rules.workflow import Actor

pytestmark = pytest.mark.django_db
RAIL = {"words": "南坪火锅店门口护栏倒了", "lng": 106.57, "lat": 29.53, "place": "南坪西路火锅店"}


def post(path: str, content: Any, **headers: str) -> HttpResponse:
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: HttpResponse = Client().post(f"/api/v1{path}", raw, content_type="application/json", headers=given)  # type: ignore[arg-type, assignment]  # the test client's own answer
    return answer


def said(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, orjson.loads(answer.content).get("code", "")


def test_report_is_taken_in_and_given_a_code(district: District) -> None:
    answer = post("/reports", RAIL)
    content = orjson.loads(answer.content)
    case = Case.objects.get(number=content["number"])
    assert (answer.status_code, case.state, case.channel) == (201, "to_register", "web")
    assert Report.objects.get(case=case).token == content["tracking_code"]


def test_same_key_gives_the_first_answer(district: District) -> None:
    first, second = (post("/reports", RAIL, Idempotency_Key="phone-1") for _ in range(2))
    assert (first.status_code, second.status_code, second.content) == (201, 200, first.content)
    assert Case.objects.count() == 1


def test_same_key_with_other_words_is_refused(district: District) -> None:
    post("/reports", RAIL, Idempotency_Key="phone-2")
    assert said(post("/reports", {**RAIL, "words": "别的"}, Idempotency_Key="phone-2")) == (409, "key_reused")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", (400, "not_json")),
        (b"[]", (400, "not_json")),
        (b'{"words": "\\ud800"}', (400, "not_json")),
        (b"\xff\xfe", (400, "not_json")),
        ({}, (422, "no_words")),
        ({"words": " \u0000\u0007 "}, (422, "no_words")),
        ({"words": 5}, (422, "bad_field")),
        ({"words": "护栏倒了", "kind": "joke"}, (422, "bad_choice")),
        ({"words": "护栏倒了", "lng": 106.5}, (422, "bad_field")),
        ({"words": "护栏倒了", "lng": "106.5", "lat": "29.5"}, (422, "bad_field")),
        ({"words": "护栏倒了", "lng": 1e300, "lat": 1e300}, (422, "bad_point")),
        ({"words": "护栏倒了", "said_at": "1900-01-01"}, (422, "bad_time")),
        ({"words": "护栏倒了", "said_at": "昨天"}, (422, "bad_time")),
        ({"words": "护栏倒了", "category": "Z9"}, (422, "bad_choice")),
        ({"words": "护栏倒了", "pictures": ["nothing"]}, (422, "upload_unknown")),
        ({"words": "护栏倒了", "pictures": "x"}, (422, "bad_field")),
        ({"words": "护栏倒了", "contact": {"email": "nobody"}}, (422, "bad_contact")),
        ({"words": "护栏倒了", "contact": [1]}, (422, "bad_field")),
        ({"words": "护" * 20_001}, (422, "too_long")),
        ({"words": "护" * 400_000}, (413, "too_big")),
    ],
)
def test_bad_report_gets_a_sentence(district: District, content: Any, expected: tuple[int, str]) -> None:
    assert said(post("/reports", content)) == expected
    assert Case.objects.count() == 0


def test_words_come_back_as_they_were_sent(district: District) -> None:
    words = '𠮷野家门口 <script>alert(1)</script> \'; DROP TABLE cases_case; -- =HYPERLINK("x")'
    code = orjson.loads(post("/reports", {"words": words}).content)["tracking_code"]
    assert Report.objects.get(token=code).case.summary == words


def test_owner_sees_his_report_with_what_he_may_do(district: District) -> None:
    code = orjson.loads(post("/reports", RAIL).content)["tracking_code"]
    content = orjson.loads(Client().get(f"/api/v1/reports/{code.lower()}").content)
    assert (content["state"]["code"], [t["act"]["code"] for t in content["timeline"]]) == ("to_register", ["submit"])
    assert [a["act"]["code"] for a in content["acts"]] == ["withdraw", "urge", "supplement"]


def test_wrong_code_is_not_found(district: District) -> None:
    answers = [Client().get(f"/api/v1/reports/{code}") for code in ("2345678923456789", "' OR 1=1", "%00", "𠮷")]
    assert [said(a) for a in answers] == [(404, "code_unknown")] * 4  # type: ignore[arg-type]  # the test client's own answer


def test_owner_withdraws(district: District) -> None:
    code = orjson.loads(post("/reports", RAIL).content)["tracking_code"]
    answer = post(f"/reports/{code}/acts/withdraw", {})
    assert orjson.loads(answer.content)["state"]["code"] == "withdrawn"


def test_owner_cannot_do_the_centres_work(district: District) -> None:
    code = orjson.loads(post("/reports", RAIL).content)["tracking_code"]
    assert said(post(f"/reports/{code}/acts/register", {})) == (403, "not_allowed")
    assert said(post(f"/reports/{code}/acts/dance", {})) == (404, "unknown_act")


def test_picture_is_stored_and_joins_the_report(district: District) -> None:
    image = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(image, "JPEG")
    made = Client().post("/api/v1/pictures", image.getvalue(), content_type="image/jpeg")
    code = orjson.loads(made.content)["upload"]
    token = orjson.loads(post("/reports", {"pictures": [code]}).content)["tracking_code"]
    shown = orjson.loads(Client().get(f"/api/v1/reports/{token}").content)["pictures"]
    assert (made.status_code, [p["stage"] for p in shown]) == (201, ["report"])


def test_something_else_than_a_picture_is_refused(district: District) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    answer = Client().post("/api/v1/pictures", drawing, content_type="image/svg+xml")
    assert said(answer) == (422, "picture_unknown")  # type: ignore[arg-type]  # the test client's own answer


def test_unknown_address_answers_in_json(db: None) -> None:
    answers = [Client().get("/api/v1/nothing"), Client().put("/api/v1/reports"), Client().get("/api/v1/reports")]
    assert [said(a) for a in answers] == [(404, "not_found")] * 3  # type: ignore[arg-type]  # the test client's own answer


@pytest.mark.parametrize(
    ("state", "stages"), [("to_check", []), ("checking", []), ("to_close", ["after"]), ("closed", ["after"])]
)
def test_units_picture_is_shown_once_somebody_has_seen_the_place(
    district: District, state: str, stages: list[str]
) -> None:
    case = take_to(state, district, staff(district))
    content = orjson.loads(Client().get(f"/api/v1/reports/{Report.objects.get(case=case).token}").content)
    assert [p["stage"] for p in content["pictures"]] == stages


def test_what_other_reporters_did_is_theirs_alone(district: District) -> None:
    house = staff(district)
    main = take_to("handling", district, house)
    other = take_to("to_register", district, house)
    actions.act(other.id, "merge", Actor("system", "me_too", certainty=1.0), {"main": main.id})
    token = Report.objects.get(case=other).token
    actions.act(main.id, "urge", Actor("resident", token), {"words": "快点"})
    own, first = (
        orjson.loads(Client().get(f"/api/v1/reports/{Report.objects.get(case=one).token}").content)["timeline"]
        for one in (other, main)
    )
    assert ("urge" in [e["act"]["code"] for e in own], "urge" in [e["act"]["code"] for e in first]) == (True, False)


def test_reports_behind_a_proxy_count_for_their_own_sender(district: District, settings: LazySettings) -> None:
    settings.BEHIND_PROXY = True
    Setting.objects.update_or_create(key="sender_limit", defaults={"value": 1})
    forget()
    hops = ("203.0.113.7", "203.0.113.7", "203.0.113.8")
    assert [post("/reports", RAIL, X_Forwarded_For=hop).status_code for hop in hops] == [201, 429, 201]


def test_unfinished_upload_is_no_picture(district: District) -> None:
    Upload.objects.create(token="half", size=9, offset=4, created_at=clock.now())
    assert said(post("/reports", {**RAIL, "pictures": ["half"]})) == (422, "upload_unknown")

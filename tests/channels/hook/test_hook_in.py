"""Partners send events (对接事件): signed, within their quota, once by their id, in any order; every refusal is clear JSON."""

import base64
import io
import time
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import given as given_by
from hypothesis import strategies as st
from PIL import Image
from tests.channels.hook.conftest import SECRETS, Account
from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases.models import Case, History, Picture, Report
from xiucheng.channels.hook import codec
from xiucheng.city import clock, registers
from xiucheng.city.models import Word
from xiucheng.intake import jobs, signed
from xiucheng.intake.actions import incoming
from xiucheng.intake.models import Incoming
from xiucheng.rules.refusals import Refused

EVENT = {"type": "event", "id": "SJ-2026-0001", "words": "南坪西路护栏倒了", "place": "南坪西路"}


@pytest.fixture(autouse=True)
def _on(district: District, account: Account) -> None:
    account()


def post(
    body: Any, path: str = "events", *, key: str = "city", secret: str = "", late: float = 0.0
) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = signed.headers(key, secret or SECRETS[key], raw, time.time() - late)
    client = Client(raise_request_exception=False)
    answer: HttpResponse = client.post(f"/hook/hook/{path}", raw, content_type="application/json", headers=headers)  # type: ignore[assignment]  # Django's own answer
    return answer.status_code, orjson.loads(answer.content)


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def again() -> None:
    """Time passes until what was put off is due."""
    Incoming.objects.filter(state="waiting").update(due_at=clock.now())
    work()


def test_an_event_becomes_a_report_with_its_number_and_deadline() -> None:
    sent = EVENT | {
        "due_at": "2026-12-01T18:00:00+08:00", "said_at": "2026-11-27T10:00:00+08:00", "lng": 106.57, "lat": 29.53,
        "category": "C0101", "contact": {"name": "李四", "phone": "13812345678"},
    }  # fmt: skip
    assert post(sent) == (200, {"code": "ok", "id": "SJ-2026-0001", "again": False})
    work()
    report, case = Report.objects.get(), Case.objects.get()
    assert (
        vault.unseal(report.words_sealed)
        == "南坪西路护栏倒了\n〔市级平台编号 SJ-2026-0001，要求 2026-12-01 18:00 前办结〕"
    )
    assert (report.channel, report.external_key, case.category_id, case.lng) == (
        "hook",
        "city:SJ-2026-0001",
        "C0101",
        106.57,
    )


def test_an_event_delivered_four_times_is_one_report() -> None:
    turned = dict(reversed(EVENT.items()))
    assert [post(body)[1]["again"] for body in (EVENT, EVENT, turned, EVENT)] == [False, True, True, True]
    work()
    assert Report.objects.count() == 1


def test_the_same_number_with_another_content_is_refused() -> None:
    post(EVENT)
    status, answer = post(EVENT | {"words": "路灯坏了"})
    assert (status, answer["code"]) == (409, "key_reused")


def test_the_same_number_of_another_partner_is_another_event() -> None:
    post(EVENT)
    post(EVENT, key="park")
    work()
    assert sorted(Report.objects.values_list("external_key", flat=True)) == ["city:SJ-2026-0001", "park:SJ-2026-0001"]


def test_pictures_are_kept() -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "JPEG")
    assert post(EVENT | {"pictures": [base64.b64encode(out.getvalue()).decode()]})[0] == 200
    work()
    assert Picture.objects.count() == 1


def test_a_picture_that_cannot_be_opened_does_not_hold_the_event_up() -> None:
    post(EVENT | {"pictures": [base64.b64encode(b"no picture").decode()]})
    work()
    assert "〔另有 1 张照片打不开〕" in vault.unseal(Report.objects.get().words_sealed)


def test_what_belongs_to_an_event_finds_it_even_when_it_comes_first() -> None:
    post({"type": "supplement", "id": "B-1", "event": "SJ-2026-0001", "words": "又倒了一段"})
    work()
    assert "还没有到" in Incoming.objects.get().error
    post(EVENT)
    post({"type": "urge", "id": "C-1", "event": "SJ-2026-0001"})
    again()
    again()
    assert set(History.objects.exclude(act="submit").values_list("act", "words")) == {
        ("supplement", "又倒了一段"),
        ("urge", ""),
    }
    assert Report.objects.count() == 1


def test_one_partner_does_not_reach_anothers_event() -> None:
    post(EVENT)
    work()
    post({"type": "withdraw", "id": "D-1", "event": "SJ-2026-0001", "words": "撤"}, key="park")
    again()
    assert Case.objects.get().state == "to_register"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"), (b"[1]", 422, "bad_field"), ({}, 422, "missing"), (EVENT | {"type": "x"}, 422, "bad_choice"),
        (EVENT | {"id": ""}, 422, "missing"), (EVENT | {"id": "有空 格"}, 422, "bad_field"), (EVENT | {"id": "x" * 49}, 422, "too_long"),
        (EVENT | {"words": 5}, 422, "bad_field"), (EVENT | {"words": None}, 422, "missing"), (EVENT | {"lng": 106.5}, 422, "bad_field"),
        (EVENT | {"lng": "a", "lat": "b"}, 422, "bad_field"), (EVENT | {"due_at": "tomorrow"}, 422, "bad_field"),
        (EVENT | {"due_at": "2026-12-01T18:00:00"}, 422, "bad_field"), (EVENT | {"said_at": "2999-01-01T00:00:00+08:00"}, 422, "bad_time"),
        (EVENT | {"category": "nothing"}, 422, "bad_choice"), (EVENT | {"kind": "x"}, 422, "bad_choice"),
        (EVENT | {"contact": {"phone": "no phone"}}, 422, "bad_contact"), (EVENT | {"contact": 5}, 422, "bad_field"),
        (EVENT | {"pictures": ["%%%"]}, 422, "bad_field"), (EVENT | {"pictures": [""] * 10}, 422, "too_many_pictures"),
        (EVENT | {"datum": "x"}, 422, "bad_choice"), (EVENT | {"lng": 1060.5, "lat": 29.5}, 422, "bad_point"), ({"type": "urge", "id": "1"}, 422, "missing"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_clearly(body: Any, status: int, code: str) -> None:
    found, answer = post(body)
    assert (found, answer["code"], Incoming.objects.count()) == (status, code, 0)
    assert answer["zh"] and answer["en"]


def test_a_wrong_signature_and_an_unknown_key_are_refused_alike() -> None:
    assert [post(EVENT, secret="another secret of it"), post(EVENT, key="nobody", secret="another secret of it")] == [
        (401, {"code": "bad_signature", "zh": Refused("bad_signature").zh, "en": Refused("bad_signature").en})
    ] * 2


def test_what_is_too_old_is_refused() -> None:
    assert post(EVENT, late=301)[1]["code"] == "stale_request"
    assert post(EVENT, late=299)[0] == 200


def test_what_is_too_big_is_refused() -> None:
    status, answer = post(b" " * (12 * 1024 * 1024 + 1))
    assert (status, answer["code"]) == (413, "too_big")


def test_a_partner_keeps_to_his_quota_and_the_other_does_not_feel_it() -> None:
    found = [post(EVENT | {"id": str(n)}, key="park")[0] for n in range(4)]
    assert (found, post(EVENT)[0]) == ([200, 200, 200, 429], 200)


@pytest.mark.parametrize("how", [{"more": "off = true"}, {"city": "off = true"}])
def test_switched_off_the_door_is_closed(account: Account, how: dict[str, str]) -> None:
    account(**how)
    assert post(EVENT)[0] in {401, 404}
    assert Incoming.objects.count() == 0


def test_a_count_is_compared_and_what_is_there_is_named_where_it_differs() -> None:
    post(EVENT)
    today = clock.today().isoformat()
    assert post({"date": today, "events": 1}, "counts") == (
        200,
        {"code": "ok", "date": today, "events": 1, "same": True},
    )
    status, answer = post({"date": today, "events": 2}, "counts")
    assert (status, answer["same"], answer["ids"]) == (200, False, ["SJ-2026-0001"])
    assert post({"date": today, "events": 0}, "counts", key="park")[1]["same"] is True


@pytest.mark.parametrize(
    "body", [{}, {"date": "yesterday", "events": 1}, {"date": "2026-11-27"}, {"date": "2026-11-27", "events": -1}]
)
def test_a_malformed_count_is_refused(body: Any) -> None:
    assert post(body, "counts")[0] == 422


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), lambda c: st.lists(c, max_size=3))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given_by(st.dictionaries(st.sampled_from([*EVENT, "lng", "lat", "event", "due_at", "pictures"]), JSON))
def test_no_record_makes_the_reader_fail(record: dict[str, Any]) -> None:
    try:
        codec.given({**record, "type": "event"})
    except Refused as refused:
        assert refused.zh


def test_an_event_of_danger_goes_before_all_that_waits() -> None:
    Word.objects.create(word="煤气泄漏", purpose="danger", weight=3.0)
    registers.touch()
    for n in range(3):
        post(EVENT | {"id": f"SJ-{n}"})
    post(EVENT | {"id": "SJ-9", "words": "煤气泄漏，味道很大"})
    assert [one.key for one in incoming.lease(batch=1)] == ["event:SJ-9"]

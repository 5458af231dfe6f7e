"""A work order of 12345 in a line or an object (工单): every city's columns, its times, what it cannot mean; the signature."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiucheng.channels.order12345 import codec, seal
from xiucheng.rules.refusals import Refused

USUAL = codec.names({})
ZONE = dt.timezone(dt.timedelta(hours=8))
LINE = {
    "工单编号": "CQ2026112800123", "工单标题": "护栏倒了", "工单内容": "南坪东路护栏倒了，请尽快处理。", "事发地址": "南坪东路12号",
    "诉求人": "王小明", "联系电话": "13812345678", "工单类型": "投诉举报", "受理时间": "2026/11/27 09:30", "办理时限": "2026-12-02 18:00:00",
}  # fmt: skip


def test_a_line_is_read() -> None:
    order = codec.read(LINE, USUAL)
    assert (order.number, order.words, order.place) == (
        "CQ2026112800123",
        "南坪东路护栏倒了，请尽快处理。",
        "南坪东路12号",
    )
    assert (order.name, order.phone, order.kind) == ("王小明", "13812345678", "complaint")
    assert order.said_at == dt.datetime(2026, 11, 27, 9, 30, tzinfo=ZONE)
    assert order.due_at == dt.datetime(2026, 12, 2, 18, 0, tzinfo=ZONE)


def test_an_object_of_the_web_service_is_read_the_same_way() -> None:
    given_object = {
        "order_no": 2026001,
        "title": "路灯",
        "content": "不亮",
        "deadline": 1796032800000,
        "type": "咨询",
        "lng": "106.57",
        "lat": 29.53,
    }
    order = codec.read(given_object, USUAL)
    assert (order.number, order.words, order.kind, order.lng, order.lat) == (
        "2026001",
        "路灯\n不亮",
        "question",
        106.57,
        29.53,
    )
    assert order.due_at == dt.datetime.fromtimestamp(1796032800, ZONE)


def test_a_citys_own_columns_come_first() -> None:
    names = codec.names({"number": "流水号", "due": ["红线时间", "黄线时间"]})
    order = codec.read({"流水号": "8", "工单编号": "9", "黄线时间": "2026年12月1日"}, names)
    assert (order.number, order.due_at) == ("8", dt.datetime(2026, 12, 1, 23, 59, 59, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"工单编号": " "}, "missing"), ({"工单编号": "9" * 61}, "too_long"), ({"办理时限": "下周"}, "bad_time")],
)
def test_what_cannot_be_understood_is_refused(changed: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.read(LINE | changed, USUAL)
    assert refused.value.code == code


FIVE = dt.datetime(2026, 11, 28, 17, tzinfo=ZONE)


@pytest.mark.parametrize(
    "written",
    ["2026-11-28 17:00", "2026-11-28  17:00:00.0", "2026/11/28 17:00:00", "2026.11.28 17:00", "2026年11月28日 17时00分", "2026年11月28日17点", "2026年11月28日17时0分0秒",
     "2026-11-28 下午5:00", "2026/11/28 下午 05:00:00", "202611281700", "20261128170000", "2026112817", "2026-11-28T17:00:00.000+0800", "2026-11-28T09:00:00Z",
     "２０２６年１１月２８日１７：００", "1795856400", "1795856400000"],
)  # fmt: skip
def test_times_are_read_as_cities_write_them(written: str) -> None:
    assert codec.moment(written, "办理时限") == FIVE


@pytest.mark.parametrize("written", ["2026-11-28", "20261128", "2026年11月28日", "2026/11/28", "2026.11.28"])
def test_a_day_ends_a_deadline_and_begins_what_was_told(written: str) -> None:
    assert codec.moment(written, "办理时限") == FIVE.replace(hour=23, minute=59, second=59)
    assert codec.read(LINE | {"受理时间": written}, USUAL).said_at == FIVE.replace(hour=0)


@pytest.mark.parametrize(
    "written",
    ["2026-13-01", "2026年11月28日25时", "20261345", "尽快", "17:00", "99999999999999", "2026-11-28 下午13:61"],
)
def test_a_time_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        codec.moment(written, "办理时限")


@pytest.mark.parametrize(
    "none", ["0001-01-01T00:00:00", "0001/1/1 0:00:00", "1900-01-01", "9999-12-31 23:59:59", "0", "-", "无", "NULL"]
)
def test_what_systems_write_for_no_time_is_none(none: str) -> None:
    order = codec.read(LINE | {"受理时间": none, "办理时限": none}, USUAL)
    assert (order.said_at, order.due_at) == (None, None)


@pytest.mark.parametrize("said", ["2026-12-02 24:00:00", "2026/12/02 24:00"])
def test_the_end_of_a_day_may_be_its_24th_hour(said: str) -> None:
    assert codec.read(LINE | {"办理时限": said}, USUAL).due_at == dt.datetime(2026, 12, 3, tzinfo=ZONE)


@pytest.mark.parametrize("phone", ["匿名", "", "12345转人工服务台请稍候"])
def test_a_phone_that_is_none_is_left_out(phone: str) -> None:
    assert codec.read(LINE | {"联系电话": phone}, USUAL).phone == ""


@pytest.mark.parametrize("pair", [("0", "0"), ("abc", "29.5"), ("29.5", "106.5"), ("nan", "29")])
def test_a_place_outside_china_is_no_place(pair: tuple[str, str]) -> None:
    order = codec.read(LINE | {"经度": pair[0], "纬度": pair[1]}, USUAL)
    assert (order.lng, order.lat) == (None, None)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.integers(), max_size=2)
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([name for columns in codec.COLUMNS.values() for name in columns]), VALUES))
def test_any_object_is_read_or_refused(row: dict[str, Any]) -> None:
    try:
        order = codec.read(row, USUAL)
    except Refused:
        return
    assert 0 < len(order.number) <= codec.NUMBER_MOST and order.kind in codec.KIND_WORDS


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(min_size=1, max_size=30))
def test_a_signature_is_of_its_body_and_secret(body: bytes, other: bytes, secret: str) -> None:
    signed = seal.headers(secret, 1000.0, body)
    assert seal.fault(secret, signed, body, 1000.0, 300) == ""
    assert (seal.fault(secret, signed, other, 1000.0, 300) == "") == (other == body)
    assert seal.fault(secret + "x", signed, body, 1000.0, 300) == "forged"
    assert seal.fault(secret, signed, body, 1301.0, 300) == "stale"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Timestamp": "1000"},
        {"X-Timestamp": "²", "X-Signature": "a"},
        {"X-Timestamp": "9" * 400, "X-Signature": "a"},
    ],
)
def test_an_unsigned_message_is_told_so(headers: dict[str, str]) -> None:
    assert seal.fault("s", headers, b"", 1000.0, 300) == "unsigned"


def test_a_signature_of_strange_letters_is_forged() -> None:
    assert seal.fault("s", {"X-Timestamp": "1000", "X-Signature": "签名"}, b"", 1000.0, 300) == "forged"
    assert seal.fault("", seal.headers("", 1000.0, b""), b"", 1000.0, 300) == "forged"

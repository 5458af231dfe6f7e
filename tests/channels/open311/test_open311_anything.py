"""Open311: whatever is asked, the answer is never a 500, always in the asked form, and fits our schemas."""

from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import orjson
import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.channels.open311.conftest import Caller
from tests.channels.open311.schema import faults, same, spark
from tests.road import take_to

from xiucheng.channels.open311 import codec

TEXT = st.text(max_size=40)
NAMES = st.sampled_from(
    ["api_key", "service_code", "lat", "long", "address_string", "address_id", "email", "phone", "first_name", "last_name", "description",
     "media_url", "attribute[situation]", "attribute[component]", "attribute[x][]", "start_date", "end_date", "status", "page", "page_size",
     "updated_after", "updated_before", "service_request_id", "update_id", "updated_datetime", "jurisdiction_id", "client_request_id",
     "account_id", "device_id"]
)  # fmt: skip
VALUES = st.one_of(
    TEXT, st.integers().map(str), st.floats().map(str), st.datetimes().map(lambda at: at.isoformat()),
    st.sampled_from(["C0101", "29.53", "106.57", "OPEN", "open,closed", "2026-01-01", "C0101-1", "data:image/png;base64,AAAA", "KEY", "NUMBER"]),
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.one_of(NAMES, TEXT), VALUES), max_size=12)
PARTS = st.sampled_from(
    ["discovery", "v2", "test", "services", "requests", "tokens", "servicerequestupdates", "media", "C0101", "NUMBER"]
)
PATHS = st.one_of(
    st.lists(st.one_of(PARTS, TEXT), max_size=4).map("/".join),
    st.sampled_from(
        ["v2/requests", "v2/servicerequestupdates", "v2/services", "test/v2/requests", "v2/requests/NUMBER"]
    ),
)
FORMS = st.sampled_from(["json", "xml"])
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCHEMAS = {
    "service_requests": ("requests", "made", "token"), "service_request_updates": ("updates", "update_made"), "errors": ("errors",),
    "discovery": ("discovery",), "services": ("services",), "service_definition": ("definition",),
}  # fmt: skip


def unsound(answer: HttpResponse, form: str) -> list[str]:
    """What is wrong with an answer: a fault of ours, another form than asked, by none of the schemas."""
    wrong = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    kind = answer.headers["Content-Type"]
    if not kind.startswith("application/json" if form == "json" else "text/xml"):
        return [*wrong, f"form {kind}"]
    if form == "json":
        fits = any(faults(name, answer.json()) == [] for names in SCHEMAS.values() for name in names)
    else:
        fits = ElementTree.fromstring(answer.content).tag in SCHEMAS
    return wrong if fits else [*wrong, f"no schema: {answer.content.decode()}"]


def real(text: str, caller: Caller, number: str) -> str:
    return text.replace("KEY", caller.key).replace("NUMBER", number).encode("utf-8", "replace").decode()


@pytest.mark.slow
@MANY
@given(path=PATHS, form=FORMS, pairs=PAIRS)
def test_any_question_is_answered(caller: Caller, path: str, form: str, pairs: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        number = take_to("handling", caller.district, caller.house).number
        query = urlencode([(real(n, caller, number), real(v, caller, number)) for n, v in pairs])
        address = f"/open311/{quote(real(path, caller, number))}.{form}?{query}"
        assert unsound(Client(raise_request_exception=False).get(address), form) == []
        transaction.set_rollback(True)


@pytest.mark.slow
@MANY
@given(path=PATHS, form=FORMS, pairs=PAIRS, whole=st.booleans(), parts=st.booleans())
def test_any_post_is_answered(
    caller: Caller, path: str, form: str, pairs: list[tuple[str, str]], whole: bool, parts: bool
) -> None:
    with transaction.atomic():
        number = caller.report()
        known: list[tuple[str, Any]] = [("api_key", caller.key)]
        known += (
            [("service_code", "C0101"), ("lat", "29.53"), ("long", "106.57"), ("update_id", "1"), ("status", "open")]
            if whole
            else []
        )
        known += [(real(n, caller, number), real(v, caller, number)) for n, v in pairs]
        address = f"/open311/{quote(real(path, caller, number))}.{form}"
        client = Client(raise_request_exception=False)
        if parts:
            answer = client.post(address, {name: value for name, value in known if name})
        else:
            answer = client.post(address, urlencode(known), "application/x-www-form-urlencoded")
        assert unsound(answer, form) == []
        transaction.set_rollback(True)


@pytest.mark.slow
@MANY
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
       "multipart/form-data", "application/json", "text/xml", "", "application/x-www-form-urlencoded; charset=gbk"]), form=FORMS)  # fmt: skip
def test_any_bytes_are_answered(caller: Caller, body: bytes, kind: str, form: str) -> None:
    with transaction.atomic():
        answer = Client(raise_request_exception=False).generic("POST", f"/open311/v2/requests.{form}", body, kind)
        assert unsound(answer, form) == []
        transaction.set_rollback(True)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_any_words_are_the_same_in_both_forms(text: str) -> None:
    xml, json = (codec.write("errors", [{"code": "1", "description": text}], form) for form in ("xml", "json"))
    assert same(spark(ElementTree.fromstring(xml)), orjson.loads(json))

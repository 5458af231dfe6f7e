"""Open311: the published description (OpenAPI) is true: hundreds of made questions by it give no 500, and each answer fits."""

from typing import Any

import pytest
from tests import made
from tests.channels.open311.conftest import Caller
from tests.road import take_to

from xiucheng.channels.open311.description import FEED, FORMS

CALLS = [
    ("GET", "discovery"), ("GET", "v2/services"), ("GET", "v2/services/{service_code}"), ("GET", "v2/requests"),
    ("POST", "v2/requests"), ("GET", "v2/requests/{id}"), ("GET", "v2/tokens/{token}"), ("GET", "v2/servicerequestupdates"),
    ("POST", "v2/servicerequestupdates"),
]  # fmt: skip
PLAIN = frozenset({"discovery", "v2/services"})
"""Calls that ask for nothing: there is one question only."""


@pytest.fixture
def described(caller: Caller) -> Any:
    return made.described(caller.get("openapi.json").json(), "/open311")


def test_all_calls_are_described(described: Any) -> None:
    assert made.calls(described) == {(method, f"/{path}.{form}") for method, path in CALLS for form in FORMS} | {
        ("GET", FEED)
    }


def test_description_is_told_in_json_only(caller: Caller) -> None:
    assert (caller.get("openapi.json").status_code, caller.get("openapi.xml").status_code) == (200, 404)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_any_question_by_the_description_is_answered_by_it(
    described: Any, caller: Caller, method: str, path: str, form: str
) -> None:
    number = take_to("handling", caller.district, caller.house).number
    known = {"service_code": "C0101", "api_key": caller.key, "id": number, "service_request_id": number}
    examples = 1 if path in PLAIN else 25
    assert made.ask(described[f"/{path}.{form}"][method], known, examples) >= min(examples, 5)


@pytest.mark.slow
def test_any_question_to_the_feed_is_answered_by_the_description(described: Any, caller: Caller) -> None:
    number = take_to("handling", caller.district, caller.house).number
    known = {"service_code": "C0101", "api_key": caller.key, "service_request_id": number}
    assert made.ask(described[FEED]["GET"], known, 25) >= 5

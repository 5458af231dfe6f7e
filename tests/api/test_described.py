"""The API: its published description (OpenAPI) is true: hundreds of made questions by it give no 500, and each answer fits."""

from typing import Any

import orjson
import pytest
from django.test import Client
from tests import made
from tests.district import District
from tests.road import take_to
from tests.staff import staff

from xiucheng.api.actions import give_token
from xiucheng.cases.models import Report

BASE = "/api/v1"
CALLS = [
    ("POST", "/reports"), ("POST", "/pictures"), ("GET", "/reports/{tracking_code}"), ("POST", "/reports/{tracking_code}/acts/{act}"),
    ("GET", "/cases"), ("GET", "/cases/{number}"), ("POST", "/cases/{number}/acts/{act}"), ("GET", "/inbox"), ("GET", "/categories"),
    ("GET", "/standards"), ("GET", "/units"), ("GET", "/areas"), ("GET", "/figures"),
]  # fmt: skip
PLAIN = frozenset({"/inbox", "/categories", "/units", "/areas"})
"""Calls that ask for nothing: there is one question only."""


@pytest.fixture
def described(db: None) -> Any:
    return made.described(orjson.loads(Client().get(f"{BASE}/openapi.json").content), "")


def test_all_calls_are_described(described: Any) -> None:
    assert made.calls(described) == {(method, BASE + path) for method, path in CALLS}


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_any_question_by_the_description_is_answered_by_it(
    described: Any, district: District, method: str, path: str
) -> None:
    house = staff(district)
    token = give_token(by=house["security_admin"], account=house["operator"], name="x")
    case = take_to("to_register", district, house)
    known = {"number": case.number, "tracking_code": Report.objects.get(case=case).token, "category": district.category}
    examples = 1 if path in PLAIN else 25
    headers = {"Authorization": f"Bearer {token}"}
    assert made.ask(described[BASE + path][method], known, examples, headers) >= min(examples, 5)

"""The API: real answers of every call, along the whole road of a case, are what the published description says."""

import io
from typing import Any

import orjson
import pytest
from django.test import Client
from PIL import Image
from tests.answers import Description
from tests.district import District
from tests.road import take_to
from tests.staff import staff

from xiucheng.api.actions import give_token
from xiucheng.cases.actions import act
from xiucheng.cases.models import Report
from xiucheng.city import clock
from xiucheng.people.models import Account
from xiucheng.people.queries import holder

BASE = "/api/v1"
STATES = [
    "to_register",
    "to_file",
    "verifying",
    "to_dispatch",
    "handling",
    "to_check",
    "checking",
    "to_close",
    "closed",
]


class Asking:
    """Somebody with a token who compares every answer with the description."""

    def __init__(self, house: dict[str, Account]) -> None:
        self.told = Description(orjson.loads(Client().get(f"{BASE}/openapi.json").content))
        given = give_token(by=house["security_admin"], account=house["operator"], name="x")
        self.signed = {"Authorization": f"Bearer {given}"}

    def get(self, path: str, signed: bool = True, **within: str) -> tuple[int, Any]:
        """Ask; the answer must fit."""
        answer = Client(raise_request_exception=False).get(
            BASE + path.format(**within), headers=self.signed if signed else {}
        )
        return self._judged("get", path, answer)

    def post(self, path: str, content: Any, kind: str = "application/json", **within: str) -> tuple[int, Any]:
        """Send; the answer must fit."""
        raw = content if isinstance(content, bytes) else orjson.dumps(content)
        answer = Client(raise_request_exception=False).post(
            BASE + path.format(**within), raw, content_type=kind, headers=self.signed
        )
        return self._judged("post", path, answer)

    def _judged(self, method: str, path: str, answer: Any) -> tuple[int, Any]:
        assert (method, path, self.told.faults(method, BASE + path.partition("?")[0], answer)) == (method, path, [])
        return answer.status_code, orjson.loads(answer.content)


@pytest.fixture
def house(district: District) -> dict[str, Account]:
    return staff(district)


@pytest.fixture
def asking(house: dict[str, Account]) -> Asking:
    return Asking(house)


@pytest.mark.parametrize("state", STATES)
def test_a_case_in_every_state_is_told_as_described(
    asking: Asking, house: dict[str, Account], district: District, state: str
) -> None:
    case = take_to(state, district, house)
    code = Report.objects.get(case=case).token
    content = asking.get("/cases/{number}", number=case.number)[1]
    assert (content["state"]["code"], len(content["history"]) >= 1) == (state, True)
    assert asking.get("/reports/{tracking_code}", signed=False, tracking_code=code)[1]["number"] == case.number
    assert asking.get("/cases")[0] == asking.get("/inbox")[0] == 200


def test_asks_and_other_ends_are_told_as_described(
    asking: Asking, house: dict[str, Account], district: District
) -> None:
    until = clock.now().replace(microsecond=0)
    waiting = take_to("handling", district, house)
    act(
        waiting.id,
        "suspend",
        holder(house["unit"]).actor(),
        {"reason": "等料", "until": until.replace(year=until.year + 1)},
        step="ask",
    )
    asked = asking.get("/cases/{number}", number=waiting.number)[1]["ask"]
    assert (asked["kind"], asked["stage"]) == ("suspend", 0)
    main, twin, void = (take_to("to_register", district, house) for _ in range(3))
    act(twin.id, "merge", holder(house["operator"]).actor(), {"main": main.id})
    act(void.id, "void", holder(house["shift_leader"]).actor(), {"reason": "误立"})
    told = [asking.get("/cases/{number}", number=one.number)[1] for one in (main, twin, void)]
    assert [one["state"]["code"] for one in told] == ["to_register", "merged", "void"]
    code = Report.objects.get(case=twin).token
    assert asking.get("/reports/{tracking_code}", tracking_code=code)[1]["follows"] == main.number


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 99, 199)).save(file, "JPEG")
    return file.getvalue()


def test_every_call_is_answered_as_described(asking: Asking, district: District) -> None:
    upload = asking.post("/pictures", _picture(), "image/jpeg")[1]["upload"]
    given = {"words": "护栏倒了", "lng": 106.57, "lat": 29.53, "category": district.category, "pictures": [upload]}
    status, taken = asking.post("/reports", given)
    assert status == 201
    code, number = taken["tracking_code"], taken["number"]
    asking.post("/reports/{tracking_code}/acts/{act}", {"words": "快来看看"}, tracking_code=code, act="supplement")
    own = asking.get("/reports/{tracking_code}", signed=False, tracking_code=code)[1]
    assert (own["number"], len(own["pictures"])) == (number, 1)
    done = asking.post("/cases/{number}/acts/{act}", {"category": district.category}, number=number, act="register")[1]
    assert (done["state"]["code"], done["again"]) == ("to_file", False)
    for path in ("/cases", "/inbox", "/categories", "/standards", "/units", "/areas", "/figures"):
        assert asking.get(path)[0] == 200
    asking.get("/cases/{number}", number=number)
    assert asking.told.answered == asking.told.calls()


def test_refusals_are_told_as_described(asking: Asking, house: dict[str, Account], district: District) -> None:
    case = take_to("handling", district, house)
    assert asking.get("/cases", signed=False)[0] == 401
    assert asking.get("/cases/{number}", number="none")[0] == 404
    old = {"category": district.category, "version": 1}
    assert asking.post("/cases/{number}/acts/{act}", old, number=case.number, act="register")[1]["state"] == "handling"
    assert asking.post("/cases/{number}/acts/{act}", b"{", number=case.number, act="note")[0] == 400
    assert asking.post("/reports", {})[0] == 422


def test_an_answer_that_is_not_as_described_is_noticed(
    asking: Asking, house: dict[str, Account], district: District
) -> None:
    """The comparison itself: an answer with a part more or one of another kind does not pass."""
    take_to("to_register", district, house)
    answer: Any = Client().get(f"{BASE}/cases", headers=asking.signed)
    whole = orjson.loads(answer.content)
    for spoil in (
        {"secret": 1},
        {"number": 5},
        {"opened_at": "yesterday"},
        {"source": "other"},
        {"state": {"code": "x", "zh": "", "en": ""}},
    ):
        answer.content = orjson.dumps({**whole, "cases": [{**whole["cases"][0], **spoil}]})
        assert len(asking.told.faults("get", f"{BASE}/cases", answer)) == 1

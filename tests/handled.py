"""The staff of a running service handle a case to its end (办到底), each with his own account through the API."""

import json
import random
from typing import Any

from tests.pages.test_pictures import jpeg
from tests.service import RunningService
from xiucheng.run.demo.client import Client
from xiucheng.run.demo.troupe import Troupe


def the_case(troupe: Troupe) -> dict[str, Any]:
    """The only case of the service, as the leader sees it."""
    (found,) = troupe.reader.get("/api/v1/cases")["cases"]
    return dict(found)


def _troupe(service: RunningService) -> Troupe:
    password = json.loads((service.folder / "secrets.json").read_text(encoding="utf-8"))["demo_password"]
    return Troupe(service.url, password, random.Random(1))


def one_case(service: RunningService) -> dict[str, Any]:
    """The only case of the service, as the leader sees it."""
    troupe = _troupe(service)
    found = the_case(troupe)
    troupe.close()
    return found


def to_the_end(service: RunningService) -> str:
    """Unit, operator, officer and shift leader do their parts; gives the case's number."""
    troupe = _troupe(service)
    case = the_case(troupe)
    number, category = case["number"], case["category"]["code"]
    standard = troupe.reader.get(f"/api/v1/cases/{number}")["standard"]
    assert standard in [one["id"] for one in troupe.standards[category]]
    unit = troupe.of_unit(case["unit"]["code"])
    assert unit is not None

    def do(who: Client, act: str, **form: Any) -> None:
        who.post(f"/api/v1/cases/{number}/acts/{act}", form)

    do(unit, "feed_back", words="已换灯泡，路灯亮了。", pictures=[unit.upload(jpeg())])
    do(troupe.of_post("operator"), "send_check")
    officer = troupe.officer(case["street"]["code"])
    do(officer, "check", condition=True, pictures=[officer.upload(jpeg())])
    do(troupe.of_post("shift_leader"), "close", standard=standard)
    assert the_case(troupe)["state"]["code"] == "closed"
    troupe.close()
    return str(number)

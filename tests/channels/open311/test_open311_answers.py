"""Open311: real answers of every call, in both forms, are what the published description says."""

from pathlib import Path
from typing import Any

from tests.answers import Description
from tests.channels.open311.conftest import Caller
from tests.channels.open311.test_open311_lists import RAIL, filed, show


def test_every_call_is_answered_as_described(caller: Caller, account: Path) -> None:
    told = Description(caller.get("openapi.json").json())
    case = filed(caller, given=RAIL)
    show(case, caller.house["operator"])

    def judged(method: str, path: str, answer: Any) -> Any:
        assert (method, path, told.faults(method, path, answer)) == (method, path, [])
        return answer

    def get(path: str, **within: str) -> Any:
        return judged("get", f"/{path}", caller.get(path.format(**within)))

    for form in ("json", "xml"):
        facts = {"service_code": "C0101", "lat": "29.53", "long": "106.57", "description": f"护栏倒了 {form}"}
        judged("post", f"/v2/requests.{form}", caller.post(f"v2/requests.{form}", **facts))
        number = caller.report()
        update = {
            "service_request_id": number,
            "update_id": form,
            "status": "open",
            "updated_datetime": "2026-11-28T08:00:00+08:00",
        }
        judged(
            "post",
            f"/v2/servicerequestupdates.{form}",
            caller.post(f"v2/servicerequestupdates.{form}", description="还没好", **update),
        )
        for path in ("discovery", "v2/services", "v2/requests", "v2/servicerequestupdates"):
            assert get(f"{path}.{form}").status_code == 200
        get(f"v2/services/{{service_code}}.{form}", service_code="C0101")
        get(f"v2/requests/{{id}}.{form}", id=case.number)
        assert get(f"v2/requests/{{id}}.{form}", id="none").status_code == 404
    get("v2/requests.atom")
    account.write_text("[open311]\nbatch = true\n", encoding="utf-8")
    for form in ("json", "xml"):
        facts = {"service_code": "C0101", "lat": "29.53", "long": "106.57", "description": f"路灯 {form}"}
        judged("post", f"/v2/requests.{form}", caller.post(f"v2/requests.{form}", **facts))
        token = caller.post("v2/requests.json", **facts).json()[0]["token"]
        get(f"v2/tokens/{{token}}.{form}", token=token)
    assert told.answered == told.calls()

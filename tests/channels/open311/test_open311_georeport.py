"""Open311: PyPI's `georeport`, a client that others wrote, reads everything in JSON and XML (two of each: one alone confuses it)."""

from typing import Any

import pytest
from tests.channels.open311.conftest import Caller
from tests.road import take_to

from xiucheng.city import models as city

georeport: Any = pytest.importorskip("georeport", reason="georeport is not installed here: pip install georeport")
requests: Any = pytest.importorskip("requests", reason="comes with georeport")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_everything(caller: Caller, served: str, form: str) -> None:
    city.Category.objects.create(code="C0102", kind="component", level=2, name="路灯", pinyin="l", parent_id="C01")
    known = [take_to(state, caller.district, caller.house).number for state in ("closed", "handling")][::-1]
    client = georeport.GeoReport(f"{served}/open311/v2", output_format=form)
    assert [service["service_code"] for service in client.get_service_list()] == ["C0101", "C0102"]
    definition = client.get_service_definition("C0101")
    asked = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [attribute["code"] for attribute in asked] == ["situation", "component"]
    listed = client.get_service_requests(status="open,closed")
    assert [row["service_request_id"] for row in listed] == known
    one = client.get_service_request(known[0])
    assert (one["service_request_id"], one["status"]) == (known[0], "open")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_hears_that_there_is_no_such_request(served: str, form: str) -> None:
    client = georeport.GeoReport(f"{served}/open311/v2", output_format=form)
    with pytest.raises(requests.HTTPError) as said:
        client.get_service_request("nothing")
    assert said.value.response.status_code == 404

"""What this channel can be asked, as OpenAPI (接口说明): `/open311/openapi.json`, beside the discovery document and the feed.

GeoReport v2 has no description of its own that programs can read; a client can be made from this one. Written by hand; a test asks
hundreds of questions by it and compares each answer.
"""

from typing import Any, Final

from xiucheng.channels.open311 import codec, feed, updates
from xiucheng.channels.open311.discovery import base
from xiucheng.intake.numbers import limits

_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_DEGREES: Final = {"type": ["number", "null"]}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_FLAG: Final = {"type": "boolean"}
FORMS: Final = ("json", "xml")
FEED: Final = "/v2/requests.atom"


def _thing(required: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object with these parts, all there except `more`."""
    parts = {**required, **more}
    return {"type": "object", "required": list(required), "properties": parts, "additionalProperties": False}


def _list(of: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}


_ENDPOINT: Final = _thing({
    "specification": _TEXT, "url": _TEXT, "changeset": _MOMENT, "type": {"enum": ["production", "test"]},
    "formats": {"type": "array", "items": _TEXT},
})  # fmt: skip
_ATTRIBUTE: Final = _thing({
    "variable": _FLAG, "code": _TEXT,
    "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
    "required": _FLAG, "datatype_description": _MAYBE, "order": {"type": "integer", "minimum": 1}, "description": _MAYBE,
    "values": {"type": "array", "items": _thing({"key": _TEXT, "name": _TEXT})},
})  # fmt: skip
SCHEMAS: Final[dict[str, Any]] = {
    "Discovery": _thing({
        "changeset": _MOMENT, "contact": _TEXT, "key_service": _TEXT, "endpoints": {"type": "array", "items": _ENDPOINT},
    }),
    "Service": _thing({
        "service_code": _TEXT, "service_name": _TEXT, "description": _TEXT, "metadata": _FLAG,
        "type": {"enum": ["realtime", "batch"]}, "keywords": _MAYBE, "group": _MAYBE,
    }),
    "Definition": _thing({"service_code": _TEXT, "attributes": {"type": "array", "items": _ATTRIBUTE}}),
    "Request": _thing({
        "service_request_id": _TEXT, "status": {"enum": ["open", "closed"]}, "status_notes": _MAYBE, "service_name": _MAYBE,
        "service_code": _MAYBE, "description": _MAYBE, "agency_responsible": _MAYBE, "service_notice": _MAYBE,
        "requested_datetime": _MOMENT, "updated_datetime": _MOMENT, "expected_datetime": {**_MOMENT, "type": ["string", "null"]},
        "address": _MAYBE, "address_id": _MAYBE, "zipcode": _MAYBE, "lat": _DEGREES, "long": _DEGREES, "media_url": _MAYBE,
    }),
    "Made": _thing({"service_notice": _MAYBE, "account_id": _MAYBE}, service_request_id=_TEXT, token=_TEXT),
    "Token": _thing({"service_request_id": _TEXT, "token": _TEXT}),
    "Update": _thing({
        "update_id": _TEXT, "service_request_id": _TEXT, "status": {"enum": sorted({status for status, _ in updates.STEPS.values()})},
        "updated_datetime": _MOMENT, "description": _TEXT, "media_url": _MAYBE,
    }),
    "Heard": _thing({"update_id": _TEXT}),
    "Error": _thing({"code": _TEXT, "description": _TEXT}),
}  # fmt: skip
WINDOW: Final[dict[str, Any]] = {"start_date": _MOMENT, "end_date": _MOMENT}
WANTED: Final[dict[str, Any]] = {
    "service_request_id": _TEXT, "service_code": _TEXT, "status": {"enum": ["open", "closed", "open,closed"]}, **WINDOW,
    "lat": {"type": "number", "minimum": -90, "maximum": 90}, "long": {"type": "number", "minimum": -180, "maximum": 180},
    "radius": {"type": "number", "exclusiveMinimum": 0, "description": "metres around lat and long"}, "updated_after": _MOMENT, "updated_before": _MOMENT, "page": {"type": "integer", "minimum": 1},
    "page_size": {"type": "integer", "minimum": 1},
}  # fmt: skip
REPORT: Final[dict[str, Any]] = {
    "api_key": _TEXT, "service_code": _TEXT, "lat": {"type": "number", "minimum": -90, "maximum": 90},
    "long": {"type": "number", "minimum": -180, "maximum": 180}, "address_string": _TEXT, "address_id": _TEXT, "description": _TEXT,
    "media_url": _TEXT, "email": _TEXT, "phone": _TEXT, "first_name": _TEXT, "last_name": _TEXT, "account_id": _TEXT,
    "device_id": _TEXT, "client_request_id": _TEXT,
}  # fmt: skip
UPDATE: Final[dict[str, Any]] = {
    "api_key": _TEXT, "service_request_id": _TEXT, "update_id": _TEXT, "status": _TEXT, "updated_datetime": _MOMENT,
    "description": _TEXT, "media_url": _TEXT,
}  # fmt: skip


def told() -> dict[str, Any]:
    """The description of all calls, in JSON and XML."""
    paths: dict[str, Any] = {}
    for form in FORMS:
        for name, calls in _calls(form).items():
            paths[f"/{name}.{form}"] = calls
    paths[FEED] = {"get": _feed()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "绣城 Xiucheng · Open311 GeoReport v2", "version": "2"},
        "servers": [{"url": base()}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _calls(form: str) -> dict[str, Any]:
    def get(summary: str, content: dict[str, Any], query: dict[str, Any] | None = None, *within: str) -> dict[str, Any]:
        found = [{"in": "path", "name": name, "required": True, "schema": _TEXT} for name in within]
        found += [{"in": "query", "name": name, "schema": schema} for name, schema in (query or {}).items()]
        return {"get": {"summary": summary, "parameters": found, "responses": _answers(form, content)}}

    def post(summary: str, content: dict[str, Any], facts: dict[str, Any], *required: str) -> dict[str, Any]:
        asked = {**facts, "description": {**_TEXT, "maxLength": limits("open311")["description_most"]}}
        body = {"type": "object", "properties": asked, "required": list(required)}
        kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
        request = {"required": True, "content": {kind: {"schema": body} for kind in kinds}}
        return {"post": {"summary": summary, "requestBody": request, "responses": _answers(form, content)}}

    made = post("上报 · create", _list("Made"), REPORT, "api_key", "service_code")
    heard = post("补充进展 · tell an update", _list("Heard"), UPDATE, *(n for n in UPDATE if n != "media_url"))
    return {
        "discovery": get("服务发现 · discovery", {"$ref": "#/components/schemas/Discovery"}),
        "v2/services": get("服务清单 · services", _list("Service")),
        "v2/services/{service_code}": get(
            "服务定义 · definition", {"$ref": "#/components/schemas/Definition"}, None, "service_code"
        ),
        "v2/requests": get("公开查询 · list", _list("Request"), {**WANTED, "api_key": _TEXT}) | made,
        "v2/requests/{id}": get("一个诉求 · one", _list("Request"), {"api_key": _TEXT}, "id"),
        "v2/tokens/{token}": get("由凭据查编号 · token", _list("Token"), None, "token"),
        "v2/servicerequestupdates": get("进展 · updates", _list("Update"), {**WINDOW, "api_key": _TEXT}) | heard,
    }


def _feed() -> dict[str, Any]:
    """The list as Atom; it takes the same arguments, and mistakes are told in XML."""
    asked = [{"in": "query", "name": name, "schema": schema} for name, schema in {**WANTED, "api_key": _TEXT}.items()]
    answers = _answers("xml", {})
    answers["200"] = {"description": "Atom, GeoRSS", "content": {feed.TYPE.partition(";")[0]: {}}}
    return {"summary": "订阅 · feed", "parameters": asked, "responses": answers}


def _answers(form: str, content: dict[str, Any]) -> dict[str, Any]:
    """JSON with its schema; XML says the same by the rule that the specification gives, which no schema can."""
    kind = codec.TYPES[form].partition(";")[0]
    shown = {"schema": content} if form == "json" else {}
    wrong = {"schema": _list("Error")} if form == "json" else {}
    errors = {"description": "错误 · errors", "content": {kind: wrong}}
    statuses = ("400", "403", "404", "405", "413", "429", "503")
    return {"200": {"description": "ok", "content": {kind: shown}}, **dict.fromkeys(statuses, errors)}

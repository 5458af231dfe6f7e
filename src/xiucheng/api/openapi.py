"""The API and its description (接口说明): `/api/v1/openapi.json`. What goes past the frame for speed is described by hand."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from xiucheng.api import lists, staff
from xiucheng.api.answers import as_refusal, refusal
from xiucheng.api.described import ANSWERS, RESIDENT_ACTS, SCHEMAS, TEXT, ref
from xiucheng.rules.refusals import Refused

BASE: Final = "/api/v1"
_NUMBER: Final = {"type": "number"}
_KEY: Final = {
    "in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 80},
    "description": "The same key gives the first answer again; with other content it is refused (409).",
}  # fmt: skip
_CODE: Final = {"in": "path", "name": "tracking_code", "required": True, "schema": TEXT}
_REFUSED: Final = {
    "description": "A refusal: code, a sentence in Chinese and in English, and the case's new state where there is one.",
    "content": {"application/json": {"schema": ref("Refusal")}},
}
_REFUSALS: Final = dict.fromkeys(("400", "401", "403", "404", "409", "413", "422", "429", "503"), _REFUSED)
_REPORT: Final = {
    "type": "object",
    "properties": {
        "words": {**TEXT, "description": "What happened; words or a picture must be there.", "maxLength": 20000},
        "kind": {"enum": ["complaint", "help", "question", "suggestion", "praise"], "default": "complaint"},
        "place": {**TEXT, "maxLength": 200},
        "lng": {**_NUMBER, "description": "degrees"},
        "lat": {**_NUMBER, "description": "degrees"},
        "datum": {"enum": ["wgs84", "gcj02", "bd09"], "default": "wgs84"},
        "no_place": {**TEXT, "description": "why there is no place", "maxLength": 100},
        "category": {**TEXT, "description": "code of a category, if known"},
        "component": {**TEXT, "description": "16-digit code on the thing itself"},
        "pictures": {"type": "array", "items": TEXT, "maxItems": 9, "description": "codes from POST /pictures"},
        "contact": {"type": "object", "properties": {"name": TEXT, "phone": TEXT, "email": TEXT}},
        "share_contact": {"type": "boolean", "default": False},
        "said_at": {**TEXT, "format": "date-time"},
        "language": {"enum": ["zh-hans", "en"], "default": "zh-hans"},
        "channel": {**TEXT, "description": "only for staff and their machines; otherwise web"},
    },
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _told(words: str, name: str) -> dict[str, Any]:
    return {"description": words, **_json(ref(name))}


BY_HAND: Final[dict[str, Any]] = {
    "/api/v1/reports": {
        "post": {
            "tags": ["reports"], "summary": "上报一个问题", "parameters": [_KEY], "requestBody": _json(_REPORT),
            "responses": {"201": _told("taken in", "Taken"), "200": _told("taken in before", "Taken"), **_REFUSALS},
        }
    },
    "/api/v1/pictures": {
        "post": {
            "tags": ["reports"], "summary": "上传一张照片",
            "requestBody": {"content": {t: {"schema": {**TEXT, "format": "binary"}} for t in ("image/jpeg", "image/png", "image/webp")}},
            "responses": {"201": _told("`upload` is the code for `pictures`; time and place as the camera wrote them", "Upload"), **_REFUSALS},
        }
    },
    "/api/v1/reports/{tracking_code}": {
        "get": {
            "tags": ["reports"], "summary": "查进度", "parameters": [_CODE],
            "responses": {"200": _told("how it goes", "OwnReport"), **_REFUSALS},
        }
    },
    "/api/v1/reports/{tracking_code}/acts/{act}": {
        "post": {
            "tags": ["reports"], "summary": "补充、催办、撤回、评价、申请重办、申请复核",
            "parameters": [
                _CODE, _KEY,
                {"in": "path", "name": "act", "required": True,
                 "schema": RESIDENT_ACTS},
            ],
            "requestBody": _json({"type": "object", "properties": {"words": TEXT, "reason": TEXT, "rating": {"enum": list("12345")},
                                  "pictures": {"type": "array", "items": TEXT}}}),
            "responses": {"200": _told("the report afterwards", "OwnReport"), **_REFUSALS},
        }
    },
}  # fmt: skip


class Api(NinjaAPI):
    """The frame's description, with what is served beside the frame."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """All addresses of the API."""
        made = super().get_openapi_schema(**options)
        made["paths"] = {**BY_HAND, **made["paths"]}
        made["components"].setdefault("schemas", {}).update(SCHEMAS)
        for (method, path), schema in ANSWERS.items():
            made["paths"][BASE + path][method]["responses"] = {"200": {"description": "ok", **_json(schema)}}
        for found in made["paths"].values():
            for operation in found.values():
                operation["responses"] = {**_REFUSALS, **operation["responses"]}
        return made


api = Api(title="绣城 Xiucheng", version="1", urls_namespace="api", docs_url=None, description="城市管理诉求与案件接口")
api.add_router("", staff.router)
api.add_router("", lists.router)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    found = as_refusal(error)
    if found is None:
        raise error
    return refusal(found)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    where = ", ".join(sorted({str(e["loc"][-1]) for e in error.errors}))
    return refusal(Refused("bad_field", field=where, why="格式不对"))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(Refused("not_found"))


api.add_exception_handler(Refused, _refused)
api.add_exception_handler(ValidationError, _invalid)
api.add_exception_handler(Http404, _missing)

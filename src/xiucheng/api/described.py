"""What the API's answers look like (应答格式), as JSON Schema: every part named, its type, whether it may be empty.

Written by hand beside `shapes` and `queries`, which make the answers; a test compares real answers of every call with it.
"""

from collections.abc import Iterable
from typing import Any, Final

from xiucheng.city.models import Area, Category, Unit
from xiucheng.intake.actions import FOLLOW_UPS
from xiucheng.rules.workflow import ACTS, CLOCKS, KINDS, POSTS, STATES, STEPS

TEXT: Final = {"type": "string"}
FLAG: Final = {"type": "boolean"}
MOMENT: Final = {"type": "string", "format": "date-time"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_KEY: Final = {"type": "integer", "minimum": 1}
_LNG: Final = {"type": ["number", "null"], "minimum": -180, "maximum": 180, "description": "degrees, WGS84"}
_LAT: Final = {"type": ["number", "null"], "minimum": -90, "maximum": 90, "description": "degrees, WGS84"}
_FACTS: Final = {"type": "object"}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """The same or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    more = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **more}


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """One of these words."""
    return {"type": "string", "enum": list(values)}


def thing(parts: dict[str, Any], /, **sometimes: Any) -> dict[str, Any]:
    """An object with these parts, all of them there, and perhaps `sometimes`; nothing else."""
    return {
        "type": "object",
        "required": list(parts),
        "properties": {**parts, **sometimes},
        "additionalProperties": False,
    }


def many(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **more}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _word(codes: Iterable[str]) -> dict[str, Any]:
    """A stored value with its two names."""
    return thing({"code": one_of(codes), "zh": TEXT, "en": TEXT})


STAGES: Final = ("report", "after", *ACTS)
"""When a picture was taken: with the report, after handling, or with another act."""
_PICTURE: Final = thing({"stage": one_of(STAGES), "at": MOMENT, "thumb": TEXT, "full": TEXT})
_LINE: Final[dict[str, Any]] = {
    "number": TEXT, "version": _KEY, "source": one_of(("public", "inspection")), "channel": TEXT, "summary": TEXT,
    "place": TEXT, "lng": _LNG, "lat": _LAT, "urgency": _COUNT, "flags": many(TEXT), "level": {**_COUNT, "maximum": 3},
    "opened_at": MOMENT, **dict.fromkeys(("filed_at", "dispatched_at", "signed_at", "fed_back_at", "ended_at", "due_at"), maybe(MOMENT)),
    **dict.fromkeys(("overdue", "excused", "returned", "by_system", "training", "late"), FLAG),
    **dict.fromkeys(("returns", "reworks", "extensions", "followers"), _COUNT),
    "satisfaction": {"type": ["integer", "null"], "minimum": 1, "maximum": 5}, "ask": maybe(ref("Ask")), "state": ref("State"),
    "kind": ref("Kind"), "category": maybe(ref("CategoryName")), "unit": maybe(ref("UnitName")), "street": ref("AreaName"),
    "community": ref("AreaName"), "picture": maybe(TEXT),
}  # fmt: skip
_CLOCK: Final = thing({
    "kind": one_of(CLOCKS), "clock": one_of(("natural", "working")), "limit": {**_COUNT, "description": "seconds"},
    "used": {**_COUNT, "description": "seconds"}, "unit": maybe(ref("UnitName")), "started_at": MOMENT,
    "running_since": maybe(MOMENT), "due_at": maybe(MOMENT), "provisional": FLAG, "stopped_at": maybe(MOMENT),
    "outcome": one_of(("", "on_time", "overdue", "dropped", "merged")),
})  # fmt: skip
_ENTRY: Final = thing({
    "seq": _KEY, "at": MOMENT, "act": _word(ACTS), "step": _word(STEPS), "post": one_of(["", *POSTS]), "by": TEXT,
    "from": one_of(["", *STATES]), "to": one_of(["", *STATES]), "words": TEXT, "facts": _FACTS,
})  # fmt: skip
_NEED: Final = thing({
    "name": TEXT,
    "kind": one_of((
        "text", "choice", "unit", "units", "person", "category", "standard", "date", "picture", "number", "case", "place", "flag",
    )),
    "zh": TEXT, "en": TEXT, "required": FLAG, "choices": many(thing({"code": TEXT, "zh": TEXT, "en": TEXT})),
})  # fmt: skip
_TASK: Final = thing({
    "id": _KEY, "kind": one_of(("verify", "check")), "number": TEXT, "version": _KEY, "summary": TEXT, "place": TEXT, "lng": _LNG,
    "lat": _LAT, "created_at": MOMENT, "due_at": maybe(MOMENT), "taken_at": maybe(MOMENT), "state": ref("State"),
    "category": maybe(ref("CategoryName")), "own": FLAG,
})  # fmt: skip
_JOB: Final = thing({
    "id": _KEY, "kind": TEXT, "account": {"type": ["integer", "null"]}, "pool": TEXT, "due_at": maybe(MOMENT), "done_at": maybe(MOMENT),
})  # fmt: skip
_TOLD: Final = thing(
    {"at": MOMENT, "act": _word(ACTS), "to": ref("State")}, unit=maybe(ref("UnitName")), words=TEXT, reason=TEXT
)
_OWN: Final = thing({
    "tracking_code": TEXT, "number": TEXT, "state": ref("State"), "kind": ref("Kind"), "category": maybe(ref("CategoryName")),
    "place": TEXT, "said_at": MOMENT, "due_at": maybe(MOMENT), "unit": maybe(ref("UnitName")), "answer": TEXT,
    "satisfaction": _LINE["satisfaction"], "follows": maybe(TEXT), "timeline": many(_TOLD), "pictures": many(ref("Picture")),
    "acts": many(ref("Act")),
})  # fmt: skip

SCHEMAS: Final[dict[str, Any]] = {
    "Refusal": thing(
        {"code": TEXT, "zh": TEXT, "en": TEXT}, state=one_of(STATES), version={"type": "integer", "minimum": 0}
    ),
    "State": _word(STATES),
    "Kind": _word(KINDS),
    "UnitName": thing({"id": _KEY, "code": TEXT, "name": TEXT}),
    "CategoryName": thing({"code": TEXT, "name": TEXT, "plain": TEXT}),
    "AreaName": thing({"code": TEXT, "name": TEXT}),
    "Ask": thing({
        "kind": one_of(("extend", "suspend")), "stage": {"type": "integer", "enum": [0, 1]}, "by": TEXT, "agreed_by": maybe(TEXT),
        "reason": TEXT, "until": maybe(MOMENT), "at": MOMENT,
    }),
    "Picture": _PICTURE,
    "Act": thing({"act": _word(ACTS), "step": _word(STEPS), "needs": many(_NEED)}),
    "Taken": thing({"number": TEXT, "tracking_code": TEXT}),
    "Upload": thing({
        "upload": TEXT, "thumb": TEXT, "full": TEXT, "width": _KEY, "height": _KEY, "taken_at": maybe(MOMENT), "lng": _LNG, "lat": _LAT,
    }),
    "OwnReport": _OWN,
    "Line": thing(_LINE),
    "Lines": thing({"cases": many(ref("Line")), "after": {**TEXT, "description": "asks for the next page; empty at the end"}}),
    "Case": thing({
        **_LINE, "standard": maybe(_KEY), "answer": TEXT, "history": many(_ENTRY, minItems=1), "clocks": many(_CLOCK),
        "pictures": many(ref("Picture")), "tasks": many(_JOB), "acts": many(ref("Act")),
    }),
    "Done": thing({"number": TEXT, "state": ref("State"), "version": _KEY, "again": FLAG}),
    "Inbox": thing({"tasks": many(_TASK), "cases": many(ref("Line"))}),
    "Category": thing({
        "code": {**TEXT, "pattern": "^[CE]([0-9]{2}){0,2}$"}, "kind": one_of(Category.Kind.values),
        "level": {**_COUNT, "maximum": 2}, "name": TEXT, "plain": TEXT, "parent": maybe(TEXT), "icon": TEXT,
        "menu": maybe(_COUNT),
    }),
    "Standard": thing({
        "id": _KEY, "code": TEXT, "category_id": TEXT, "filing_condition": TEXT, "limit_text": TEXT, "limit_seconds": _COUNT,
        "clock": one_of(("natural", "working")), "closing_condition": TEXT,
    }),
    "Unit": thing({"id": _KEY, "code": TEXT, "name": TEXT, "short": TEXT, "kind": one_of(Unit.Kind.values)}),
    "Area": thing({"code": TEXT, "level": one_of(Area.Level.values), "name": TEXT, "parent": maybe(TEXT)}),
    "Figure": thing({
        "day": {**TEXT, "format": "date"}, "measure": TEXT, "count": {"type": "integer"}, "seconds": {"type": "integer"},
    }),
}  # fmt: skip
RESIDENT_ACTS: Final = one_of(sorted(FOLLOW_UPS))
ANSWERS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("get", "/cases"): ref("Lines"),
    ("get", "/cases/{number}"): ref("Case"),
    ("post", "/cases/{number}/acts/{act}"): ref("Done"),
    ("get", "/inbox"): ref("Inbox"),
    ("get", "/categories"): many(ref("Category")),
    ("get", "/standards"): many(ref("Standard")),
    ("get", "/units"): many(ref("Unit")),
    ("get", "/areas"): many(ref("Area")),
    ("get", "/figures"): many(ref("Figure")),
}
"""What a call of the frame answers when it goes well; those past the frame stand in `openapi`."""

"""Our own JSON Schemas of the specification, and the few words of JSON Schema that they use."""

import re
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).with_name("schemas")
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float),
}  # fmt: skip


def faults(name: str, content: Any) -> list[str]:
    """What in a document does not fit the schema `name`."""
    return _faults(orjson.loads((FOLDER / f"{name}.json").read_bytes()), content, "$")


def _is(kind: str, content: Any) -> bool:
    return isinstance(content, TYPES[kind]) and not (kind in {"integer", "number"} and isinstance(content, bool))


def _faults(schema: dict[str, Any], content: Any, at: str) -> list[str]:
    kinds = schema.get("type", list(TYPES))
    if not any(_is(kind, content) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{at}: {content!r} is no {kinds}"]
    found = []
    if "enum" in schema and content not in schema["enum"]:
        found.append(f"{at}: {content!r} is not one of {schema['enum']}")
    if isinstance(content, str):
        if len(content) < schema.get("minLength", 0) or not re.search(schema.get("pattern", ""), content):
            found.append(f"{at}: {content!r}")
    elif isinstance(content, int | float) and content < schema.get("minimum", content):
        found.append(f"{at}: {content} is too small")
    elif isinstance(content, list):
        if not schema.get("minItems", 0) <= len(content) <= schema.get("maxItems", len(content)):
            found.append(f"{at}: {len(content)} items")
        for n, item in enumerate(content):
            found += _faults(schema.get("items", {}), item, f"{at}[{n}]")
    elif isinstance(content, dict):
        known = schema.get("properties", {})
        found += [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in content]
        for name, inner in content.items():
            if name not in known and schema.get("additionalProperties") is False:
                found.append(f"{at}.{name} is not known")
            found += _faults(known.get(name, {}), inner, f"{at}.{name}")
    return found


def spark(element: Any) -> Any:
    """XML as JSON would say it: lists by their item elements, empty is null; numbers and true/false stay texts."""
    lists = {
        "services": "service", "service_requests": "request", "service_request_updates": "request_update", "errors": "error",
        "endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value",
    }  # fmt: skip
    if element.tag in lists:
        assert {child.tag for child in element} <= {lists[element.tag]}
        return [spark(child) for child in element]
    if len(element):
        return {child.tag: spark(child) for child in element}
    return element.text


def same(xml: Any, json: Any) -> bool:
    """Whether both say the same."""
    if isinstance(json, dict):
        return isinstance(xml, dict) and xml.keys() == json.keys() and all(same(xml[k], json[k]) for k in json)
    if isinstance(json, list):
        return isinstance(xml, list) and len(xml) == len(json) and all(map(same, xml, json))
    if isinstance(json, bool):
        return bool(xml == str(json).lower())
    return bool(float(xml) == json) if isinstance(json, int | float) else bool(xml == json)

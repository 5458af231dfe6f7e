"""Real answers against a published description (OpenAPI): status, kind of content and every part must be as it says."""

from typing import Any

import orjson
import pytest

jsonschema: Any = pytest.importorskip("jsonschema_rs", reason="jsonschema_rs is not installed here: make install-test")


class Description:
    """A published description; remembers which calls were answered well."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.answered: set[tuple[str, str]] = set()

    def calls(self) -> set[tuple[str, str]]:
        """Method and path of every call."""
        return {(method, path) for path, found in self.raw["paths"].items() for method in found}

    def faults(self, method: str, path: str, answer: Any) -> list[str]:
        """What in an answer is not as described."""
        told = self.raw["paths"][path][method]["responses"].get(str(answer.status_code))
        if told is None:
            return [f"{answer.status_code} is not described"]
        kind = answer.headers["Content-Type"].partition(";")[0]
        if kind not in told["content"]:
            return [f"{kind} is not described"]
        if answer.status_code < 300:
            self.answered.add((method, path))
        schema = told["content"][kind].get("schema")
        if schema is None:
            return []
        whole = {**schema, "components": self.raw["components"]}
        judge = jsonschema.Draft202012Validator(whole, validate_formats=True)
        content = orjson.loads(answer.content)
        return [f"{'/'.join(map(str, fault.instance_path))}: {fault.message}" for fault in judge.iter_errors(content)]

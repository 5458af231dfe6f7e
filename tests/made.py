"""Hundreds of questions made from a published description (OpenAPI), asked of this process over WSGI; each answer must fit it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed here: make install-test")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests use the test's own connection, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def described(raw: dict[str, Any], base: str) -> Any:
    """The description, its calls going to this process."""
    found = schemathesis.openapi.from_dict({**raw, "servers": [{"url": f"http://localhost{base}"}]})
    found.app = WSGIHandler()
    return found


def calls(found: Any) -> set[tuple[str, str]]:
    """Method and path of every call that is described."""
    return {(o.ok().method.upper(), o.ok().path) for o in found.get_all_operations()}


def ask(operation: Any, known: Mapping[str, Any], examples: int, headers: Mapping[str, str] | None = None) -> int:
    """Ask by one operation: as described and against it, with made values and with `known` real ones; gives how many times."""
    modes = [schemathesis.GenerationMode.POSITIVE]
    if operation.body or operation.query or operation.path_parameters:
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    asked, checks = 0, list(schemathesis.checks.CHECKS.get_by_names(list(CHECKS)))
    made = st.sampled_from(modes).flatmap(lambda mode: operation.as_strategy(generation_mode=mode))

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )  # fmt: skip
    @given(case=made, real=st.booleans())
    def once(case: Any, real: bool) -> None:
        nonlocal asked
        for part in (case.path_parameters, case.query, case.body) if real else ():
            if isinstance(part, dict):
                part.update({name: known[name] for name in part if name in known})
        with transaction.atomic():
            case.call_and_validate(checks=checks, headers=dict(headers or {}))
            transaction.set_rollback(True)
        asked += 1

    with one_connection():  # the test client connects the signals again, so only now
        once()
    return asked

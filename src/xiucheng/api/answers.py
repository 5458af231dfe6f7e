"""Answers of the API (接口应答): always JSON; a refusal is `{code, zh, en, state?, version?}`, never a 500."""

import datetime as dt
import functools
import logging
from collections.abc import Callable
from typing import Any, Final

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from xiucheng.cases.actions.chain import plain
from xiucheng.rules.refusals import Refused

JSON: Final = "application/json; charset=utf-8"
_log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def answer(content: Any, status: int = 200) -> HttpResponse:
    """JSON with moments in ISO form; never kept by anyone on the way."""
    response = HttpResponse(orjson.dumps(content, default=_plain), content_type=JSON, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | set | frozenset | tuple):
        return plain(value)
    raise TypeError(type(value).__name__)


def refusal(refused: Refused) -> HttpResponse:
    """A refusal with both sentences, and the case's new state where the gateway knew it."""
    content: dict[str, Any] = {"code": refused.code, "zh": refused.zh, "en": refused.en}
    for name, fact in (("state", "case_state"), ("version", "case_version")):
        if fact in refused.facts:
            content[name] = refused.facts[fact]
    response = answer(content, refused.status)
    if refused.code in {"busy", "too_many"}:
        response.headers["Retry-After"] = str(refused.facts.get("seconds", 2))
    return response


def as_refusal(error: Exception) -> Refused | None:
    """The refusal that an error of the input or the database amounts to; None for a fault of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, RequestDataTooBig):
        return Refused("too_big", most="2 MB")
    if isinstance(error, SuspiciousOperation):
        return Refused("not_json")
    if isinstance(error, OperationalError | InterfaceError):
        return Refused("busy")
    return None


def json_view(view: View) -> View:
    """Let a view refuse, and turn a database that is just restarting into "try again"."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Refused, SuspiciousOperation, DatabaseError, InterfaceError) as error:
            found = as_refusal(error)
            if found is None:
                raise
            if found.code == "busy":
                _log.warning("database busy: %s", error)
            return refusal(found)

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # machines have no cookie; sessions are checked in `who`
    return answered

"""Pages survive a restart of the database (数据库重启时的应对): wait a moment, try again where that is safe, else say 503.

A request that only reads is carried out again once the database is back. One that writes is answered 503 with Retry-After:
nothing of it was stored unless it was acknowledged, and its idempotency key makes sending it again harmless.
"""

import logging
import select
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import psycopg
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from xiucheng.pages import errors
from xiucheng.rules.refusals import Refused

AWAY_SECONDS: Final = 5.0
RETRY_AFTER_SECONDS: Final = 2
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
NO_DATABASE: Final = ("/static/", "/healthz")
Answer = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger("xiucheng.run")


def database_away(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is the database being away or too busy rather than a fault of ours."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def drop_dead_connection() -> None:
    """Close this thread's connection if the server has ended it: an idle one has nothing to read but its end."""
    raw = connection.connection
    if raw is None:
        return
    if raw.closed:
        connection.close()
        return
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        connection.close()


def wait_for_database(seconds: float = AWAY_SECONDS) -> bool:
    """Open the connection, trying for a while; True when it stands."""
    until = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except Error:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        else:
            return True


def guard(get_response: Answer) -> Answer:
    """The outermost layer of every request."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(NO_DATABASE):
            return get_response(request)
        drop_dead_connection()
        if connection.connection is None and not wait_for_database():
            return away(request)
        response = get_response(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            connection.close()
            if request.method in SAFE_METHODS and wait_for_database():
                response = get_response(request)
        return response

    return answer


def away(request: HttpRequest) -> HttpResponse:
    """503 with a sentence and Retry-After; the pages' own sheet where it can be drawn without the database."""
    try:
        response = errors.refused(request, Refused("busy"))
    except Exception:  # whatever the sheet wanted to know, the database cannot tell now
        response = HttpResponse(f"{Refused('busy').zh}\n", status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Django's last resort (handler500): a database that is away becomes 503, a fault of ours the plain sheet."""
    error = sys.exc_info()[1]
    if database_away(error):
        return away(request)
    logger.error("fault at %s", request.resolver_match.route if request.resolver_match else "?", exc_info=error)
    return errors.server_error(request)

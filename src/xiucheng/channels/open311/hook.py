"""The address of Open311 (开放接口入口): every answer, mistakes too, in the form that was asked for.

GET is open to all and to other sites' scripts; POST needs a key. Slashes too many, an extension in capitals and the misspelt
`service/CODE` of an old client are let pass.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import InterfaceError, OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from xiucheng.cases import pictures
from xiucheng.channels.open311 import asked as asking
from xiucheng.channels.open311 import (
    codec,
    description,
    discovery,
    faults,
    feed,
    keys,
    listing,
    receive,
    services,
    updates,
    window,
)
from xiucheng.channels.open311.asked import Asked
from xiucheng.channels.open311.faults import Fault, Faults
from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_TRIED: Final = re.compile(r"[\x20-\x7e]{1,200}")
MOUNT: Final = "open311/"
FEED: Final = ("v2", "requests.atom")
READS: Final = ("GET", "HEAD", "OPTIONS")
OFF: Final = (404, "本市没有开通 Open311。", "Open311 is not switched on here.")
NOWHERE: Final = (404, "没有这个地址。", "There is no such address.")
NOT_SO: Final = (405, "这个地址不能这样用。", "This method cannot be used here.")
OURS: Final = (500, "我们这边出错了，请稍后再试。", "Something went wrong on our side; please try again later.")
TOTAL_HEADERS: Final = "page-TotalSize, page-TotalPages, page-PageNumber, page-PageSize"
_log = logging.getLogger(__name__)


@csrf_exempt
def hook(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Every address of the channel."""
    asked = asking.where(request, rest)
    try:
        answer = _answer(request, asked)
    except Faults as several:
        answer = _told(asked, several.found)
    except Fault as one:
        answer = _told(asked, [one])
    except Refused as refused:
        answer = _told(asked, [faults.of(refused)])
        if "seconds" in refused.facts:
            answer.headers["Retry-After"] = str(refused.facts["seconds"])
    except (OperationalError, InterfaceError):
        return busy(request)
    except Exception:  # a fault of ours is told in the asked form, too; arguments may be personal and are not logged
        _log.exception("open311: %s %s", asked.method, "/".join(asked.path[:2]))
        answer = _told(asked, [Fault(*OURS)])
    _open(asked, answer)
    return answer


def busy(request: HttpRequest) -> HttpResponse:
    """The database is away: told in the form that was asked for."""
    asked = asking.where(request, request.path_info.removeprefix(f"/{MOUNT}"))
    answer = _told(asked, [faults.of(Refused("busy"))])
    answer.headers["Retry-After"] = "5"
    _open(asked, answer)
    return answer


def _open(asked: Asked, answer: HttpResponseBase) -> None:
    """What only reads may be read by other sites' scripts."""
    if asked.method in READS:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Access-Control-Expose-Headers"] = TOTAL_HEADERS


def _told(asked: Asked, found: list[Fault]) -> HttpResponse:
    answer = document(asked, "errors", [fault.told() for fault in found], status=found[0].status)
    if found[0].status == 405:
        answer.headers["Allow"] = "GET, HEAD, OPTIONS" if asked.method == "POST" else "GET, HEAD, OPTIONS, POST"
    return answer


def document(asked: Asked, root: str, content: Any, status: int = 200) -> HttpResponse:
    """A document in the form that was asked for."""
    answer = HttpResponse(codec.write(root, content, asked.form), content_type=codec.TYPES[asked.form], status=status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _answer(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    account = accounts.account("open311")
    if account is None:
        raise Fault(*OFF)
    if asked.path[1:2] == ("media",) and asked.method in READS:
        return _picture(asked)
    if not asked.known_form and asked.path != FEED:
        raise Fault(*NOWHERE)
    if asked.method == "OPTIONS":
        allowed = {"Allow": "GET, HEAD, OPTIONS, POST", "Access-Control-Allow-Methods": "GET"}
        return HttpResponse(status=204, headers=allowed)
    asked = asking.read(request, asked)
    if asked.method == "POST":
        return _post(asked, account, request.headers.get("Idempotency-Key", ""))
    if asked.method not in READS:
        raise Fault(*NOT_SO)
    return _get(asked, account)


def _get(asked: Asked, account: Mapping[str, Any]) -> HttpResponse:
    sight = listing.Sight(keys.whose(asked.one("api_key")), asked.training)
    root: str = "service_requests"
    content: Any
    match asked.path:
        case ("discovery",) | ("v2", "discovery"):
            root, content = "discovery", discovery.told(account)
        case ("openapi",) if asked.form == "json":
            root, content = "openapi", description.told()
        case ("v2", "services"):
            root, content = "services", services.listed(account)
        case ("v2", "services" | "service", code):
            root, content = "service_definition", services.definition(services.find(code), account)
        case ("v2", "tokens", token):
            content = [_of_token(codec.storable(token), asked)]
        case ("v2", "requests", number):
            content = [_one(codec.storable(number), sight)]
        case ("v2", "requests"):
            return _list(asked, sight)
        case ("v2", "requests.atom"):
            return _feed(asked, sight)
        case ("v2", "servicerequestupdates"):
            root, content = "service_request_updates", updates.listed(asked, sight)
        case _:
            raise Fault(*NOWHERE)
    return document(asked, root, content)


def _one(number: str, sight: listing.Sight) -> dict[str, Any]:
    found = listing.one(number, sight)
    if found is None:
        raise faults.unknown("service_request_id")
    return found


def _list(asked: Asked, sight: listing.Sight) -> HttpResponse:
    wanted = window.wanted(asked)
    found, total = listing.many(wanted, sight)
    answer = document(asked, "service_requests", found)
    pages = -(-total // wanted.size)
    for name, number in (
        ("TotalSize", total),
        ("TotalPages", pages),
        ("PageNumber", wanted.page),
        ("PageSize", wanted.size),
    ):
        answer.headers[f"page-{name}"] = str(number)
    since, until = wanted.requested
    if since and until:
        answer.headers["Open311-Window"] = f"{since.isoformat()}/{until.isoformat()}"
    return answer


def _feed(asked: Asked, sight: listing.Sight) -> HttpResponse:
    wanted = window.wanted(asked)
    found, _ = listing.many(replace(wanted, size=min(wanted.size, int(limits("open311")["feed_most"]))), sight)
    answer = HttpResponse(feed.write(found, training=asked.training), content_type=feed.TYPE)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _post(asked: Asked, account: Mapping[str, Any], again: str) -> HttpResponse:
    match asked.path:
        case ("v2", "requests"):
            said = again if _TRIED.fullmatch(again) else ""
            return document(asked, "service_requests", [receive.create(asked, account, said)])
        case ("v2", "servicerequestupdates"):
            return document(asked, "service_request_updates", [updates.heard(asked)])
        case ("discovery",) | ("v2", "discovery" | "services" | "service" | "tokens" | "requests", *_):
            raise Fault(*NOT_SO)
    raise Fault(*NOWHERE)


def _of_token(token: str, asked: Asked) -> dict[str, Any]:
    sql = """SELECT c.number FROM cases_report t JOIN cases_case c ON c.id = t.case_id WHERE t.channel = 'open311'
      AND t.external_key = %(once)s AND c.public <> 'private' AND c.training = %(training)s"""
    found = listing.rows(sql, {"once": receive.once_of(token), "training": asked.training})
    if not found:
        raise faults.unknown("token")
    return {"service_request_id": found[0]["number"], "token": token}


def _picture(asked: Asked) -> HttpResponseBase:
    """A picture that may be seen by all, as long as it may."""
    name = asked.path[2].removesuffix(".jpg") if len(asked.path) == 3 else ""
    if not _HASH.fullmatch(name) or not listing.is_public(name, training=asked.training):
        raise Fault(*NOWHERE)
    try:
        answer = FileResponse(pictures.path(name).open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Fault(*NOWHERE) from None
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
